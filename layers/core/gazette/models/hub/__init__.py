"""The site's own WebSub hub (W3C WebSub): requests, subscriptions, callbacks, messages."""
