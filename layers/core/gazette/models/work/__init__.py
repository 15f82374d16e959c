"""Units of work, their results and their reports."""
