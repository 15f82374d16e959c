"""WebSub: plan hub pings after publishing, and send them to the hubs."""
