"""Disks come in and go out, grow and are copied: the sheets that ask, and what they lead to."""
