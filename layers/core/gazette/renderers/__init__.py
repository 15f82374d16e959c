"""Write view models as bytes: pure functions, one module per format."""
