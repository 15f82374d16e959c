"""Tasks, their results and their reports."""
