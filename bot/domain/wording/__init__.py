"""What the bot says: one file a noun, every word once."""
