"""How long reaching people takes, said before anything is sent: by route, and when a half, 90 % and all are reached."""

from collections.abc import Sequence

from bot.domain.card import Frozen


class Route(Frozen):
    """What one platform carries: posts that address people of teams, direct messages, and what waits there already.

    rate: messages a second that its lane takes today.
    """

    platform: str
    rate: float
    ahead: int = 0
    posts: int = 0
    posted: int = 0
    direct: int = 0

    def seconds(self, messages: float) -> float:
        """Return how long so many messages take once those ahead are through."""
        return (self.ahead + messages) / self.rate


class Estimate(Frozen):
    """What a message would take: its routes in the order of reaching, and how many have no working address."""

    routes: tuple[Route, ...] = ()
    lost: int = 0

    @property
    def people(self) -> int:
        """Everybody, those without an address too."""
        return self.lost + sum(r.posted + r.direct for r in self.routes)

    @property
    def posts(self) -> int:
        """Channels that get a post."""
        return sum(r.posts for r in self.routes)

    @property
    def posted(self) -> int:
        """People whom the posts address."""
        return sum(r.posted for r in self.routes)

    @property
    def direct(self) -> int:
        """People who are written to at once."""
        return sum(r.direct for r in self.routes)

    @property
    def steps(self) -> list["Step"]:
        """What goes out: when each kind of message of a route begins and ends, and how many people it reaches."""
        return [step for route in self.routes for step in _steps(route)]

    @property
    def seconds(self) -> float:
        """Until everybody who can be is reached."""
        return self.until(100)

    def until(self, percent: float) -> float:
        """Return after how many seconds so many percent of those who can be reached will have been."""
        steps = self.steps
        wanted = percent / 100 * sum(people for _, _, people in steps)
        low, high = 0.0, max((end for _, end, people in steps if people), default=0.0)
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (low, middle) if _reached(steps, middle) >= wanted - 1e-6 else (middle, high)
        return high


Step = tuple[float, float, int]


def _steps(route: Route) -> list[Step]:
    """Posts go first."""
    begin, posts = route.seconds(0), route.seconds(route.posts)
    return [(begin, posts, route.posted), (posts, route.seconds(route.posts + route.direct), route.direct)]


def _reached(steps: Sequence[Step], at: float) -> float:
    return sum(people * _share(begin, end, at) for begin, end, people in steps)


def _share(begin: float, end: float, at: float) -> float:
    if at >= end:
        return 1.0
    return 0.0 if at <= begin else (at - begin) / (end - begin)


class Standing(Frozen):
    """A lane with messages that wait: how many, how long they take, why it is held and since when it is down."""

    platform: str
    waiting: int
    seconds: float
    held_for: float = 0.0
    down_for: float = 0.0
    why: str = ""
