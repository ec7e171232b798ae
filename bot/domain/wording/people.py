"""The roll, call lists, calls for help, and one person's own "what do I do now?"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain import intent as i
from bot.domain.card import Button, Card, Fact, Meter, Style, Table, Tone
from bot.domain.incident import Incident
from bot.domain.move import Move, MoveState, next_of
from bot.domain.notice import Answer, Notice
from bot.domain.person import Person
from bot.domain.roll import RollEntry, RollState
from bot.domain.text import plural
from bot.domain.when import at, day_and_time, soon
from bot.domain.wording.parts import banner, button, name_of

MOVE_WORDS = {
    MoveState.UNPLACED: "no seat yet",
    MoveState.PROPOSED: "proposed",
    MoveState.APPROVED: "approved, not told yet",
    MoveState.TOLD: "told",
    MoveState.MOVING: "moving",
    MoveState.ARRIVED: "arrived",
    MoveState.LOGGED_IN: "logged in",
    MoveState.TAKING_CONTACTS: "taking contacts",
    MoveState.FAILED: "could not move",
    MoveState.RELEASED: "released",
}
PAGE = 50
_NEXT_WORDS = {
    MoveState.MOVING: "I'm on my way",
    MoveState.ARRIVED: "I have arrived",
    MoveState.LOGGED_IN: "I'm logged in",
    MoveState.TAKING_CONTACTS: "I'm taking contacts",
}


@dataclass(frozen=True)
class Silent:
    """Somebody on the roll who is to be called."""

    person: str
    name: str
    phone: str
    team: str


def roll_card(
    incident: Incident,
    counts: Mapping[str, Mapping[str, int]],
    site_names: Mapping[str, str],
    silent: Sequence[Silent],
    help_: Sequence[Silent],
    waiting: int,
    page: int = 0,
) -> Card:
    """Return who is accounted for, by site; a page of names of those who are not; who needs help where it is shown.

    waiting: how many need help, whether it hit them or not.
    """
    rows = tuple(_site_row(site_names.get(site, "no site"), states) for site, states in sorted(counts.items()))
    total = sum(sum(s.values()) for s in counts.values())
    silent_n = sum(s.get("silent", 0) for s in counts.values())
    beside = waiting - sum(s.get("help", 0) for s in counts.values())
    tone = Tone.GOOD if total and not silent_n and not waiting else Tone.WARN
    named = tuple((s.name, s.team, s.phone) for s in silent)
    tables = [
        Table(columns=("Site", "Safe", "Need help", "Can't work", "Not heard from"), rows=rows, numeric=(1, 2, 3, 4))
    ]
    if named:
        first = page * PAGE + 1
        part = f"{first} to {first + len(named) - 1} of the {silent_n:,} not heard from"
        shown = part if silent_n > len(named) else "Not heard from yet"
        tables.append(Table(columns=("Name", "Team", "Phone"), rows=named, caption=shown))
    if help_:
        asking = tuple((s.name, s.team, s.phone) for s in help_)
        tables.insert(0, Table(columns=("Name", "Team", "Phone"), rows=asking, caption="Need help now"))
    return Card(
        title=f"Roll of {incident.reference}",
        banner=banner(drill=incident.drill),
        tone=tone,
        tables=tuple(tables),
        meters=(Meter(label="Accounted for", value=total - silent_n, total=total, tone=tone),) if total else (),
        text=(*(() if total else ("Nobody worked where it hit.",)), *_beside(beside)),
        buttons=(*_pages(incident, page, silent_n), *_helped(incident, help_)),
    )


def _beside(waiting: int) -> tuple[str, ...]:
    need = "needs" if waiting == 1 else "need"
    return (f"{plural(waiting, 'person', 'people')} whom it did not hit {need} help too.",) if waiting else ()


def _pages(incident: Incident, page: int, silent: int) -> tuple[Button, ...]:
    back = (button("Previous names", i.Roll(incident=incident.id, page=page - 1)),) if page else ()
    more = (page + 1) * PAGE < silent
    return (*back, button("More names", i.Roll(incident=incident.id, page=page + 1))) if more else back


def _site_row(site: str, states: Mapping[str, int]) -> tuple[str, ...]:
    return (site, *(f"{states.get(state, 0):,}" for state in ("safe", "help", "unable", "silent")))


def _helped(incident: Incident, help_: Sequence[Silent]) -> tuple[Button, ...]:
    return tuple(
        button(f"Helped: {s.name} is safe", i.Helped(incident=incident.id, person=s.person)) for s in help_[:20]
    )


def help_needed(incident: Incident, person: Person, team: str, where: str, since: datetime | None) -> Card:
    """Call a lead and the safety officer to somebody; since: they wait since then, and were called to before."""
    facts = [
        Fact(label="Phone", value=person.phone or "not known"),
        Fact(label="Team", value=team or "none"),
        Fact(label="Usually at", value=where or "not known"),
        *([Fact(label="Waiting since", value=at(since))] if since else []),
    ]
    return Card(
        title=f"{person.name} {'still needs' if since else 'needs'} help",
        tone=Tone.BAD,
        banner=banner(drill=incident.drill),
        facts=tuple(facts),
        text=("Call now. If they are in danger, call the emergency services first.", "Keep this to the two of you."),
        buttons=(button("Helped: they are safe", i.Helped(incident=incident.id, person=person.id), Style.PRIMARY),),
    )


def help_over(card: Card, entry: RollEntry, names: Mapping[str, str]) -> Card:
    """Return a call for help that is over: by whom and when, and nothing left to press."""
    own = entry.said_by == entry.person_id
    said = "They are safe" if entry.state is RollState.SAFE else "They need help no more"
    who = "they said so themselves" if own else f"recorded by {name_of(entry.said_by, names)}"
    when = f" at {day_and_time(entry.said_at)}" if entry.said_at else ""
    text = (f"{said}: {who}{when}.", "Nothing more is asked of you here.")
    return card.evolve(title=f"Over: {card.title}", tone=Tone.GOOD, text=text, facts=(), buttons=())


def was_helped(incident: Incident, by: str, when: datetime, last: Notice | None, hotline: str) -> Card:
    """Tell somebody who needed help that it is over, and what to do if it is not; last: a message they can answer."""
    again = "press “Need help” again, or " if last else ""
    buttons = (button("Need help", i.Say(notice=last.id, answer=Answer.HELP), Style.DANGER),) if last else ()
    return Card(
        title="You are marked safe",
        tone=Tone.GOOD,
        banner=banner(drill=incident.drill),
        text=(
            f"{by} recorded at {soon(when)} that you were helped and are safe. You need not answer.",
            f"If that is wrong, {again}call {hotline}. In danger, call the emergency services first.",
        ),
        buttons=buttons,
    )


def nothing_to_do(name: str) -> Card:
    """Answer "where do I go?" when nothing is asked of somebody."""
    return Card(
        title="Nothing is asked of you now",
        tone=Tone.GOOD,
        text=(f"{name}, do what the last message here says; without one, work as usual. News comes here.",),
    )


def press_or_call(hotline: str, buttons: Sequence[Button], incident: Incident | None) -> Card:
    """Answer a sentence that the bot can't read; somebody may be crying for help in it."""
    press = "Or press one of these:" if buttons else "To see what you do now, type /disaster where."
    return Card(
        title="I can't read sentences",
        tone=Tone.WARN,
        banner=banner(drill=incident is not None and incident.drill),
        text=(f"In danger: call the emergency services, then {hotline}.", press),
        buttons=tuple(buttons),
    )


def where_card(incident: Incident, move: Move, place: str, address: str, log_in: str, lead: str) -> Card:
    """Tell somebody where they go and let them say how far they are."""
    facts = [Fact(label="Where", value=place), Fact(label="State", value=MOVE_WORDS[move.state])]
    extra = [
        ("Address", address),
        ("Report by", soon(move.report_at) if move.report_at else ""),
        ("Log in", log_in),
        ("Call", lead),
    ]
    facts += [Fact(label=label, value=value) for label, value in extra if value]
    return Card(
        title="Where you work now",
        banner=banner(drill=incident.drill),
        facts=tuple(facts),
        buttons=progress_buttons(move),
    )


def progress_buttons(move: Move) -> tuple[Button, ...]:
    """Return the buttons by which somebody says how far they are."""
    then = next_of(move.state)
    if then is None:
        return ()
    fail = (button("I can't get there", i.SetMove(move=move.id, state=MoveState.FAILED)),)
    return (button(_NEXT_WORDS[then], i.SetMove(move=move.id, state=then), Style.PRIMARY), *fail)


def moved(move: Move, state: MoveState, place: str, when: datetime) -> Card:
    """Confirm how far somebody is, with the next button."""
    then = move.model_copy(update={"state": state})
    if state is MoveState.FAILED:
        return Card(
            title="Noted: you can't get there",
            tone=Tone.WARN,
            text=("Stay where you are safe. Planning has been told; you get a message when there is a new place.",),
        )
    title = (
        "Thank you: you are taking contacts"
        if state is MoveState.TAKING_CONTACTS
        else f"Noted at {at(when)}: {MOVE_WORDS[state]}"
    )
    undo = button("That was a mistake", i.TakeBack(move=move.id, state=state))
    facts = (Fact(label="Where", value=place),)
    return Card(title=title, tone=Tone.GOOD, facts=facts, buttons=(*progress_buttons(then), undo))


def team_moves(incident: Incident, rows: Sequence[tuple[Move, str]], sites: Mapping[str, str]) -> Card:
    """Return a lead's people who are on their way, each with the button for the next they report."""
    if not rows:
        return Card(title="Nobody of yours is on the way", banner=banner(drill=incident.drill), tone=Tone.GOOD)
    lines = tuple((name, sites.get(move.destination_id or "", ""), MOVE_WORDS[move.state]) for move, name in rows)
    buttons = tuple(b for move, name in rows[:12] if (b := _next_for(move, name)))
    table = Table(columns=("Name", "Goes to", "State"), rows=lines)
    return Card(title="Your people on the way", banner=banner(drill=incident.drill), tables=(table,), buttons=buttons)


def _next_for(move: Move, name: str) -> Button | None:
    then = next_of(move.state)
    first = name.split(maxsplit=1)[0]
    return button(f"{first}: {MOVE_WORDS[then]}", i.SetMove(move=move.id, state=then)) if then else None
