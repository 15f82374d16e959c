"""Days, months, years, the sitemaps."""
