"""The index of topics, the counts of a topic, and lists of feeds."""
