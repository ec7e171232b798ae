"""Deliveries: what is said of those that did not arrive."""

import pytest

from bot.domain.delivery import Gone
from bot.domain.estimate import Standing
from bot.domain.wording.delivery import REMEDIES, ways_there, why_held


def test_every_reason_has_a_remedy_that_somebody_can_act_on() -> None:
    assert REMEDIES.keys() == set(Gone)
    assert all(remedy.endswith(".") and len(remedy.split(". ")) >= 2 for remedy in REMEDIES.values())


@pytest.mark.parametrize(
    ("platform", "why", "says"),
    [
        ("slack", "token_revoked", "Install the app again"), ("slack", "unreachable", "Check the network"),
        ("slack", "not Slack", "SLACK_API_URL"), ("teams", "no token: invalid_client", "TEAMS_APP_ID"),
        ("teams", "401 Unauthorized", "TEAMS_APP_ID"), ("teams", "ClientConnectorError", "Check the network"),
    ],
)  # fmt: skip
def test_a_way_that_takes_nothing_says_what_to_do_held_or_down(platform: str, why: str, says: str) -> None:
    for down in (0.0, 90.0):
        row = Standing(platform=platform, waiting=3, seconds=60, held_for=60, why=why, down_for=down)
        assert says in why_held(row)


def test_an_installation_without_any_way_is_not_called_fine():
    assert ways_there(["slack", "email"]) == "fine: Slack, E-mail"
    assert ways_there([]).startswith("no way to anybody yet: docs/slack.md")
