"""The site's own WebSub hub: accept, verify, fan out, deliver."""
