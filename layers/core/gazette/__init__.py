"""Gazette: an archive of events that people and machines can subscribe to."""

__version__ = "0.1.0"
