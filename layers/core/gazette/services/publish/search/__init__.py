"""Builds what the search of the site reads."""
