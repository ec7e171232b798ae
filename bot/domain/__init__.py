"""Rules: pure functions and frozen nouns, no input or output."""
