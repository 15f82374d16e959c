"""Feeds of updates and of corrections."""
