"""Consent: the question when something is used for the first time, and what was answered."""
