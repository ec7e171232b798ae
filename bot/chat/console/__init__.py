"""The demo's own chat, on real rows."""
