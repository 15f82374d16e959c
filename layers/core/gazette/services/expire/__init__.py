"""Entries that have become too old for a document."""
