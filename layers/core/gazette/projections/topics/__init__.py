"""The index of topics, the counts of a topic, and the lists of their feeds."""
