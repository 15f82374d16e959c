"""From stored records to view models: pure functions."""
