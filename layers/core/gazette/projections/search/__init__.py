"""The search of the site: its words, what says where they are, and its page."""
