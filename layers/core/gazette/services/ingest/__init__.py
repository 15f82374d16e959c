"""Ingest: bring the ledger to what the source bucket holds."""
