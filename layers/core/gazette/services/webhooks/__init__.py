"""Webhooks: plan what they hear of, make deliveries of it, deliver."""
