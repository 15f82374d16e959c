"""The items of the ledger, their keys and payloads."""
