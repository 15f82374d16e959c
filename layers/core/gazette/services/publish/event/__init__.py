"""The pages of an event and of its revisions, and its related events."""
