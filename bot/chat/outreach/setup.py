"""Outreach, put together: a messenger for each route that the environment names."""

import logging
from collections.abc import Callable, Mapping

from bot.chat.outreach.sender import OutreachMessenger, Way
from bot.domain.outreach import Route
from bot.domain.refusal import BadConfig, Problem
from bot.operations.desk import Desk


def messengers(
    desk: Desk, routes: Mapping[Route, str], link: Callable[[int], str], *, replies: bool
) -> dict[str, OutreachMessenger]:
    """Return a messenger for each route; raises BadConfig for an address that Apprise can't read, never showing it.

    replies: whether an SMS gateway passes answers on to us.
    """
    if routes:
        _keep_quiet()
    ways = [Way(route, url, link, replies and route is Route.SMS) for route, url in routes.items()]
    made = {way.route.value: OutreachMessenger(desk.store, desk.clock, desk.policy, way) for way in ways}
    wrong = [route for route, messenger in made.items() if not messenger.understood()]
    if wrong:
        fix = "is no address that Apprise can read: docs/outreach.md has examples"
        raise BadConfig([Problem("environment", 0, f"DISASTER_OUTREACH_{route.upper()}", "", fix) for route in wrong])
    return made


def _keep_quiet() -> None:
    """Apprise logs whom it writes to; that is read where it is needed, and goes nowhere else."""
    log = logging.getLogger("apprise")
    log.propagate = False
    log.setLevel(logging.DEBUG)  # what tells "refused" from "timed out" is said at this level only
    log.addHandler(logging.NullHandler())
