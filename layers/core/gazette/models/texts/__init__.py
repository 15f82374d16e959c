"""What readers of the published site see, in each of its languages."""
