"""Whether a bot can write to an account on a chat platform."""

from enum import StrEnum


class Reached(StrEnum):
    """What is known of it: that it is there, that it was written to, or that it can't be."""

    KNOWN = "known"
    REACHED = "reached"
    BLOCKED = "blocked"
    UNINSTALLED = "uninstalled"
