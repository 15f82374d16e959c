"""The two jobs of Gazette, ingest and publish; they know ports only."""
