"""Microsoft Teams: all that knows its SDK, its protocol and its cards."""
