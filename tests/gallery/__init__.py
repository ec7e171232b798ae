"""Every card as chats draw it: a development tool, for looking at."""
