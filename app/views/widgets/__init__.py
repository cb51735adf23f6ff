"""Small parts that every page is made of. They know the theme, and nothing about machines."""
