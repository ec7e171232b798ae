"""The bot on the Microsoft 365 Agents Playground, a small Teams in the browser: a development tool."""
