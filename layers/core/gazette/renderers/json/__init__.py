"""Pages in JSON."""
