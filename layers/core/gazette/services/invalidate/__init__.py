"""Invalidation of outdated copies at the edge: plan it after publishing, and request it."""
