"""E-mail, SMS, voice and others, through Apprise: one way, to one person at a time."""
