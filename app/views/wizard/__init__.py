"""The wizard that makes a machine: a plan, four pages that change it, and the sheet around them."""
