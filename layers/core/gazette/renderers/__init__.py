"""From view models to bytes: pure functions, one module a format."""
