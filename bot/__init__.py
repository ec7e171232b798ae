"""Disaster Bot: takes a contact centre through a disaster."""
