"""The board's words: what is late is said to be late, and what is well is not dressed up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import board as b
from bot.domain.board_roll import RollCount, roll_parts
from bot.domain.card import Tone
from bot.domain.chart import Point, Series, answers_chart, chart_keys, coverage_bar, meter_bar, parts_bar, shares
from bot.domain.headline import Health, headline
from bot.domain.incident import IncidentState

NOW = datetime(2026, 6, 14, 13, 42, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """So many minutes from now."""
    return NOW + timedelta(minutes=minutes)


def queue(live: int = 0, *, rto: float = 60, tier: int = 1, **more: object) -> b.QueueRow:
    """A hit queue with a minimum of 10 of 20, disrupted an hour ago; rto in minutes from now."""
    row = b.QueueRow(
        id="q",
        name="Claims",
        tier=tier,
        live=live,
        mbco=10,
        full=20,
        hit=True,
        from_at=at(-60),
        rto_at=at(rto),
        mtpd_at=at(rto + 120),
    )
    return row.model_copy(update=more)


def incident(*queues: b.QueueRow, **more: object) -> b.IncidentBoard:
    """An incident with these queues."""
    row = b.IncidentBoard(
        reference="INC-2026-0001",
        title="Fire",
        category="Facility loss",
        severity=1,
        drill=False,
        state=IncidentState.ACTIVE,
        phase="Relocate",
        declared_at=at(-60),
        queues=queues,
        roll=RollCount(expected=100, safe=73, unable=2),
    )
    return row.model_copy(update=more)


@pytest.mark.parametrize(
    ("rto", "word", "tone"),
    [
        (180, "in time", Tone.PLAIN),
        (50, "tight", Tone.WARN),
        (20, "nearly out of time", Tone.BAD),
        (0, "RTO missed", Tone.BAD),
        (-120, "MTPD passed", Tone.BAD),
    ],
)
def test_the_clock_turns_red_at_a_quarter_left(rto: float, word: str, tone: Tone) -> None:
    assert queue(rto=rto).clock(NOW) == b.Status(word=word, tone=tone)


def test_the_clock_stops_at_the_minimum_and_remembers_that_it_was_late() -> None:
    assert queue(10, rto=-5).clock(NOW).word == "met"
    assert queue(10, rto=-5, back_at=at(-1)).clock(NOW).word == "met late"
    assert queue(3, hit=False).clock(NOW).word == "not running"


@pytest.mark.parametrize(
    ("live", "tier", "word", "tone"),
    [
        (20, 1, "full", Tone.GOOD),
        (10, 3, "at minimum", Tone.GOOD),
        (9, 1, "below minimum", Tone.BAD),
        (9, 2, "below minimum", Tone.WARN),
    ],
)
def test_tier_1_below_its_minimum_is_red(live: int, tier: int, word: str, tone: Tone) -> None:
    assert queue(live, tier=tier).status(NOW) == b.Status(word=word, tone=tone)


@pytest.mark.parametrize(
    ("queues", "health", "words"),
    [
        ((), Health.NOTHING_HIT, "75 of 100 people accounted for."),
        ((queue(12),), Health.YES, "75 of 100 people accounted for. Claims is at its minimum."),
        ((queue(12, rto=-9, back_at=at(-2)),), Health.LATE, "1 later than the RTO"),
        ((queue(4, rto=200),), Health.NOT_YET, "Claims lacks 6 seats with 3 h 20 min of its RTO left."),
        ((queue(4, rto=12), queue(9, name="Billing", rto=90)), Health.AT_RISK, "Billing is below minimum too."),
        ((queue(4, rto=-12),), Health.NO, "Claims missed its RTO 12 min ago."),
        (
            (queue(4, rto=-125), queue(4, rto=-1)),
            Health.NO,
            "Claims passed its MTPD 5 min ago. 1 other queue is late too.",
        ),
    ],
)
def test_the_headline_answers_in_a_word_and_says_why(
    queues: tuple[b.QueueRow, ...], health: Health, words: str
) -> None:
    said = headline(incident(*queues), NOW)
    assert said.health is health
    assert words in said.text


SOME, ALL = b.Relocation(told=20, taking_contacts=10), b.Relocation(taking_contacts=30)


@pytest.mark.parametrize(
    ("live", "moves", "state", "health", "words"),
    [
        (
            12,
            SOME,
            IncidentState.ACTIVE,
            Health.MINIMUM,
            "10 of 30 agents at a working seat. Claims is at its minimum.",
        ),
        (12, ALL, IncidentState.ACTIVE, Health.YES, "30 of 30 agents at a working seat."),
        (12, SOME, IncidentState.STOOD_DOWN, Health.NOT_ALL, "10 of 30 agents at a working seat."),
        (12, ALL, IncidentState.STOOD_DOWN, Health.YES, "30 of 30 agents at a working seat."),
        (4, SOME, IncidentState.STOOD_DOWN, Health.NO, "1 of 1 hit queue was below minimum at the end."),
    ],
)
def test_the_minimum_is_not_everyone(
    live: int, moves: b.Relocation, state: IncidentState, health: Health, words: str
) -> None:
    shown = incident(queue(live, back_at=at(-20)), relocation=moves, state=state)
    said = headline(shown, NOW)
    assert said.health is health
    assert words in said.text
    assert said.met_at == (at(-20) if live >= 10 else None)


HELP, LOST = RollCount(expected=60, safe=57, help=3, called=True), RollCount(expected=60, safe=35, called=True)
ASKED = LOST.evolve(asked=True)


@pytest.mark.parametrize(
    ("roll", "state", "health", "words"),
    [
        (HELP, IncidentState.ACTIVE, Health.HELP, "3 people need help. Working seats: yes. 30 of 30 agents at"),
        (LOST, IncidentState.ACTIVE, Health.UNACCOUNTED, "25 of 60 people have not been asked yet."),
        (ASKED, IncidentState.RECOVERING, Health.UNACCOUNTED, "25 of 60 people have not been heard from yet."),
        (
            ASKED.evolve(help=1),
            IncidentState.ACTIVE,
            Health.HELP,
            "1 person needs help. 24 of 60 people have not been heard from yet.",
        ),
        (
            ASKED.evolve(safe=59),
            IncidentState.STOOD_DOWN,
            Health.UNACCOUNTED,
            "1 of 60 people has never been heard from.",
        ),
        (HELP.evolve(help=1), IncidentState.STOOD_DOWN, Health.HELP, "1 person still needed help."),
    ],
)
def test_life_safety_comes_before_seats_until_everybody_is_accounted_for(
    roll: RollCount, state: IncidentState, health: Health, words: str
) -> None:
    said = headline(incident(queue(12, back_at=at(-20)), relocation=ALL, state=state, roll=roll), NOW)
    assert (said.health, said.tone, said.met_at) == (health, Tone.BAD, at(-20))
    assert said.text.startswith(words)
    assert "everybody safe?" in said.question
    error = headline(incident(queue(12), roll=LOST, state=IncidentState.CANCELLED), NOW)
    assert error.health is Health.YES, "what was declared in error had nobody missing"
    well = headline(incident(queue(12), relocation=ALL, roll=RollCount(expected=60, safe=60, called=True)), NOW)
    assert (well.health, well.tone) == (Health.YES, Tone.GOOD)


def test_where_no_roll_is_called_nobody_is_missing_but_help_is_help() -> None:
    quiet = RollCount(expected=60, safe=2)
    assert headline(incident(queue(4, rto=12), roll=quiet), NOW).health is Health.AT_RISK
    said = headline(incident(roll=quiet.evolve(help=2)), NOW)
    assert said.text == "2 people need help. Working seats: no queue is hit."


def test_the_most_urgent_queue_comes_first() -> None:
    rows = (queue(10, name="back"), queue(1, name="later", rto=90), queue(1, name="soon", rto=9))
    assert [q.name for q in incident(*rows).most_urgent(NOW)] == ["soon", "later", "back"]
    assert (b.soonest(incident(*rows), NOW) or rows[0]).name == "soon"
    assert b.soonest(incident(rows[0]), NOW) is None


def test_counts_add_up() -> None:
    move = b.Relocation(planned=5, told=4, moving=3, arrived=2, logged_in=1, taking_contacts=6, failed=1, unplaced=2)
    assert move.total == 24
    assert move.seated == 7
    assert move.reached == (("Told", 16), ("Moving", 12), ("Arrived", 9), ("Logged in", 7), ("Taking contacts", 6))
    roll = RollCount(expected=100, safe=70, help=3, unable=2)
    assert (roll.accounted, roll.silent) == (75, 25)
    assert sum(p.value for p in roll_parts(roll)) == 100
    assert b.tier_1([queue(1), queue(10), queue(10, tier=2)]) == (1, 2)
    assert b.seats([queue(1), queue(10)]) == (11, 20)


def test_what_is_due_and_what_was_sent_is_judged() -> None:
    assert b.SitrepRow(due_at=at(-1)).status(NOW).word == "missed"
    assert b.SitrepRow(due_at=at(-1), held=True).status(NOW).word == "held back"
    assert b.SitrepRow(due_at=at(5)).status(NOW).tone is Tone.GOOD
    assert b.SitrepRow().status(NOW).word == "no more due"
    assert b.step_status(b.StepsCount(open=3, overdue=1)).tone is Tone.BAD
    assert b.step_status(b.StepsCount(open=3, unowned=1)).word == "1 unowned"
    assert b.step_status(b.StepsCount()).word == "none open"
    assert b.delivery_status(b.DeliveryCount()).word == "nothing sent yet"
    assert b.delivery_status(b.DeliveryCount(sent=9, unknown=1)).word == "1 unknown"
    assert b.delivery_status(b.DeliveryCount(sent=9, failed=1)).tone is Tone.BAD
    assert b.delivery_status(b.DeliveryCount(sent=9, queued=1)).word == "1 on their way"
    assert b.SupplyRow(name="Porto", kind="site", seats=10, used=12).status.word == "none left"
    assert b.SupplyRow(name="Porto", kind="site", seats=10, used=9).status.word == "few left"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0.5, "less than a minute"),
        (12, "12 min"),
        (119, "119 min"),
        (120, "2 h"),
        (185, "3 h 5 min"),
        (3000, "2 days 2 h"),
        (4319, "2 days 23 h"),
        (7200, "5 days"),
    ],
)
def test_spans_in_words(minutes: float, words: str) -> None:
    assert b.span(timedelta(minutes=minutes)) == words
    assert b.relative_words(at(minutes), NOW) == f"in {words}"
    assert b.relative_words(at(-minutes), NOW, "late") == f"{words} late"


def test_the_chart_tells_its_story_in_words_too() -> None:
    line = Series(label="Answered <b>", points=(Point(minute=0, percent=0), Point(minute=30, percent=81)))
    drawn = answers_chart((line,), title="A & B", target=95)
    assert "<title>A &amp; B</title>" in drawn
    assert "Answered &lt;b&gt;: 81 % after 30 minutes; the target is 95 %" in drawn
    assert "target 95 %" in drawn
    assert answers_chart((), title="Nothing yet").endswith("</svg>")
    assert chart_keys((line,)).count("<li>") == 1
    assert "&lt;" in chart_keys((line.model_copy(update={"label": "<b>"}),))
    assert shares(line, (50, 95)) == ((50, 30), (95, None))


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_no_bar_leaves_its_frame(live: int, mbco: int, full: int) -> None:
    for drawn in (
        coverage_bar(live, mbco, full),
        meter_bar(live, full),
        parts_bar(roll_parts(RollCount(expected=full, safe=live))),
    ):
        shown = [float(part.split("%")[0]) for part in drawn.split('="')[1:] if "%" in part.split('"')[0]]
        assert all(0 <= share <= 100 for share in shown)
