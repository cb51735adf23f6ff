"""Deleted machines, until they are gone for good."""
