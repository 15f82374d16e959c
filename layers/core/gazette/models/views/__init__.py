"""View models: what a document shows, without a format."""
