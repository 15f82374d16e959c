"""Repairs HTML of publishers that breaks the rules of HTML."""
