"""The page and the feeds of a topic, a category or the whole site."""
