"""Reconcile and rebuild: compare source bucket, ledger and site, and repair what differs."""
