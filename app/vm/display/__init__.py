"""What a machine shows and what it is told by keyboard and pointer."""
