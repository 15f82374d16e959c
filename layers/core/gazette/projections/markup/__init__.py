"""Renders Markdown of publishers as safe HTML and as plain text."""
