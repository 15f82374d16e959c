"""From versions of an object to revisions, entries and tombstones."""
