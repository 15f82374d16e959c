"""The index of topics and the counts it shows."""
