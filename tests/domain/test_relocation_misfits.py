"""A team is to be somewhere for certain: who of them can't be there is named with the reason, and the others can."""

import pickle
from datetime import UTC, datetime

import pytest

from bot.domain.place import SiteKind
from bot.domain.relocation import Agent, Demand, Destination, Lock, Rules, Situation, Wishes, plan
from bot.domain.relocation_clashes import Clash

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
RULES = Rules(payments_from_home=False, home_test_days=90, max_travel_min=90, wave_size=50)
BILLING = Demand("billing", "Billing", 2, 2, 9, 0, "billing", level=2)
CARDS = Demand("cards", "Card payments", 1, 0, 9, 0, "cards", payment_cards=True)
DATA = Demand("data", "Records", 2, 0, 9, 0, "data", residency="PT")
GERMAN = Demand("german", "German desk", 2, 0, 9, 0, "german", ("de",))
PLACES = (
    Destination("home", "Home", SiteKind.HOME, 20, residency="GB"),
    Destination("york", "York", SiteKind.SITE, 20, residency="GB"),
    Destination("hull", "Hull", SiteKind.SITE, 20, hit=True),
    Destination("lisbon", "Lisbon", SiteKind.OUTSOURCER, 20, skills=("german",)),
)
FIT = {"kit": True, "tested": "2026-10-01", "travel": (("lisbon", 60), ("york", 30))}


def clash(lock: Lock, *people: Agent) -> Clash:
    """What is said when they are to be there for certain, with two more who can."""
    able = [Agent(f"B{n}", "billing", team="t1", skills=(("german", 1),), languages=("de",), **FIT) for n in (1, 2)]
    asked = Situation([*people, *able], [BILLING, CARDS, DATA, GERMAN], PLACES, RULES, NOW)
    with pytest.raises(Clash) as no:
        plan(Situation(**{**vars(asked), "wishes": Wishes(locked=(lock,))}))
    (odd,) = no.value.misfits
    if odd.fit:
        eased = Wishes(locked=(lock.model_copy(update={"fitting": True}),))
        placed = {p.agent: p for p in plan(Situation(**{**vars(asked), "wishes": eased})).placements}
        assert odd.fit == 2 and all(lock.to in ("", placed[b.id].destination) for b in able)
    return no.value


REASONS = [
    (Lock(team="t1", to="home"), {}, "has no kit at home"),
    (Lock(team="t1", to="home"), {**FIT, "tested": "2026-01-01"}, "tested the log-in from home more than 90 days ago"),
    (Lock(team="t1", to="home"), {**FIT, "queue": "cards"}, "takes card payments, which may not be done from their home"),
    (Lock(team="t1", to="home"), {**FIT, "queue": "data"}, "the data of Records must stay in PT"),
    (Lock(team="t1", to="york"), {**FIT, "mobility": False}, "can't be sent to another site"),
    (Lock(team="t1", to="york"), {}, "no travel time to there is known"),
    (Lock(team="t1", to="york"), {"travel": (("york", 91),)}, "lives more than 90 min from there"),
    (Lock(team="t1", to="york"), {**FIT, "queue": "chat"}, "no queue asks for their skills and languages"),
    (Lock(team="t1", to="lisbon"), FIT, "Lisbon attested no billing"),
    (Lock(team="t1", works="german"), {**FIT, "skills": (("german", 3),)}, "speaks no German"),
    (Lock(team="t1", works="german"), FIT, "has not the skill for German desk"),
    (Lock(team="t1"), {}, "no open place that they can get to takes their queue"),
]  # fmt: skip


@pytest.mark.parametrize(("lock", "agent", "reason"), REASONS)
def test_who_does_not_fit_is_named_with_the_reason_and_the_others_can_be_locked(lock, agent, reason):
    no = clash(lock, *(Agent(f"A{n}", **{"queue": "billing", "team": "t1", **agent}) for n in range(5)))
    (odd,) = no.misfits
    assert [(group.reason, group.n, group.ids) for group in odd.groups] == [(reason, 5, ("A0", "A1", "A2"))]
    assert f"A0, A1, A2 and 2 others ({reason}) can't be there" in str(no)


def test_a_place_that_takes_nobody_takes_none_of_them():
    (odd,) = clash(Lock(team="t1", to="hull")).misfits
    assert [(group.reason, group.n) for group in odd.groups] == [("nobody can be sent there now", 2)] and not odd.fit


def test_a_clash_goes_through_a_pipe_and_is_said_with_names():
    no = pickle.loads(pickle.dumps(clash(Lock(team="t1", to="home"), Agent("A1", "billing", team="t1"))))
    assert no.about == {("team", "t1"), ("place", "home"), ("person", "A1")}
    named = Clash(
        no.marked, no.misfits, {("team", "t1"): "Leeds 01", ("person", "A1"): "Ana Reyes", ("place", "home"): "Home"}
    )
    assert str(named).startswith("team Leeds 01 locked to Home: Ana Reyes (has no kit at home) can't be there")
    assert str(no).startswith("team t1 locked to home: A1 (has no kit at home)")
