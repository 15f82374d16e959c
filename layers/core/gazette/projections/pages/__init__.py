"""Pages without a format, made from entries and revisions."""
