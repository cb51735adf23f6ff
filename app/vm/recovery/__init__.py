"""What an unclean end leaves of machines: found, checked, repaired, adopted, cleaned up."""
