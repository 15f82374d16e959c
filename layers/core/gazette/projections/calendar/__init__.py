"""Calendar pages, and sitemaps."""
