"""The plan of moves, told by examples: the most critical queues first, everybody a place or a reason in words."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.place import Queue, Site, SiteKind
from bot.domain.relocation import (
    Agent,
    Demand,
    Destination,
    Lock,
    Plan,
    Pool,
    Rules,
    Situation,
    Wishes,
    agent_of,
    demand_of,
    destination_of,
    plan,
    plan_greedily,
)
from bot.domain.relocation_clashes import Clash
from bot.domain.relocation_reasons import as_told

NOW = datetime(2026, 11, 2, 9, 3, 20, tzinfo=UTC)
RULES = Rules(payments_from_home=False, home_test_days=90, max_travel_min=90, wave_size=2)
HOME = Destination("home", "Home", SiteKind.HOME, seats=10, ready_min=15, residency="GB")
YORK = Destination("york", "York", SiteKind.SITE, seats=10, card_safe_seats=5, residency="GB")
HULL = Destination("hull", "Hull", SiteKind.RECOVERY, seats=10, card_safe_seats=5, ready_min=120, residency="GB")
BILLING = Demand("billing", "Billing", tier=2, mbco=2, full=9, live=0, skill="billing", level=2)
URGENT = Demand("urgent", "Urgent line", tier=1, mbco=2, full=9, live=0, skill="urgent")
CARDS = Demand("cards", "Card payments", tier=1, mbco=1, full=9, live=0, skill="cards", payment_cards=True)
FIT: dict[str, Any] = {"kit": True, "tested": "2026-10-01"}
NEAR = (("hull", 60), ("york", 30))
TOLD: dict[str, Any] = {"sent_for": "billing", "sent_state": "told"}


def agents(n: int, queue: str, *, first: int = 1, **more: Any) -> list[Agent]:
    """Some agents alike."""
    return [Agent(f"A{number}", queue, **more) for number in range(first, first + n)]


def planned(
    people: Sequence[Agent],
    queues: Sequence[Demand] = (BILLING,),
    places: Sequence[Destination] = (HOME, YORK, HULL),
    rules: Rules = RULES,
    **more: Any,
) -> Plan:
    """The plan for these."""
    return plan(Situation(people, queues, places, rules, NOW, hazard_areas={"vale"}, **more))


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


def test_an_outsourcer_serves_the_skills_that_it_attested_and_no_other() -> None:
    there = YORK._replace(kind=SiteKind.OUTSOURCER, seats=3, skills=("billing",), attested="3 seats", sure=False)
    people = agents(5, "billing", travel=NEAR) + agents(2, "urgent", first=6, travel=NEAR)
    found = planned(people, (BILLING, URGENT), (there,))
    assert {p.queue for p in found.placements} == {"billing"} and len(found.placements) == 3
    assert why(found)["A6"] == "working from home is not open, and York attested no urgent"
    (line,) = found.destinations
    assert (line.used, line.attested, line.sure) == (3, "3 seats", False)


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
    ({"queue": "chat", "skills": (("german", 3),), "languages": ("en",)}, "speaks no German"),
    ({"queue": "chat", "skills": (("billing", 1),)}, "has level 1 of billing, and Billing asks for 2"),
    ({"area": "vale", "travel": NEAR, **FIT}, "lives where it hit: safety and family first"),
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


def test_what_is_so_of_one_is_said_of_nobody_else() -> None:
    alike = [Agent("A1", "chat", (("billing", 1),)), Agent("A2", "chat"), Agent("A3", "chat", languages=("de",))]
    assert [*why(planned(alike)).values()] == [
        "has level 1 of billing, and Billing asks for 2", *["no queue asks for their skills and languages"] * 2,
    ]  # fmt: skip


def test_who_is_there_already_and_has_no_seat_any_more_is_told_of_that_seat() -> None:
    there = agents(2, "billing", sent_to="york", **{**TOLD, "sent_state": "logged_in"})
    assert why(planned(there, places=(HOME, YORK._replace(seats=1)))) == {
        "A2": "at York, where they are, no seat is left; has no kit at home, and no open site is within 90 min"
    }


def test_what_a_place_has_none_left_of_is_said_of_that_place_alone() -> None:
    people = agents(2, "cards", travel=NEAR)
    places = (YORK._replace(card_safe_seats=1), HULL._replace(card_safe_seats=9))
    licence = [Pool("hull", "the licences for Hull", 0, ("hull",))]
    assert why(planned(people, (CARDS,), places, pools=licence))["A2"] == (
        "working from home is not open, and no card-safe seat is left at York and the licences for Hull can take no more"
    )
    held = planned(
        agents(1, "billing", travel=NEAR), places=(YORK, HULL), wishes=Wishes(held_back={"york": 10, "hull": 10})
    )
    assert why(held) == {"A1": "working from home is not open, and no seat is left within 90 min but those held back"}
    assert as_told(why(held)["A1"]) == "working from home is not open, and no seat is left within 90 min"


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
    told = agents(1, "billing", travel=NEAR, sent_to="york", **TOLD)
    found = planned(agents(3, "billing", first=2, travel=NEAR) + told, places=(YORK._replace(seats=2), HULL))
    assert [(p.agent, p.destination, p.wave, p.kept) for p in found.placements[:2]] == [
        ("A1", "york", 0, True),
        ("A2", "york", 1, False),
    ]
    assert [placement.agent for placement in found.new] == ["A2", "A3", "A4"]
    assert found.changes == 0


def test_people_are_sent_elsewhere_when_it_pays_and_it_is_counted() -> None:
    there = agents(
        1, "billing", travel=NEAR, sent_to="york", skills=(("urgent", 3),), **{**TOLD, "sent_state": "arrived"}
    )
    found = planned(there, (BILLING, URGENT._replace(mbco=1)), places=(YORK,))
    assert [(p.agent, p.queue, p.kept, p.changed) for p in found.placements] == [("A1", "urgent", False, True)]
    assert (found.changes, found.unfamiliar) == (1, 1)


def test_whoever_is_there_already_stays_whatever_has_become_of_their_travel() -> None:
    there = agents(1, "billing", sent_to="york", **{**TOLD, "sent_state": "logged_in"})
    assert [(p.destination, p.kept) for p in planned(there).placements] == [("york", True)]
    assert where(planned(agents(1, "billing", sent_to="york", **TOLD))) == {}


def test_people_told_to_go_to_a_place_that_is_now_hit_are_planned_anew() -> None:
    told = agents(1, "billing", travel=NEAR, sent_to="york", sent_for="billing")
    assert where(planned(told, places=(YORK._replace(hit=True), HULL))) == {"A1": "hull"}


def test_report_times_are_round_and_leave_time_to_get_there() -> None:
    people = agents(3, "billing", travel=NEAR) + agents(1, "urgent", first=4, **FIT)
    found = planned(people, (BILLING, URGENT), (HOME, YORK._replace(seats=2), HULL))
    times = {p.agent: (p.wave, f"{p.report_at:%H:%M:%S}") for p in found.placements}
    assert times == {"A4": (1, "09:20:00"), "A1": (2, "10:05:00"), "A2": (2, "10:05:00"), "A3": (3, "11:05:00")}


def test_waves_after_the_first_are_as_large_as_the_rules_say() -> None:
    assert planned(agents(5, "billing", **FIT)).waves == {1: 2, 2: 2, 3: 1}


def test_what_is_kept_with_a_plan_is_plain_json() -> None:
    people = agents(2, "billing", **FIT) + agents(1, "billing", first=3)
    summary = planned(people, places=(HOME,)).summary()
    assert summary["placed"] == 2
    assert summary["unplaced"] == [["has no kit at home, and no open site is within 90 min", 1]]
    assert summary["queues"][0] == {
        "id": "billing", "name": "Billing", "tier": 2, "before": 0, "after": 2, "mbco": 2, "full": 9,
        "unfamiliar": 0, "mbco_at": "2026-11-02T09:20:00+00:00", "full_at": None, "rto_min": 0,
    }  # fmt: skip
    assert summary["destinations"][0] == {
        "id": "home", "name": "Home", "kind": "home", "ready_min": 15, "seats": 10,
        "used": 2, "left": 8, "card_safe_left": 0, "cost": 0, "leads": 0, "attested": "", "sure": True,
    }  # fmt: skip


ROW = {
    "id": "A1", "queue": "billing", "site": "leeds", "team": "t1", "languages": ("en",),
    "skills": (("billing", 3), ("sales", 2)),
    "home": {"kit": True, "mbps": 80, "tested": "2026-10-01", "pay_ok": False}, "travel": (("york", 30),), "shift": "late",
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
    assert demand_of(queue, 2) == Demand("q", "Q", 1, 3, 4, 2, "s", (), payment_cards=True, rto_min=1)


def test_off_shift_people_report_for_their_next_shift_in_their_own_time_zone() -> None:
    shifts = {
        "A1": "mon-fri 12:00-20:00",
        "A2": "wed-sun 10:00-18:00",
        "A3": "mon-fri 01:00-09:30",
        "A4": "sun-mon 22:00-11:00",
    }
    people = [Agent(name, "billing", shift=shift, tz="Europe/Berlin", **FIT) for name, shift in shifts.items()]
    times = {p.agent: f"{p.report_at:%a %H:%M}" for p in planned(people, rules=RULES._replace(wave_size=9)).placements}
    assert times == {"A1": "Mon 11:00", "A2": "Wed 09:00", "A3": "Tue 00:00", "A4": "Mon 21:00"}
    called = planned(people, rules=RULES._replace(wave_size=9, call_in=True)).placements
    assert {f"{p.report_at:%a %H:%M}" for p in called} == {"Mon 09:20"}


@pytest.mark.parametrize("shift", ["late", "mon-fri", "foo-fri 08:00-16:00", "mon-fri 25:00-26:00"])
def test_a_shift_that_cannot_be_read_is_any_time(shift: str) -> None:
    (one,) = planned(agents(1, "billing", shift=shift, **FIT)).placements
    assert f"{one.report_at:%H:%M}" == "09:20"


def test_a_gateway_takes_only_so_many() -> None:
    found = planned(agents(3, "billing", **FIT), pools=[Pool("vpn", "the VPN", 2, ("home",))])
    assert why(found) == {"A3": "the VPN can take no more, and no open site is within 90 min"}


def test_a_licence_is_used_by_the_queues_that_need_it() -> None:
    people = agents(2, "billing", **FIT) + agents(2, "urgent", first=3, **FIT)
    found = planned(people, (BILLING, URGENT), pools=[Pool("crm", "CRM licences", 1, (), ("billing",))])
    assert Counter(p.queue for p in found.placements) == {"urgent": 2, "billing": 1}


def test_team_leads_go_along_and_where_none_is_left_nobody_more_is_sent() -> None:
    places = (YORK._replace(ratio_max=3, leads=1, led=2), HULL._replace(ratio_max=3))
    found = planned(agents(9, "billing", travel=NEAR), places=places, leads=1)
    assert sorted(Counter(where(found).values()).items()) == [("york", 4)]
    assert [line.leads for line in found.destinations] == [1, 0]
    assert set(why(found).values()) == {
        "working from home is not open, and no team lead is free for more people at York and no team lead is free for "
        "more people at Hull"
    }


def test_seats_held_back_places_closed_and_people_left_out_are_as_wished() -> None:
    people = agents(4, "billing", travel=NEAR, team="t1") + agents(1, "billing", first=5, team="t2", travel=NEAR)
    wishes = Wishes(held_back={"york": 8}, closed=("hull",), people_out=("A1",), teams_out=("t2",))
    found = planned(people, wishes=wishes)
    assert where(found) == {"A2": "york", "A3": "york"}
    assert why(found)["A1"] == why(found)["A5"] == "was left out of the plan by wish"


def test_who_is_left_out_and_has_a_seat_keeps_exactly_that_one() -> None:
    there = agents(1, "urgent", sent_to="hull", sent_for="billing", sent_state="arrived", team="t1")
    told = agents(1, "billing", first=2, sent_to="york", sent_state="told", **FIT, team="t1", travel=NEAR)
    free = agents(2, "billing", first=3, **FIT, team="t1")
    full = BILLING._replace(mbco=1, full=1)
    found = planned(there + told + free, (full, URGENT), wishes=Wishes(teams_out=("t1",), queues_out=("urgent",)))
    assert where(found) == {"A1": "hull", "A2": "york"} and all(p.kept and p.wave == 0 for p in found.placements)
    assert set(why(found)) == {"A3", "A4"}
    gone = planned(there, (full,), places=(HOME,), wishes=Wishes(people_out=("A1",)))
    assert why(gone) == {"A1": "was left out of the plan by wish"}, "a seat that is no more can't be kept"
    with pytest.raises(Clash, match=r"person A1 left where they are and 10 seats held back at hull can't all be"):
        planned(there, (full,), wishes=Wishes(people_out=("A1",), held_back={"hull": 10}))


def test_a_queue_can_count_as_of_another_tier_or_be_left_out() -> None:
    people = agents(1, "billing", travel=NEAR, skills=(("urgent", 3),))
    queues = (BILLING, URGENT._replace(tier=2), CARDS)
    first = planned(people, queues, wishes=Wishes(tiers={"urgent": 1}))
    assert [(p.queue, p.wave) for p in first.placements] == [("urgent", 1)]
    out = planned(people, queues, wishes=Wishes(queues_out=("billing", "urgent")))
    assert why(out) == {"A1": "Billing and the other queues they can work are left out by wish"}


def test_who_is_locked_goes_there_whatever_it_costs() -> None:
    people = agents(2, "billing", travel=NEAR, team="t1", **FIT) + agents(
        1, "billing", first=3, travel=NEAR, team="t1", **FIT
    )
    wishes = Wishes(locked=(Lock(team="t1", to="hull"), Lock(person="A2", to="york", works="billing")))
    assert where(planned(people, wishes=wishes)) == {"A1": "hull", "A2": "york", "A3": "hull"}


CLASHES = [
    (Wishes(locked=(Lock(team="t1", to="york"),)), "team t1 locked to york can't all be: York has 3 seats."),
    (Wishes(locked=(Lock(person="A1", to="york"), Lock(person="A2", to="york")), held_back={"york": 2, "hull": 1}),
     "person A1 locked to york, person A2 locked to york and 2 seats held back at york can't all be: York has 3 seats."),
    (Wishes(locked=(Lock(person="A1", to="york"), Lock(person="A1", to="hull"))),
     "person A1 locked to york and person A1 locked to hull can't both be."),
    (Wishes(locked=(Lock(person="A1", to="york"),), closed=("york",)), "person A1 locked to york, and york closed, can't both be."),
    (Wishes(locked=(Lock(team="t1", to="york"),), teams_out=("t1",)), "team t1 locked to york, and team t1 left out, can't both be."),
    (Wishes(locked=(Lock(person="A1", works="urgent"),)),
     "person A1 locked for urgent: A1 (has not the skill for Urgent line) can't be there, whatever else is planned."),
    (Wishes(locked=(Lock(person="A1", to="york"),), teams_out=("t1",)),
     "person A1 locked to york: A1 was left out of the plan by wish."),
    (Wishes(locked=(Lock(person="A9", to="york"),)), "person A9 locked to york: A9 has answered, and is not to be moved now."),
]  # fmt: skip


@pytest.mark.parametrize(("wishes", "said"), CLASHES)
def test_wishes_that_cannot_all_be_met_are_named_and_nothing_is_planned(wishes: Wishes, said: str) -> None:
    people = agents(4, "billing", travel=NEAR, team="t1") + agents(1, "billing", first=9, can_work=False)
    with pytest.raises(Clash) as no:
        planned(people, (BILLING, URGENT), (YORK._replace(seats=3), HULL), wishes=wishes)
    assert said in no.value.clashes


def test_without_a_solver_the_plan_is_greedy_and_says_so() -> None:
    people = agents(5, "billing", travel=NEAR, **FIT)
    asked = Situation(people, (BILLING,), (HOME, YORK), RULES._replace(limit_s=0.0), NOW)
    found = plan(asked)
    assert (found.method, len(found.placements), found.gap) == ("greedy by tier", 5, None)
    assert found.note.startswith("greedy by tier, because the solver found no plan: ")
    assert plan_greedily(asked).placements == found.placements


def test_the_best_plan_says_that_it_is_proven() -> None:
    found = planned(agents(3, "billing", travel=NEAR, **FIT))
    assert (found.method, found.note, found.gap) == ("optimum", "", None)
    assert [level.value for level in found.levels] == [level.bound for level in found.levels]
