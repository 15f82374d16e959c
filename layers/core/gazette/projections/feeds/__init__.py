"""From entries to neutral feeds, time lines and segments."""
