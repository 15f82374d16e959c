"""Pages as JSON."""
