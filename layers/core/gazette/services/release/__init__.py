"""Release: notify ingest of events whose embargo or expiry is due."""
