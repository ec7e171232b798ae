"""The incident itself: its pinned card, the answer to a declaration, the questions before dangerous things."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain import intent as i
from bot.domain.card import Button, Card, Fact, Meter, Style, Tone
from bot.domain.clock import Clock
from bot.domain.facts import Facts
from bot.domain.incident import Incident, IncidentState, SitrepState
from bot.domain.refusal import Refused
from bot.domain.step import LIVE, Step
from bot.domain.text import listed, plural
from bot.domain.when import day_and_time, soon
from bot.domain.wording import clocks as regulatory
from bot.domain.wording.drill_stop import stop_button
from bot.domain.wording.parts import banner, button, name_of

STATE_WORDS = {
    IncidentState.DECLARED: "declared",
    IncidentState.ACTIVE: "active",
    IncidentState.RECOVERING: "returning to normal",
    IncidentState.STOOD_DOWN: "stood down",
    IncidentState.CANCELLED: "cancelled",
}


@dataclass(frozen=True)
class Picture:
    """An incident at one moment: all that its cards are drawn from. rto: (queue name, deadline) of the next RTO."""

    incident: Incident
    facts: Facts
    steps: Sequence[Step]
    roles: Mapping[str, str]
    names: Mapping[str, str]
    rto: tuple[str, datetime] | None = None
    clocks: Sequence[Clock] = ()


def heading(incident: Incident, facts: Facts) -> str:
    """Return "INC-2026-0007 · Fire or damage to a building · Leeds"."""
    where = facts.sites or facts.systems or facts.queues
    return " · ".join(part for part in (incident.reference, incident.runbook_title, where) if part)


def incident_card(picture: Picture, now: datetime) -> Card:
    """Return the card that stays on top of the room."""
    incident, facts = picture.incident, picture.facts
    return Card(
        title=heading(incident, facts),
        banner=banner(drill=incident.drill),
        tone=Tone.BAD if incident.open else Tone.PLAIN,
        text=tuple(t for t in (incident.known, f"Latest: {incident.latest}" if incident.latest else "") if t),
        facts=_facts(picture, now),
        meters=meters(facts),
        buttons=_buttons(picture),
        footer=f"Runbook {incident.runbook_version} · roster of {incident.roster_count:,} frozen at declaration",
    )


def _facts(picture: Picture, now: datetime) -> tuple[Fact, ...]:
    incident, facts = picture.incident, picture.facts
    live = [s for s in picture.steps if s.state in LIVE]
    late = sum(s.overdue(now) for s in live)
    rows = [
        Fact(label="Phase", value=f"{STATE_WORDS[incident.state]}, severity {incident.severity}"),
        Fact(
            label="Commander", value=facts.commander or "nobody yet", tone=Tone.PLAIN if facts.commander else Tone.BAD
        ),
        Fact(label="Declared", value=day_and_time(incident.declared_at)),
        Fact(label="Steps", value=f"{len(live)} to work on, {late} overdue", tone=Tone.BAD if late else Tone.PLAIN),
        Fact(label="Need help", value=str(facts.need_help), tone=Tone.BAD if facts.need_help else Tone.PLAIN),
    ]
    if incident.open:
        rows += clocks(picture, now)
    if picture.clocks:
        tone = regulatory.tone(picture.clocks, now)
        rows.append(Fact(label="Authorities", value=regulatory.summary(picture.clocks, now), tone=tone))
    return tuple(rows)


def clocks(picture: Picture, now: datetime) -> list[Fact]:
    """Return the clocks that run: the next RTO, the next SITREP."""
    rows = []
    if picture.rto is not None:
        name, deadline = picture.rto
        tone = Tone.BAD if deadline <= now else Tone.WARN
        rows.append(Fact(label="Next RTO", value=f"{name}: {soon(deadline)}", tone=tone))
    sitrep = picture.incident.sitrep_due_at
    if sitrep is not None:
        held = " – held" if picture.incident.sitrep_state is SitrepState.HELD else ""
        late = sitrep < now
        rows.append(
            Fact(
                label="Next update due",
                value=soon(sitrep) + held,
                tone=Tone.BAD if late else Tone.PLAIN,
            )
        )
    return rows


def meters(facts: Facts) -> tuple[Meter, ...]:
    """Return accounted-for and live against the least acceptable."""
    found = []
    if facts.agents_expected:
        well = facts.accounted == facts.agents_expected and not facts.need_help
        tone = Tone.GOOD if well else Tone.WARN
        found.append(Meter(label="Accounted for", value=facts.accounted, total=facts.agents_expected, tone=tone))
    if facts.mbco:
        tone = Tone.GOOD if facts.live >= facts.mbco else Tone.WARN
        found.append(Meter(label="Seats live against MBCO", value=facts.live, total=facts.mbco, tone=tone))
    return tuple(found)


def _buttons(picture: Picture) -> tuple[Button, ...]:
    incident = picture.incident
    if not incident.open:
        return ()
    common = (
        button("Status", i.Status(incident=incident.id)),
        button("Steps", i.Steps(incident=incident.id)),
        button("Roll", i.Roll(incident=incident.id)),
        button("Moves", i.Moves(incident=incident.id)),
        button("Update…", i.Update(incident=incident.id)),
        button("Roles…", i.AssignRole(incident=incident.id)),
        button("Board", i.Board()),
    )
    told = (button("Clocks", i.Clocks(incident=incident.id)),) if picture.clocks else ()
    real = (stop_button(),) if incident.drill else ()
    return (*common, *told, *_phase_buttons(incident), *real)


def _phase_buttons(incident: Incident) -> tuple[Button, ...]:
    cancel = button("Cancel…", i.Cancel(incident=incident.id))
    recover = button(
        "Begin the return",
        i.Recover(incident=incident.id, sure=True),
        confirm="Begin the return to normal? The return steps become ready.",
    )
    end = button("Stand down…", i.StandDown(incident=incident.id), Style.DANGER)
    match incident.state:
        case IncidentState.DECLARED:
            return (recover, cancel)
        case IncidentState.ACTIVE:
            return (recover, end, cancel)
        case _:
            return (end, button("Not yet: go on as before", i.Resume(incident=incident.id)))


def declared(incident: Incident, facts: Facts, ready: Sequence[Step], room: str) -> Card:
    """Tell the declarer what happened."""
    first = tuple(Fact(label=s.code, value=s.title) for s in ready[:4] if not s.plan.restricted)
    return Card(
        title=f"{incident.reference} is declared: {'a drill' if incident.drill else 'real'}",
        tone=Tone.WARN,
        banner=banner(drill=incident.drill),
        facts=first,
        text=(
            f"Its room {room} is open to you now: the work is done there.",
            f"The commander is {facts.commander or 'nobody yet: give the role with /disaster role IC'}.",
            f"{plural(len(ready), 'step')} can be started now:" if ready else "No step is ready yet.",
        ),
        buttons=(button("Status", i.Status(incident=incident.id)), button("Steps", i.Steps(incident=incident.id))),
    )


def called_in(incident: Incident, roles: Sequence[str]) -> Card:
    """Tell somebody that they hold a role in an incident."""
    return Card(
        title=f"You are {listed(roles)} of {incident.reference}",
        tone=Tone.WARN,
        banner=banner(drill=incident.drill),
        text=(f"{incident.runbook_title}: {incident.known}", f"The work is in the room {incident.reference.lower()}."),
        buttons=(
            button("Status", i.Status(incident=incident.id)),
            button("Steps", i.Steps(incident=incident.id)),
        ),
    )


def already_open(incident: Incident, want: i.Declare, declared_by: str) -> Card:
    """Ask whether a second declaration means the same disaster."""
    apart = want.model_copy(update={"apart": True})
    return Card(
        title=f"{incident.reference} is already open",
        tone=Tone.WARN,
        banner=banner(drill=incident.drill),
        text=(
            f"{declared_by} declared it at {day_and_time(incident.declared_at)}: “{incident.known}”",
            "Is yours the same one?",
        ),
        buttons=(
            button("The same: join its room", i.Join(incident=incident.id), Style.PRIMARY),
            button("Another one: declare it", apart, Style.DANGER),
        ),
    )


def really_recover(incident: Incident) -> Card:
    """Show what beginning the return means before it is done."""
    return Card(
        title=f"Begin the return of {incident.reference}?",
        tone=Tone.WARN,
        banner=banner(drill=incident.drill),
        text=(
            "The return steps become ready. Nobody is told to go back by this alone.",
            "Waves that were not told yet are held. /disaster resume puts it off.",
        ),
        buttons=(button("Begin the return now", i.Recover(incident=incident.id, sure=True), Style.PRIMARY),),
    )


def really_stand_down(
    incident: Incident, title: str, told: int, open_steps: int, unaccounted: int, need_help: int, running: int
) -> Card:
    """Show what standing down means before it is done."""
    warn = []
    if need_help:
        warn.append(f"{plural(need_help, 'person still needs', 'people still need')} help.")
    if unaccounted:
        warn.append(f"{plural(unaccounted, 'person', 'people')} nobody has heard from.")
    if open_steps:
        warn.append(f"{plural(open_steps, 'step')} will end as skipped.")
    if running and not incident.drill:
        warn.append(f"{plural(running, 'regulatory clock runs', 'regulatory clocks run')} on: reminders go on too.")
    facts = tuple(Fact(label="Before you do", value=text, tone=Tone.BAD) for text in warn)
    sure = "End it all the same, with what is said above still open?" if warn else ""
    return Card(
        title=f"Stand down {incident.reference}?",
        tone=Tone.WARN,
        banner=banner(drill=incident.drill),
        facts=facts,
        text=(
            f"{title}.",
            f"{plural(told, 'person', 'people')} who were ever told anything will be told that it is over.",
            "All seats are given back.",
        ),
        buttons=(button("Stand down now", i.StandDown(incident=incident.id, sure=True), Style.DANGER, sure),),
    )


def taken(text: str, by: str | None, when: datetime | None, names: Mapping[str, str]) -> str:
    """Return "Ines Carver did that at 14:05 BST" for the second of two."""
    moment = f" at {day_and_time(when)}" if when else ""
    return f"{text} {name_of(by, names)}{moment}."


def which(intent: i.Intent, typed: str, some: Sequence[tuple[Incident, str]]) -> Refused:
    """Ask which of several open incidents is meant; each with what happened and where, to be pressed."""
    meant = tuple(
        button(
            f"{'EXERCISE · ' if one.drill else ''}{one.reference} · {title}",
            intent.model_copy(update={"incident": one.id}),
        )
        for one, title in some
    )
    instead = f"Press the one that you mean, or name it: /disaster {typed} {some[0][0].reference}."
    return Refused("More than one incident is open.", instead=instead, offer=meant)


def overview(pictures: Sequence[Picture]) -> Card:
    """Return all open incidents in one card."""
    if not pictures:
        return Card(
            title="No incident is open", tone=Tone.GOOD, text=("Everything is normal. /disaster declare starts one.",)
        )
    facts = tuple(Fact(label=p.incident.reference, value=_one_line(p)) for p in pictures)
    buttons = tuple(button(p.incident.reference, i.Status(incident=p.incident.id)) for p in pictures[:5])
    return Card(title=f"{plural(len(pictures), 'incident')} open", facts=facts, buttons=buttons)


def _one_line(picture: Picture) -> str:
    facts, incident = picture.facts, picture.incident
    drill = "DRILL, " if incident.drill else ""
    update = f", next update {soon(incident.sitrep_due_at)}" if incident.sitrep_due_at else ""
    accounted = f"{facts.accounted:,} of {facts.agents_expected:,} accounted for"
    return f"{drill}{incident.runbook_title}, {facts.sites or facts.systems}: {accounted}{update}"


def ended(incident: Incident, what: str, told: int, link: str) -> Card:
    """Confirm the end."""
    text = f"{plural(told, 'person', 'people')} ever told anything are being told so now. Seats are given back."
    report = f"The after-action report: disaster report {incident.reference}" + (f" ({link})" if link else "")
    return Card(
        title=f"{incident.reference} is {what}",
        tone=Tone.GOOD,
        banner=banner(drill=incident.drill),
        text=(text, report),
    )
