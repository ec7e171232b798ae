"""What whoever starts a standby is told: by itself, by whom and how long, or that nobody is named."""

import pytest

from bot.domain.place import System
from bot.domain.redundancy import start
from tests.world import roster

PEOPLE = {p.id: p for p in roster().people}
ANA, BEN = PEOPLE["S008"], PEOPLE["S009"]


@pytest.mark.parametrize(
    ("said", "text", "tone"),
    [
        ({}, "There is no standby: reroute around it.", "bad"),
        ({"standby": "none"}, "There is no standby: reroute around it.", "bad"),
        ({"standby": "hot: second region", "starts_by_itself": True}, "Hot: second region. Starts by itself: verify it.", "good"),
        ({"standby": "hot: second region", "starts_by_itself": True, "start_min": 1}, "Hot: second region. Starts by itself within 1 minute: verify it.", "good"),
        ({"standby": "warm: a copy"}, "Warm: a copy. Nobody is named as its starter: name one now.", "bad"),
        ({"standby": "cold: tapes", "starter": "LEFT"}, "Cold: tapes. Nobody is named as its starter: name one now.", "bad"),
        ({"standby": "cold: tapes", "starter": "S008"}, f"Cold: tapes. {ANA.name} ({ANA.phone}) starts it; how long that takes is not known.", "plain"),
        ({"standby": "cold: tapes", "starter": "S008", "starter_deputy": "S009", "start_min": 20}, f"Cold: tapes. {ANA.name} ({ANA.phone}), else {BEN.name} ({BEN.phone}) starts it; it takes about 20 minutes.", "plain"),
        ({"standby": "cold: tapes", "starter": "LEFT", "starter_deputy": "S009", "start_min": 20}, f"Cold: tapes. {BEN.name} ({BEN.phone}) starts it; it takes about 20 minutes.", "plain"),
    ],
)  # fmt: skip
def test_the_standby_in_words(said, text, tone):
    found = start(System(id="crm", name="Customer records", kind="crm", **said), PEOPLE)
    assert (found.text, found.tone) == (text, tone)
