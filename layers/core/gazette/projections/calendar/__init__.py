"""Days, months and years, and the sitemaps."""
