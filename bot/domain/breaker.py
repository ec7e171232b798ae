"""The breaker of a lane: a way that does not work is left for a while, tried by one message, and taken up again.

A rate limit is no trouble: that way works. Trouble is what can't be reached, is switched off, or gives no answer.
"""

from datetime import datetime, timedelta

from bot.domain.pace import Lane

TRIP = 3  # so many troubles without one message between them that was taken …
LASTING = timedelta(seconds=10)  # … and for so long: a blip opens nothing
FORGET = timedelta(minutes=10)  # trouble that is older than this is another one
SHORTEST, LONGEST = timedelta(seconds=15), timedelta(seconds=120)  # until it is tried again


def after(lane: Lane, now: datetime, *, sent: int, troubles: int, why: str = "") -> Lane:
    """Return the lane after so many messages were taken, and so many met trouble."""
    if sent:
        return _closed(lane)
    if not troubles:
        return lane
    since = lane.trouble_since
    if since is None or (lane.down_since is None and now - since > FORGET):
        return lane.evolve(troubles=troubles, trouble_since=now)
    lane = lane.evolve(troubles=lane.troubles + troubles)
    if lane.troubles < TRIP or now - since < LASTING:
        return lane
    return _opened(lane, now, why)


def _closed(lane: Lane) -> Lane:
    if lane.down_since is None:
        return lane.evolve(troubles=0, trouble_since=None) if lane.troubles else lane
    return lane.evolve(troubles=0, trouble_since=None, down_since=None, held_until=None, why="")


def _opened(lane: Lane, now: datetime, why: str) -> Lane:
    """It is tried again the later, the longer it has been down."""
    down = lane.down_since or now
    pause = min(LONGEST, max(SHORTEST, (now - down) / 2))
    until = max(now + pause, lane.held_until or now)
    return lane.evolve(down_since=down, held_until=until, why=why or lane.why, tokens=min(lane.tokens, 0.0))


def most(lane: Lane, asked: int) -> int:
    """Return how many messages may be taken at once: of a lane that was down, one alone tries it."""
    return asked if lane.down_since is None else min(asked, 1)


def tried(lane: Lane, now: datetime) -> Lane:
    """Return a lane on which a message was just taken: until it is known what became of it, no other tries."""
    return lane if lane.down_since is None else lane.evolve(held_until=now + SHORTEST)


def down(lane: Lane, now: datetime) -> bool:
    """Whether people are better written to another way: it does not work, and it is not time to try again."""
    return lane.down_since is not None and lane.held(now)
