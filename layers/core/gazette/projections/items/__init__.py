"""Makes the ledger items that show an event, from its history."""
