"""Where everything concrete is chosen."""
