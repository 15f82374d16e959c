"""What an erasure leaves of an event."""
