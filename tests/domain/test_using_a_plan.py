"""Working with a plan, the pure parts: prices, differences, staleness, the way back, contacts and seats."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.board_moves import Covered, coverage, seat_parts, wave_row
from bot.domain.capacity import leads_lacking
from bot.domain.card import Tone
from bot.domain.chart_seats import seat_map, seats_to_a_square
from bot.domain.coupling import Line, guard
from bot.domain.difference import difference
from bot.domain.homecoming import Returning, back_by, stages
from bot.domain.move import HOLDS_SEAT, MoveState
from bot.domain.place import SiteKind
from bot.domain.price import Price
from bot.domain.relocation import Destination, Rules
from bot.domain.relocation_shift import on_shift
from bot.domain.relocation_wishes import Lock
from bot.domain.seat import TAKEN, SeatState, ledger
from bot.domain.staleness import Basis, basis_of, stale
from bot.domain.wish import Target, Wish, WishKind, asked, joined
from bot.domain.wording.coupling import noted

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
places = st.dictionaries(
    st.sampled_from("abcdefgh"), st.tuples(st.sampled_from(["york", "home"]), st.sampled_from(["q", "r"]))
)


@pytest.mark.parametrize(
    ("shift", "tz", "works"),
    [
        ("mon-fri 08:00-16:00", "Europe/London", True),
        ("mon-fri 09:00-17:00", "Europe/London", True),
        ("mon-fri 01:00-09:00", "Europe/London", False),
        ("tue-fri 08:00-16:00", "Europe/London", False),
        ("mon-fri 08:00-16:00", "Asia/Kolkata", True),
        ("mon-fri 15:00-23:00", "Asia/Kolkata", False),
        ("sun-thu 22:00-10:00", "Europe/London", True),
        ("", "Europe/London", True),
        ("when it suits", "Europe/London", True),
    ],
)
def test_who_is_in_their_shift_on_a_monday_at_nine(shift, tz, works):
    assert on_shift(shift, tz, NOW + timedelta(seconds=1)) is works


@given(places, places)
def test_a_difference_names_everybody_whose_place_changed_once(before, after):
    found = difference(before, after)
    changed = {p for p in before.keys() | after.keys() if before.get(p) != after.get(p)}
    assert sorted([*found.elsewhere, *found.placed, *found.unplaced]) == sorted(changed)
    assert all(part["n"] >= len(part["first"]) <= 3 for part in found.summary().values())


@pytest.mark.parametrize(
    ("price", "words"),
    [
        (Price(0, 0, 0, 0, 0, 0), "Costs nothing."),
        (Price(4, 0, 0, 12, 0, 0), "Costs 4 seats that tier 1 needs to reach its MBCO and 12 people without a place."),
        (Price(0, 0, 0, 1, 0, -45), "Costs 1 person without a place. It spares 45 a day for seats."),
    ],
)
def test_a_price_is_said_in_words(price, words):
    assert price.words() == words
    assert price.free == (words == "Costs nothing.")


def basis(**changes):
    kept = {
        "hit": ("leeds",),
        "off": 2,
        "lost": 0,
        "live": 5,
        "seats": {"york": 10, "home": 50},
        "wishes": (1,),
        "shared": {"vpn": 5},
        "agents": 60,
    }
    return Basis(**{**kept, **changes})


@pytest.mark.parametrize(
    ("now", "kind", "words"),
    [
        ({"hit": ("leeds", "york")}, "damage", "York is hit now: 8 places of this plan are there."),
        ({"hit": ("hull", "leeds")}, "damage", "Hull is hit now: nobody can be sent there any more."),
        (
            {"hit": ("leeds", "york"), "seats": {"york": 214, "home": 50}},
            "damage",
            "York is hit now: 8 places of this plan are there.",
        ),
        ({"agents": 84}, "agents", "24 more agents lost their place: this plan has none for them."),
        ({"hit": ()}, "restored", "Leeds can be used again."),
        ({"seats": {"york": 3, "home": 50}}, "seats", "Seats that it counts on are no longer free: 5 at York."),
        ({"seats": {"york": 14, "home": 50}}, "seats", "There are more seats now: 4 at York."),
        ({"shared": {"vpn": 2}}, "shared", "What it counts on is used elsewhere now: 3 of the VPN."),
        ({"lost": 1}, "lost", "1 more person can't get where they were sent."),
        ({"off": 5}, "off", "3 more people can't work or need help."),
        ({"off": 1}, "back", "1 more person can work again."),
        ({"live": 9}, "arrived", "4 more people started to work."),
        ({"wishes": ()}, "wishes", "The wishes were changed."),
    ],
)
def test_what_makes_a_plan_stale_is_said(now, kind, words):
    then, names = basis_of(basis().summary()), {"york": "York", "hull": "Hull", "leeds": "Leeds", "vpn": "the VPN"}
    used = {"york": 8, "vpn": 5}
    assert stale(then, basis(), used, names, approved=False) == {}
    assert stale(then, basis(**now), used, names, approved=False) == {kind: words}
    assert ("arrived" in stale(then, basis(**now), used, names, approved=True)) is False


def wish(kind, target, subject, **more):
    return Wish(incident_id=1, kind=kind, target=target, subject=subject, **more)


def test_wishes_reach_the_planner_each_once():
    stand = [wish(WishKind.HOLD, Target.DESTINATION, "york", n=3), wish(WishKind.EXCLUDE, Target.TEAM, "leeds-01")]
    stand = joined(stand, wish(WishKind.HOLD, Target.DESTINATION, "york", n=5))
    stand = joined(stand, wish(WishKind.LOCK, Target.PERSON, "A1", destination="home"))
    stand += [wish(WishKind.CLOSE, Target.DESTINATION, "hull"), wish(WishKind.PRIORITY, Target.QUEUE, "billing", n=1)]
    found = asked(stand)
    assert found.held_back == {"york": 5} and found.closed == ("hull",) and found.tiers == {"billing": 1}
    assert found.teams_out == ("leeds-01",) and found.locked == (Lock(person="A1", to="home"),)


people = st.lists(st.tuples(st.integers(1, 3), st.sampled_from("xyz")), max_size=60).map(
    lambda found: [Returning(f"A{n}", f"{queue}{tier}", tier, "leeds") for n, (tier, queue) in enumerate(found)]
)


@given(people, st.integers(1, 20))
def test_the_way_back_is_least_critical_first_and_a_critical_queue_is_never_wholly_on_the_road(group, size):
    waves = stages(group, size)
    assert sorted(one.id for wave in waves for one in wave) == sorted(one.id for one in group)
    assert all(0 < len(wave) <= size and len({one.tier for one in wave}) == 1 for wave in waves)
    tiers = [wave[0].tier for wave in waves]
    assert tiers == sorted(tiers, reverse=True)
    for queue in {one.queue for one in group if one.tier == 1}:
        all_of_it = sum(one.queue == queue for one in group)
        assert all(sum(one.queue == queue for one in wave) < all_of_it for wave in waves) or all_of_it == 1


@pytest.mark.parametrize(
    ("shift", "tz", "call_in", "hours"),
    [
        ("", "UTC", False, 1),
        ("mon-fri 08:00-16:00", "UTC", False, 1),
        ("mon-fri 12:00-20:00", "UTC", False, 3),
        ("mon-fri 12:00-20:00", "Europe/Berlin", False, 2),
        ("mon-fri 02:00-10:30", "UTC", False, 17),
        ("wed-sun 10:00-18:00", "UTC", False, 49),
        ("wed-sun 10:00-18:00", "UTC", True, 1),
    ],
)
def test_people_are_to_be_back_in_their_shift_at_a_round_time_never_sooner(shift, tz, call_in, hours):
    rules = Rules(payments_from_home=False, home_test_days=90, max_travel_min=90, wave_size=400, call_in=call_in)
    assert back_by(NOW, 60, shift, tz, rules) == NOW + timedelta(hours=hours)
    odd = back_by(NOW + timedelta(seconds=1), 60, shift, tz, rules)
    assert odd == NOW + timedelta(hours=hours, minutes=5 if hours == 1 else 0)


@given(
    st.lists(st.builds(Line, st.just("q"), st.integers(0, 50), st.integers(0, 60), st.integers(0, 9))),
    st.integers(0, 100),
)
def test_contacts_never_get_ahead_of_their_agents_unnoticed(lines, moved):
    found = guard(lines, moved)
    assert 0 <= found.can <= 100
    assert found.ahead == (moved > found.can)
    if found.target is not None and not found.missing:
        assert (
            moved < found.target <= max(found.can, moved)
            or found.had == 0
            or found.live * 100 >= found.had * found.target
        )
    assert (found.target is None) == (moved == 100)
    assert (noted(found).tone is Tone.GOOD) == (not found.ahead)


@given(st.dictionaries(st.sampled_from([*MoveState, "rest"]), st.integers(0, 99)))
def test_the_seat_ledger_holds_every_seat_that_a_move_holds(states):
    book = ledger(states)
    assert sum(book[state] for state in TAKEN) == sum(states.get(state, 0) for state in HOLDS_SEAT)
    assert book[SeatState.RELEASED] == states.get("failed", 0) + states.get("released", 0)


def test_a_wave_counts_who_is_how_far():
    row = wave_row(2, {"approved": 2, "told": 1, "moving": 3, "arrived": 1, "logged_in": 1, "failed": 4}, NOW)
    assert (row.people, row.told, row.arrived, row.live, row.due_at, row.word) == (8, 6, 2, 1, NOW, "under way")
    assert wave_row(1, {"approved": 2}, None).word == "not told yet"
    assert wave_row(1, {"logged_in": 2}, NOW).word == "at work" and wave_row(1, {"logged_in": 2}, NOW).due_at is None


def test_coverage_follows_the_seats_and_more_than_the_minimum_counts_as_all_of_it():
    changes = [(NOW, 3), (NOW + timedelta(minutes=5), 4), (NOW + timedelta(minutes=9), -7)]
    points = coverage([Covered(2, 10, ()), Covered(0, 5, changes)], NOW, NOW + timedelta(minutes=10))
    assert [round(p.percent) for p in points] == [13, 33, 47, 13, 13]
    assert coverage([Covered(4, 0, ())], NOW, NOW) == ()


def test_a_place_is_drawn_by_its_seats():
    parts = seat_parts(3, 0, {"told": 2, "moving": 1, "arrived": 1, "logged_in": 1})
    drawn = seat_map(parts, 10, 1)
    for kind, n in {"own": 3, "held": 2, "confirmed": 1, "arrived": 1, "live": 1, "free": 2}.items():
        assert drawn.count(f'class="seat-{kind}"') == n
    assert 'aria-label="3 at work there anyway, 1 logged in, 1 arrived, 1 on the way, 2 held"' in drawn
    assert (seats_to_a_square(100), seats_to_a_square(500), seats_to_a_square(100_000)) == (1, 5, 695)


def test_team_leads_who_are_there_come_first_then_those_who_go_along():
    york = Destination("york", "York", SiteKind.SITE, 40, ratio_max=12, leads=2, led=20)
    home = Destination("home", "Home", SiteKind.HOME, 40)
    wanted = {("york", "faults"): 10, ("york", "billing"): 7, ("home", "faults"): 40}
    assert leads_lacking([york, home], wanted, going=2) == []
    assert leads_lacking([york, home], wanted, going=1) == ["York"]
