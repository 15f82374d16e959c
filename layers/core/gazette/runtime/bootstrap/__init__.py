"""What a function is made of, each part once per process; a function loads its own module only."""
