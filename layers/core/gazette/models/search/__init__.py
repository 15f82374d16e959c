"""What the search of the site stores in the ledger."""
