"""Long work as people see it: the page, the cards' bars, what is said at the end."""
