"""Documents as publishers wrote them."""
