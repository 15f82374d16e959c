"""What changed between two documents, field by field and word by word."""
