"""Webhooks that the operator has added: filters, messages, deliveries, signatures."""
