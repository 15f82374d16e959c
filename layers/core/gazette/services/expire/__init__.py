"""Expiry: remove what documents show for a limited time only."""
