"""The places where people talk: one folder a platform."""
