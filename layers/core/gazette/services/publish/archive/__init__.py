"""Archive documents: the closed segments of a time line (RFC 5005 section 4)."""
