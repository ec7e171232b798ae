"""Slack: listeners (in), render (card → blocks), sender (Messenger), and what keeps people and rooms linked."""
