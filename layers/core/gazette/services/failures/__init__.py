"""Work that failed: retries and dead letters."""
