"""Language tags, slugs and web addresses."""
