"""The plan of moves: nobody without a place or a reason, no seat twice, the most critical queues first."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.place import Queue, Site, SiteKind
from bot.domain.relocation import (
    Agent,
    Demand,
    Destination,
    Plan,
    Rules,
    Situation,
    agent_of,
    demand_of,
    destination_of,
    plan,
)

NOW = datetime(2026, 11, 2, 9, 3, 20, tzinfo=UTC)
RULES = Rules(payments_from_home=False, home_test_days=90, max_travel_min=90, wave_size=2)
HOME = Destination("home", "Home", SiteKind.HOME, seats=10, ready_min=15, residency="GB")
YORK = Destination("york", "York", SiteKind.SITE, seats=10, card_safe_seats=5, residency="GB")
HULL = Destination("hull", "Hull", SiteKind.RECOVERY, seats=10, card_safe_seats=5, ready_min=120, residency="GB")
BILLING = Demand("billing", "Billing", tier=2, mbco=2, full=9, live=0, skill="billing")
URGENT = Demand("urgent", "Urgent line", tier=1, mbco=2, full=9, live=0, skill="urgent")
CARDS = Demand("cards", "Card payments", tier=1, mbco=1, full=9, live=0, skill="cards", payment_cards=True)
FIT: dict[str, Any] = {"kit": True, "tested": "2026-10-01"}
NEAR = (("hull", 60), ("york", 30))


def agents(n: int, queue: str, *, first: int = 1, **more: Any) -> list[Agent]:
    """Some agents alike."""
    return [Agent(f"A{number}", queue, **more) for number in range(first, first + n)]


def planned(
    people: Sequence[Agent],
    queues: Sequence[Demand] = (BILLING,),
    places: Sequence[Destination] = (HOME, YORK, HULL),
    rules: Rules = RULES,
) -> Plan:
    """The plan for these."""
    return plan(Situation(people, queues, places, rules, NOW))


def where(found: Plan) -> dict[str, str]:
    """Each placed agent's destination."""
    return {placement.agent: placement.destination for placement in found.placements}


def why(found: Plan) -> dict[str, str]:
    """Each unplaced agent's reason."""
    return {unplaced.agent: unplaced.reason for unplaced in found.unplaced}


def test_home_comes_first_then_the_nearest_site() -> None:
    fit = agents(1, "billing", travel=NEAR, **FIT)
    others = agents(2, "billing", first=2, travel=NEAR)
    assert where(planned(fit + others)) == {"A1": "home", "A2": "york", "A3": "york"}


def test_the_most_critical_queue_is_served_first_and_told_first() -> None:
    people = agents(3, "billing", travel=NEAR) + agents(3, "urgent", first=4, travel=NEAR)
    found = planned(people, (BILLING, URGENT), (YORK._replace(seats=4),))
    assert [(p.agent, p.queue, p.wave) for p in found.placements] == [
        ("A4", "urgent", 1),
        ("A5", "urgent", 1),
        ("A1", "billing", 2),
        ("A2", "billing", 2),
    ]
    assert [(line.id, line.before, line.after, line.mbco) for line in found.queues] == [
        ("urgent", 0, 2, 2),
        ("billing", 0, 2, 2),
    ]


def test_somebody_with_the_skill_helps_out_when_a_queue_s_own_people_do_not_suffice() -> None:
    people = agents(1, "urgent", travel=NEAR) + agents(4, "billing", first=2, skills=(("urgent", 2),), travel=NEAR)
    found = planned(people, (BILLING, URGENT._replace(full=2)))
    assert [(p.agent, p.unfamiliar) for p in found.placements if p.queue == "urgent"] == [("A1", False), ("A2", True)]


def test_a_queue_gets_no_more_than_it_needs() -> None:
    found = planned(agents(3, "billing", travel=NEAR), (BILLING._replace(live=8),))
    assert len(found.placements) == 1
    assert set(why(found).values()) == {"Billing is fully staffed without them"}


REASONS = [
    ({}, "has no kit at home, and no open site is within 90 min"),
    ({"kit": True, "travel": (("york", 91),)},
     "has never tested the log-in from home, and no open site is within 90 min"),
    ({"kit": True, "tested": "2026-08-03", "travel": NEAR, "mobility": False},
     "tested the log-in from home more than 90 days ago, and can't be sent to another site"),
    ({"queue": "cards", "travel": NEAR, **FIT},
     "takes card payments, policy forbids that at home, and no card-safe seat is left"),
    ({"queue": "pt", "travel": NEAR, **FIT},
     "the queue's data must stay in PT, and no site within 90 min may hold the queue's data"),
    ({"queue": "chat"}, "no queue asks for their skills and languages"),
    ({"queue": "chat", "skills": (("german", 3),), "languages": ("en",)},
     "no queue asks for their skills and languages"),
    ({"queue": "chat", "skills": (("billing", 3),)},
     "for Billing: has no kit at home, and no open site is within 90 min"),
    ({"can_work": False, "travel": NEAR, **FIT}, "has answered, and is not to be moved now"),
]  # fmt: skip


@pytest.mark.parametrize(("agent", "reason"), REASONS)
def test_who_has_no_place_is_told_why(agent: dict[str, object], reason: str) -> None:
    portuguese = BILLING._replace(id="pt", name="Portugal", residency="PT")
    german = BILLING._replace(id="de", name="German desk", skill="german", languages=("de",))
    places = (HOME, YORK._replace(card_safe_seats=0), HULL._replace(card_safe_seats=0))
    one = Agent("A1", **{"queue": "billing", **agent})  # type: ignore[arg-type]
    assert why(planned([one], (BILLING, CARDS, portuguese, german), places)) == {"A1": reason}


def test_seats_and_log_ins_run_out() -> None:
    people = agents(2, "billing", travel=NEAR, **FIT)
    found = planned(people, places=(HOME._replace(seats=1), YORK._replace(seats=0)))
    assert why(found) == {"A2": "every log-in from home is taken, and no seat is left within 90 min"}


def test_card_payments_at_home_need_the_policy_and_a_home_cleared_for_them() -> None:
    cleared = agents(1, "cards", pay_ok=True, **FIT) + agents(1, "cards", first=2, **FIT)
    found = planned(cleared, (CARDS,), rules=RULES._replace(payments_from_home=True))
    assert where(found) == {"A1": "home"}
    assert why(found)["A2"].startswith("takes card payments, the home is not cleared for them, and ")


def test_a_hit_place_takes_nobody() -> None:
    found = planned(agents(1, "billing", travel=NEAR, **FIT), places=(HOME._replace(hit=True), YORK._replace(hit=True)))
    assert why(found) == {"A1": "working from home is not open, and no open site is within 90 min"}
    assert not found.destinations


def test_people_stay_where_they_were_told_to_go() -> None:
    told = agents(1, "billing", travel=NEAR, sent_to="hull", sent_for="billing", **FIT)
    found = planned(told + agents(1, "billing", first=2, **FIT))
    assert [(p.agent, p.destination, p.wave, p.kept) for p in found.placements] == [
        ("A1", "hull", 0, True),
        ("A2", "home", 1, False),
    ]
    assert [placement.agent for placement in found.new] == ["A2"]


def test_people_told_to_go_to_a_place_that_is_now_hit_are_planned_anew() -> None:
    told = agents(1, "billing", travel=NEAR, sent_to="york", sent_for="billing")
    assert where(planned(told, places=(YORK._replace(hit=True), HULL))) == {"A1": "hull"}


def test_report_times_are_round_and_leave_time_to_get_there() -> None:
    people = agents(3, "billing", travel=NEAR) + agents(1, "urgent", first=4, **FIT)
    found = planned(people, (BILLING, URGENT), (HOME, YORK._replace(seats=2), HULL))
    times = {p.agent: (p.wave, f"{p.report_at:%H:%M:%S}") for p in found.placements}
    assert times == {"A4": (1, "09:20:00"), "A1": (2, "10:05:00"), "A2": (2, "10:05:00"), "A3": (3, "11:35:00")}


def test_waves_after_the_first_are_as_large_as_the_rules_say() -> None:
    assert planned(agents(5, "billing", **FIT)).waves == {1: 2, 2: 2, 3: 1}


def test_what_is_kept_with_a_plan_is_plain_json() -> None:
    people = agents(2, "billing", **FIT) + agents(1, "billing", first=3)
    summary = planned(people, places=(HOME,)).summary()
    assert summary["placed"] == 2
    assert summary["unplaced"] == [["has no kit at home, and no open site is within 90 min", 1]]
    assert summary["queues"][0] == {
        "id": "billing", "name": "Billing", "tier": 2, "before": 0, "after": 2, "mbco": 2, "full": 9,
        "unfamiliar": 0, "mbco_at": None, "full_at": None,
    }  # fmt: skip
    assert summary["destinations"][0] == {
        "id": "home", "name": "Home", "kind": "home", "ready_min": 15, "seats": 10,
        "used": 2, "left": 8, "card_safe_left": 0, "cost": 0, "leads": 0,
    }  # fmt: skip


ROW = {
    "id": "A1", "queue": "billing", "site": "leeds", "team": "t1", "languages": ["en"],
    "skills": {"sales": 2, "billing": 3},
    "home": {"kit": True, "mbps": 80, "tested": "2026-10-01", "pay_ok": False}, "travel": {"york": 30}, "shift": "late",
    "tz": "Europe/London", "mobility": True, "said": "silent", "move_state": "told", "destination_id": "york",
    "move_queue": "sales", "area": "",
}  # fmt: skip


def test_an_agent_is_made_from_a_row() -> None:
    agent = agent_of(ROW)
    assert (agent.skills, agent.travel, agent.kit) == ((("billing", 3), ("sales", 2)), (("york", 30),), True)
    assert (agent.sent_to, agent.sent_for, agent.can_work) == ("york", "sales", True)


@pytest.mark.parametrize(("said", "able"), [("silent", True), ("safe", True), ("help", False), ("unable", False)])
def test_who_needs_help_or_cannot_work_is_not_moved(said: str, able: bool) -> None:
    assert agent_of({**ROW, "said": said}).can_work is able


@pytest.mark.parametrize("state", [None, "approved"])
def test_a_move_that_nobody_was_told_of_binds_nobody(state: str | None) -> None:
    assert agent_of({**ROW, "move_state": state}).sent_to == ""


def test_what_is_left_of_a_place_is_never_less_than_nothing() -> None:
    site = Site(id="york", name="York", kind=SiteKind.SITE, tz="Europe/London", seats=10, card_safe_seats=4)
    assert destination_of(site, taken=3, card_taken=1)[3:5] == (7, 3)
    assert destination_of(site, taken=8, card_taken=1)[3:5] == (2, 2)
    assert destination_of(site, taken=12, card_taken=9)[3:5] == (0, 0)


def test_a_need_is_made_from_a_queue() -> None:
    queue = Queue(id="q", name="Q", tier=1, rto_min=1, mtpd_min=2, mbco=3, full_seats=4, skill="s", payment_cards=True)
    assert demand_of(queue, 2) == Demand("q", "Q", 1, 3, 4, 2, "s", (), payment_cards=True)


QUEUES = ("red", "green", "blue")
PLACES = ("home", "york", "hull", "leeds")
WORDS = st.sampled_from(("en", "de"))


@st.composite
def demands(draw: st.DrawFn, name: str) -> Demand:
    """A queue that may need anything."""
    mbco, more = draw(st.integers(0, 4)), draw(st.integers(0, 4))
    language = draw(st.one_of(st.just(()), st.tuples(WORDS)))
    residency = draw(st.sampled_from(("", "", "GB")))
    cards = draw(st.booleans())
    need = (mbco, mbco + more, draw(st.integers(0, 3)))
    return Demand(name, name, draw(st.integers(1, 3)), *need, name, language, cards, residency)


@st.composite
def destinations(draw: st.DrawFn, name: str) -> Destination:
    """A place that may be anything."""
    kind = SiteKind.HOME if name == "home" else draw(st.sampled_from((SiteKind.SITE, SiteKind.RECOVERY)))
    seats, safe = draw(st.integers(0, 6)), draw(st.integers(0, 6))
    residency = draw(st.sampled_from(("GB", "GB", "PT")))
    hit = draw(st.booleans()) and draw(st.booleans())
    return Destination(name, name, kind, seats, safe, draw(st.sampled_from((0, 60))), residency, hit)


PEOPLE = st.builds(
    Agent,
    id=st.just(""),
    queue=st.sampled_from((*QUEUES, "gone")),
    skills=st.sampled_from(((), (("red", 2),), (("blue", 1), ("green", 4)))),
    languages=st.sampled_from((("en",), ("de",), ("en", "de"))),
    kit=st.booleans(),
    tested=st.sampled_from(("", "2026-10-30", "2025-01-01")),
    pay_ok=st.booleans(),
    travel=st.sampled_from(((), (("york", 30),), (("hull", 60), ("york", 80)), (("leeds", 10), ("york", 120)))),
    mobility=st.sampled_from((True, True, False)),
    can_work=st.sampled_from((True, True, True, False)),
    sent_to=st.sampled_from(("", "", "", *PLACES)),
    sent_for=st.sampled_from(("", *QUEUES)),
)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Any small disaster."""
    people = [agent._replace(id=f"A{n}") for n, agent in enumerate(draw(st.lists(PEOPLE, max_size=30)))]
    rules = RULES._replace(payments_from_home=draw(st.booleans()), wave_size=draw(st.integers(1, 5)))
    queues = [draw(demands(name)) for name in QUEUES]
    return Situation(people, queues, [draw(destinations(name)) for name in PLACES], rules, NOW)


def fits(agent: Agent, queue: Demand, place: Destination, rules: Rules) -> bool:
    """Whether the rules let an agent work a queue at a place, said once more and differently."""
    skilled = queue.skill in dict(agent.skills) and (
        not queue.languages or any(w in queue.languages for w in agent.languages)
    )
    if place.hit or not agent.can_work or not (agent.queue == queue.id or skilled):
        return False
    if queue.residency and queue.residency != place.residency:
        return False
    if place.kind is SiteKind.HOME:
        cards = not queue.payment_cards or (rules.payments_from_home and agent.pay_ok)
        return agent.kit and agent.tested >= "2026-08-04" and cards
    return agent.mobility and dict(agent.travel).get(place.id, 999) <= rules.max_travel_min


@given(situations())
def test_everybody_has_a_place_or_a_reason(situation: Situation) -> None:
    found = plan(situation)
    named = [p.agent for p in found.placements] + [u.agent for u in found.unplaced]
    assert sorted(named) == sorted(agent.id for agent in situation.agents)
    assert all(unplaced.reason and "{" not in unplaced.reason for unplaced in found.unplaced)


@given(situations())
def test_no_seat_is_given_twice(situation: Situation) -> None:
    found = plan(situation)
    cards = {queue.id for queue in situation.queues if queue.payment_cards}
    used = Counter(p.destination for p in found.placements)
    safe = Counter(p.destination for p in found.placements if p.queue in cards)
    for place in situation.destinations:
        assert used[place.id] <= (0 if place.hit else place.seats)
        assert place.kind is SiteKind.HOME or safe[place.id] <= place.card_safe_seats
    assert {line.id: line.used for line in found.destinations if line.used} == {k: n for k, n in used.items() if n}


@given(situations())
def test_everybody_newly_placed_may_work_there_and_those_who_stay_can_work(situation: Situation) -> None:
    people = {agent.id: agent for agent in situation.agents}
    queues = {queue.id: queue for queue in situation.queues}
    places = {place.id: place for place in situation.destinations}
    for p in plan(situation).placements:
        if p.kept:
            assert people[p.agent].can_work
            assert people[p.agent].sent_to == p.destination
        else:
            assert fits(people[p.agent], queues[p.queue], places[p.destination], situation.rules)


@given(situations())
def test_a_reason_is_true_nobody_without_a_place_could_have_had_one(situation: Situation) -> None:
    found = plan(situation)
    people = {agent.id: agent for agent in situation.agents}
    short = {line.id for line in found.queues if line.after < line.full}
    left = {line.id: line for line in found.destinations}
    for unplaced in found.unplaced:
        for queue in (queue for queue in situation.queues if queue.id in short):
            for place in situation.destinations:
                if fits(people[unplaced.agent], queue, place, situation.rules):
                    at_site = place.kind is not SiteKind.HOME and queue.payment_cards
                    assert not (left[place.id].card_safe_left if at_site else left[place.id].left)


@given(situations())
def test_queues_add_up_and_the_same_situation_makes_the_same_plan(situation: Situation) -> None:
    found = plan(situation)
    added = Counter(p.queue for p in found.placements)
    assert all(line.after == line.before + added[line.id] for line in found.queues)
    assert plan(situation) == found


@given(situations())
def test_no_wave_but_the_first_is_larger_than_the_rules_say(situation: Situation) -> None:
    found = plan(situation)
    sizes = found.waves
    tier_1 = {queue.id for queue in situation.queues if queue.tier == 1}
    assert list(sizes) == list(range(1, len(sizes) + 1))
    assert all(n <= situation.rules.wave_size for wave, n in sizes.items() if wave > 1)
    first = {p.queue for p in found.new if p.wave == 1}
    assert sizes.get(1, 0) <= situation.rules.wave_size or first <= tier_1
