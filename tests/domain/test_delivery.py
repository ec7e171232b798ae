"""Deliveries: what is said of those that did not arrive."""

from bot.domain.delivery import Gone
from bot.domain.wording.delivery import REMEDIES


def test_every_reason_has_a_remedy_that_somebody_can_act_on() -> None:
    assert REMEDIES.keys() == set(Gone)
    assert all(remedy.endswith(".") and len(remedy.split(". ")) >= 2 for remedy in REMEDIES.values())
