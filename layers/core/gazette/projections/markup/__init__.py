"""A publisher's Markdown as safe HTML and as plain text."""
