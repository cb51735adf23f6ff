"""What an unclean end, or somebody's hand, left of a machine."""
