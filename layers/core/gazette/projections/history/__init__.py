"""Turns versions of an object into revisions, entries and tombstones."""
