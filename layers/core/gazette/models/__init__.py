"""What Gazette talks about: pure values, no I/O, no clock, no environment."""
