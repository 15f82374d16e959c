"""From entries and revisions to pages."""
