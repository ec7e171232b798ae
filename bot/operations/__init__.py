"""Verbs: each takes the Desk and an intent, does one transaction, returns a reply."""
