"""A plan of moves on its card: what it does, for whom it has no place, what it costs, how it was found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain import intent as i
from bot.domain.board_moves import NOBODY, OffShift
from bot.domain.card import Button, Card, Fact, Item, Style, Table, Tone
from bot.domain.incident import Incident
from bot.domain.move import MoveState, PlanKind, PlanState
from bot.domain.place import Queue, Site
from bot.domain.policy import Policy
from bot.domain.price import money
from bot.domain.relocation import Method
from bot.domain.text import listed, plural
from bot.domain.when import at, soon
from bot.domain.wish import Wish, WishKind
from bot.domain.wording.parts import banner, button, done, how_long, name_of
from bot.domain.wording.people import MOVE_WORDS
from bot.domain.wording.seats import ledger_table
from bot.domain.wording.sitreps import off_shift

_REASONS = 5


@dataclass(frozen=True)
class Shown:
    """What a plan's card is drawn from: its row, and how things stand now.

    live: live seats by queue; seats: moves by destination and state; names: of people; stale: why it no longer fits.
    report: when the first and the last are to be at their new seats. held: who held the waves, "" for nobody.
    """

    plan: Mapping[str, Any]
    waves: Mapping[int, Mapping[str, int]]
    stale: Sequence[str]
    wishes: Sequence[tuple[Wish, str]]
    queues: Mapping[str, Queue]
    sites: Mapping[str, Site]
    live: Mapping[str, int]
    seats: Mapping[str, Mapping[str, int]]
    names: Mapping[str, str]
    seconds: float
    report: tuple[datetime, datetime] | None = None
    off_shift: OffShift = NOBODY
    held: str = ""

    @property
    def summary(self) -> Mapping[str, Any]:
        """The plan without its people."""
        found: Mapping[str, Any] = self.plan["summary"]
        return found

    @property
    def state(self) -> PlanState:
        """Where the plan stands."""
        return PlanState(self.plan["state"])

    @property
    def back(self) -> bool:
        """Whether it leads back."""
        return bool(self.plan["kind"] == PlanKind.RETURN)


def plan_card(incident: Incident, shown: Shown, policy: Policy, now: datetime) -> Card:
    """Show a plan as it stands; of one that was replaced only that."""
    over = shown.state is PlanState.PROPOSED and not incident.open
    title = f"{_name(shown)} of {incident.reference}: {'no longer needed' if over else _state_word(shown)}"
    mark = banner(drill=incident.drill)
    if shown.state is PlanState.SUPERSEDED:
        return Card(title=title, banner=mark, text=("A newer plan stands further down.",))
    short = sum(q["after"] < q["mbco"] for q in shown.summary["queues"])
    late = _late(incident, shown)
    stale = (f"Out of date. {' '.join(shown.stale)}",) if shown.stale else ()
    return Card(
        title=title,
        banner=mark,
        tone=Tone.WARN if short or late or shown.stale else Tone.GOOD,
        text=(
            *stale,
            *_held(shown),
            _sentence(shown, short),
            *late,
            *_reporting(shown, policy, now),
            *_difference(shown),
        ),
        facts=tuple(_facts(shown, policy, now)),
        tables=tuple(_tables(shown)),
        items=tuple(_wish_item(incident, shown, *wished) for wished in shown.wishes if not shown.back),
        buttons=plan_buttons(incident, shown),
        footer=f"Telling everyone takes {how_long(shown.seconds)}. Figures of {at(now)}; newer ones: /disaster moves.",
    )


def _held(shown: Shown) -> tuple[str, ...]:
    """Say that somebody held the waves, of this plan or of the one that it replaces, while any is left to be told."""
    left = len(_untold(shown)) > (shown.state is PlanState.PROPOSED)
    if not (shown.held and left):
        return ()
    after = "after wave 1 none goes out" if shown.state is PlanState.PROPOSED else "none goes out"
    said = f"The waves are held by {name_of(shown.held, shown.names)}"
    return (f"{said}: {after} until somebody presses Tell wave, or lets them go by themselves.",)


def _name(shown: Shown) -> str:
    return f"{'Return plan' if shown.back else 'Plan'} {shown.plan['version']}"


def _state_word(shown: Shown) -> str:
    match shown.state:
        case PlanState.PROPOSED:
            return "not approved yet"
        case PlanState.APPROVED:
            return f"approved by {name_of(shown.plan['approved_by'], shown.names)}"
        case PlanState.SUPERSEDED:
            return "replaced"


def _unplaced(shown: Shown) -> int:
    return sum(n for _, n in shown.summary["unplaced"])


def _sentence(shown: Shown, short: int) -> str:
    placed = plural(shown.summary["placed"], "agent")
    if shown.back:
        left = _unplaced(shown)
        stay = f" {plural(left, 'agent')} who need help or can't work are not called back." if left else ""
        return f"{placed} {'goes' if shown.summary['placed'] == 1 else 'go'} back, least critical queues first.{stay}"
    said = f"{placed} placed, {plural(_unplaced(shown), 'agent')} not."
    below = f"{plural(short, 'queue')} {'stays' if short == 1 else 'stay'} below MBCO."
    return f"{said} {below if short else 'Every queue reaches its MBCO.'}"


def _late(incident: Incident, shown: Shown) -> tuple[str, ...]:
    """Name the queues that come to their minimum, but after their RTO: the worst first."""
    if shown.back:
        return ()
    due = [(q, incident.detected_at + timedelta(minutes=q["rto_min"])) for q in shown.summary["queues"] if q["rto_min"]]
    there = [
        (q, rto, datetime.fromisoformat(q["mbco_at"])) for q, rto in due if q["before"] < q["mbco"] and q["mbco_at"]
    ]
    late = sorted(((moment, rto, q["name"]) for q, rto, moment in there if moment > rto), key=lambda one: one[1])
    if not late:
        return ()
    said = listed([f"{name} at {soon(moment)}, RTO {soon(rto)}" for moment, rto, name in late[:_NAMED]])
    more = f" and {len(late) - _NAMED:,} more" if len(late) > _NAMED else ""
    return (f"After their RTO: {plural(len(late), 'queue')} ({said}{more}).",)


_NAMED = 3


def _attested(summary: Mapping[str, Any]) -> Iterator[Fact]:
    """Say what outsourcers attested of the seats that a plan counts on, and what is to be confirmed first."""
    for place in summary["destinations"]:
        if place.get("attested"):
            unsure = place["used"] and not place["sure"]
            yield Fact(label=place["name"], value=place["attested"], tone=Tone.WARN if unsure else Tone.PLAIN)


_SHIFTS_AHEAD = timedelta(hours=6)


def _reporting(shown: Shown, policy: Policy, now: datetime) -> tuple[str, ...]:
    """Say when the plan is filled: what it reaches it reaches when its people are there, at night that is later."""
    if shown.report is None:
        return ()
    first, last = shown.report
    if shown.back:
        return (
            f"Everybody comes in their own shift: the first are to be back by {soon(first)}, the last by {soon(last)}.",
        )
    when = f"That is when they are there: the first report by {soon(first)}, the last by {soon(last)}."
    if shown.plan["state"] == PlanState.PROPOSED:
        when += " Whoever is told later gets more time, by as much."
    if policy.call_in or last < now + _SHIFTS_AHEAD:
        return (when,)
    return (f"{when} Nobody is called in: who is off shift reports when their next shift begins.",)


_PARTS = {
    "elsewhere": "{n} sent elsewhere than before",
    "placed": "{n} newly placed",
    "unplaced": "{n} without the place that they had",
}


def _difference(shown: Shown) -> tuple[str, ...]:
    """Say how it differs from the plan before it, with the first few names."""
    kept = shown.summary.get("difference")
    if not kept:
        return ()
    said = [_part(words, kept[what], shown.names) for what, words in _PARTS.items() if kept[what]["n"]]
    told = shown.summary.get("changes", 0)
    moved = f" {plural(told, 'person', 'people')} were told of another place already." if told else ""
    return (f"Against plan {kept['from']}: {'; '.join(said) or 'nobody goes elsewhere'}.{moved}",)


def _part(words: str, part: Mapping[str, Any], names: Mapping[str, str]) -> str:
    first = [names.get(person, person) for person in part["first"]]
    rest = part["n"] - len(first)
    who = [*first, f"{rest:,} more"] if rest else first
    return f"{words.format(n=plural(part['n'], 'person', 'people'))} ({listed(who)})"


def _facts(shown: Shown, policy: Policy, now: datetime) -> list[Fact]:
    waves = [Fact(label=f"Wave {n}", value=_wave(shown, n, states)) for n, states in shown.waves.items()]
    if shown.back:
        return waves
    cost = Fact(label="What it costs", value=_cost(shown, policy.currency))
    return [
        *waves,
        cost,
        *off_shift(shown.off_shift),
        *_attested(shown.summary),
        Fact(label="How it was found", value=_found(shown.summary)),
        *_new_to_queue(shown, policy, now),
    ]


def _wave(shown: Shown, number: int, states: Mapping[str, int]) -> str:
    words = ", ".join(f"{n:,} {MOVE_WORDS[MoveState(state)]}" for state, n in states.items())
    due, untold = shown.plan["wave_due_at"], _untold(shown)
    if due is None or number != next(iter(untold), None):
        return words
    return f"{words}; goes out by itself at {at(due)}"


def _untold(shown: Shown) -> list[int]:
    waiting = (MoveState.APPROVED, MoveState.PROPOSED)
    return [n for n, states in shown.waves.items() if any(states.get(state) for state in waiting)]


def _cost(shown: Shown, currency: str) -> str:
    hours = shown.summary.get("travel_min", 0) / 60
    return f"{money(shown.summary.get('cost', 0), currency)} a day for seats, {hours:,.0f} h of travel in all"


def _found(summary: Mapping[str, Any]) -> str:
    """Say how good the plan is: the proven best, how far it may be from that, or that it was made by a simpler rule."""
    method, note = summary["method"], summary.get("note", "")
    if method == Method.OPTIMUM and not note:
        return "the optimum, proven"
    return note if note.startswith(method) else ": ".join(part for part in (method, note) if part)


def _new_to_queue(shown: Shown, policy: Policy, now: datetime) -> list[Fact]:
    """Say how many work a queue that is not their usual one, and whose script packs were not looked at for long."""
    new = {q["id"]: q["unfamiliar"] for q in shown.summary["queues"] if q.get("unfamiliar")}
    if not new:
        return []
    old = [shown.queues[q] for q in new if q in shown.queues and old_script(shown.queues[q], policy, now)]
    facts = [
        Fact(
            label="New to their queue",
            value=f"{plural(sum(new.values()), 'person', 'people')}, told with its script pack",
        )
    ]
    if old:
        words = listed([f"{q.name} ({_reviewed(q)}, {plural(new[q.id], 'person', 'people')})" for q in old])
        facts.append(Fact(label=f"Script packs older than {policy.script_days} days", value=words, tone=Tone.WARN))
    return facts


def old_script(queue: Queue, policy: Policy, now: datetime) -> bool:
    """Whether a queue's script pack was not reviewed for longer than the policy allows, or never."""
    reviewed = queue.script_reviewed_on
    return reviewed is None or now.date() - reviewed > timedelta(days=policy.script_days)


def _reviewed(queue: Queue) -> str:
    day = queue.script_reviewed_on
    return f"reviewed {day.day} {day:%b %Y}" if day else "never reviewed"


def _tables(shown: Shown) -> list[Table]:
    if shown.back:
        return [_ledger(shown)] if shown.state is PlanState.APPROVED else []
    seats = _ledger(shown) if shown.state is PlanState.APPROVED else _destinations(shown)
    reasons = shown.summary["unplaced"]
    return [_queues(shown), seats, *([_reasons(reasons, _REASONS)] if reasons else [])]


def _queues(shown: Shown) -> Table:
    rows = tuple(
        (q["name"], str(q["tier"]), *(f"{n:,}" for n in (_live(shown, q), q["after"], q["mbco"], q["full"])))
        for q in shown.summary["queues"]
    )
    columns = ("Queue", "Tier", "Now", "After", "MBCO", "Full")
    return Table(columns=columns, rows=rows, caption="Live seats by queue", numeric=(1, 2, 3, 4, 5))


def _live(shown: Shown, queue: Mapping[str, Any]) -> int:
    return shown.live.get(queue["id"], queue["before"])


def _destinations(shown: Shown) -> Table:
    rows = tuple(
        (d["name"], f"{d['used']:,}", f"{d['left']:,}", f"{d['ready_min']} min") for d in shown.summary["destinations"]
    )
    columns = ("Destination", "Seats used", "Left", "Ready in")
    return Table(columns=columns, rows=rows, caption="Destinations", numeric=(1, 2))


def _ledger(shown: Shown) -> Table:
    return ledger_table(shown.seats, shown.sites)


def _reasons(reasons: Sequence[tuple[str, int]], most: int) -> Table:
    shown, folded = reasons[:most], reasons[most:]
    rows = [(text, f"{n:,}") for text, n in shown]
    if folded:
        rows.append((f"{plural(len(folded), 'more reason')}: press All reasons", f"{sum(n for _, n in folded):,}"))
    return Table(columns=("Why not", "Agents"), rows=tuple(rows), caption="Who can't be placed", numeric=(1,))


def reasons_card(incident: Incident, plan: Mapping[str, Any]) -> Card:
    """Show every reason why people can't be placed."""
    reasons = plan["summary"]["unplaced"]
    title = f"Plan {plan['version']}: {plural(sum(n for _, n in reasons), 'agent')} without a place"
    return Card(title=title, banner=banner(drill=incident.drill), tables=(_reasons(reasons, len(reasons)),))


def wish_words(wish: Wish, names: Mapping[str, str]) -> str:
    """Return a wish in words: "10 seats at York are held back"."""
    about, goal = names.get(wish.subject, wish.subject), names.get(wish.destination, wish.destination)
    match wish.kind:
        case WishKind.HOLD:
            return f"{plural(wish.n, 'seat')} at {about} {'is' if wish.n == 1 else 'are'} held back"
        case WishKind.CLOSE:
            return f"{about} is closed to moves"
        case WishKind.LOCK:
            who = f"Who can of {about}" if wish.n else about
            return f"{who} has a place for certain: {goal or 'wherever there is one'}"
        case WishKind.EXCLUDE:
            return f"{about} is left out"
        case WishKind.PRIORITY:
            return f"{about} counts as tier {wish.n}"


def _wish_item(incident: Incident, shown: Shown, wish: Wish, words: str) -> Item:
    undo = button("Undo", i.UndoWish(plan=shown.plan["id"], undone=wish.id))
    return Item(title=words, text="wished", buttons=(undo,) if incident.open else ())


def plan_buttons(incident: Incident, shown: Shown) -> tuple[Button, ...]:
    """Return what can be done with a plan as it stands."""
    plan, again = shown.plan["id"], i.PlanAgain(incident=incident.id)
    more = [button("All reasons", i.PlanReasons(plan=plan))] if len(shown.summary["unplaced"]) > _REASONS else []
    if not incident.open:
        return tuple(more)
    if shown.back:
        anew = [button("Plan the return again…", i.PlanReturn(incident=incident.id))]
    else:
        anew = [button("Change…", i.ChangePlan(plan=plan)), button("Plan again", again), *more]
    if shown.state is PlanState.PROPOSED:
        return (*_approve(shown), *anew)
    return (*_tell(shown), *anew)


def _approve(shown: Shown) -> list[Button]:
    if not shown.waves:
        return [button("Approve", i.ApprovePlan(plan=shown.plan["id"]), Style.PRIMARY)] if not shown.back else []
    number, first = min(shown.waves), sum(shown.waves[min(shown.waves)].values())
    old = "It is out of date. " if shown.stale else ""
    confirm = f"{old}Approve, and tell the {first:,} people of wave {number} now?"
    return [button(f"Approve and tell wave {number}", i.ApprovePlan(plan=shown.plan["id"]), Style.PRIMARY, confirm)]


def _tell(shown: Shown) -> list[Button]:
    untold, plan = _untold(shown), shown.plan["id"]
    if not untold:
        return []
    tell = button(f"Tell wave {untold[0]}", i.TellWave(plan=plan, wave=untold[0]), Style.PRIMARY)
    if shown.plan["wave_due_at"] is not None:
        return [tell, button("Hold the waves", i.PaceWaves(plan=plan, go=False))]
    return [tell, button("Let the waves go by themselves", i.PaceWaves(plan=plan, go=True))]


def approved(
    plan: Mapping[str, Any], told: int, waiting: int, how: str, next_at: datetime | None, *, held: bool
) -> Card:
    """Confirm an approval: who is told now, and when the next wave goes."""
    news = [
        f"{plural(told, 'agent')} where to go" if told else "",
        f"{plural(waiting, 'agent')} without a seat so far to stand by" if waiting else "",
    ]
    later = (f"The next wave goes out by itself at {at(next_at)}. Hold the waves stops that.",) if next_at else ()
    later = ("The waves are held: no other goes out until somebody presses Tell wave.",) if held else later
    what = "Return plan" if plan["kind"] == PlanKind.RETURN else "Plan"
    said = ", and ".join(filter(None, news))
    text = f"Telling {said}: {how}." if said else "Nobody hears anything new: who has a place was told of it."
    return done(f"{what} {plan['version']} is approved", text, *later)
