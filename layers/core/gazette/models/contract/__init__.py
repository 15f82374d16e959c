"""The input contract: documents, ids, languages, addresses, slugs."""
