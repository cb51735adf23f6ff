"""Guests and discs that tests build themselves."""
