"""The input contract: documents, their parsing, and the ids of events."""
