"""Disk images of other programs: looked at, brought in, written out."""
