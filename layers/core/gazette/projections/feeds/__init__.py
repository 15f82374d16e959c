"""Feeds without a format, time lines, and their segments."""
