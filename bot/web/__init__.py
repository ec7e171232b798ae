"""Pages: board, console, health."""
