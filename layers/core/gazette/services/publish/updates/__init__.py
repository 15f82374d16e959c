"""The feeds and pages of updates and of corrections."""
