"""Drills in words: the form, what is planned, what is held and why, the list."""

from collections.abc import Mapping, Sequence

from bot.domain import intent as i
from bot.domain.card import Button, Card, Choice, Fact, Field, FieldKind, Form, Item, Style, Table, Tone
from bot.domain.drill import EXERCISES, Drill, DrillKind, DrillState
from bot.domain.drill_score import Score
from bot.domain.incident import Incident
from bot.domain.person import Audience
from bot.domain.place import Queue, Site, SiteKind, System
from bot.domain.refusal import Refused, Why
from bot.domain.runbook import Category
from bot.domain.tabletop import Tabletop
from bot.domain.text import clip, listed, plural
from bot.domain.typed_time import AHEAD
from bot.domain.when import day_and_time
from bot.domain.wording.forms import SEVERITIES, again
from bot.domain.wording.parts import button, done

SAMPLE = "Sample data: drills that were made up for the demo are among these."
KIND_WORDS: Mapping[DrillKind, str] = {
    DrillKind.NOTIFICATION: "notification test",
    DrillKind.ROLL_CALL: "roll-call",
    DrillKind.TABLETOP: "tabletop",
    DrillKind.FUNCTIONAL: "functional exercise",
    DrillKind.RELOCATION: "full relocation",
    DrillKind.VENDOR: "exercise with a vendor",
}
_KIND_HINTS: Mapping[DrillKind, str] = {
    DrillKind.NOTIFICATION: "one message, to be confirmed; nothing else happens",
    DrillKind.ROLL_CALL: "are you safe?, asked of everybody at the sites, and nothing else",
    DrillKind.TABLETOP: "the responders talk it through in their room; nothing is sent to agents",
    DrillKind.FUNCTIONAL: "the runbook is worked, agents stay where they are",
    DrillKind.RELOCATION: "the whole runbook, moves and all",
    DrillKind.VENDOR: "as functional, with a vendor whom your own people call: the bot writes to nobody outside",
}
STATE_WORDS: Mapping[DrillState, str] = {
    DrillState.PLANNED: "planned",
    DrillState.HELD: "held: a real incident is open there",
    DrillState.RUNNING: "running",
    DrillState.DONE: "done",
    DrillState.STOPPED: "stopped: real incident",
    DrillState.CALLED_OFF: "called off",
}
_AUDIENCES = (
    Choice(value=Audience.AGENTS, label="Agents", hint="everybody at what is hit"),
    Choice(value=Audience.LEADERS, label="Leaders"),
    Choice(value=Audience.RESPONDERS, label="Responders", hint="those in the room"),
)
_KNOWN = (
    Choice(value="true", label="Announced", hint="the responders are told of it when it is planned"),
    Choice(value="false", label="Unannounced", hint="until it starts only those who may declare see it"),
)


def title(drill: Drill) -> str:
    """Return "EX-2026-0003 · Tabletop · facility loss"."""
    what = f" · {drill.category.replace('_', ' ')}" if drill.kind in EXERCISES else ""
    return f"{drill.reference} · {KIND_WORDS[drill.kind].capitalize()}{what}"


def form(
    want: i.Drill,
    runbooks: Mapping[Category, str],
    tabletops: Mapping[str, Tabletop],
    sites: Sequence[Site],
    systems: Sequence[System],
    queues: Sequence[Queue],
) -> Card:
    """Ask for what a drill needs, keeping what was already said."""
    fields = (*_what(want, runbooks, tabletops), *_where(want, sites, systems, queues), *_how(want))
    text = "Nobody outside is ever reached. Every message says EXERCISE. “REAL INCIDENT” from anybody in it stops it."
    return Card(title="Run a drill", text=(text,), form=Form(intent=i.encode(i.Drill()), fields=fields, submit="Go"))


def lacking(card: Card, want: i.Drill) -> Card:
    """Mark in a form what its kind of drill needs beside."""
    lost = {name: "This kind needs it." for name in ("category", "story") if getattr(want, name) is None}
    return again(card, {}, lost)


def _one(name: str, label: str, options: tuple[Choice, ...], value: object, *, required: bool = True) -> Field:
    said = () if value is None else (str(value),)
    return Field(name=name, label=label, kind=FieldKind.ONE, options=options, value=said, required=required)


def _many(name: str, label: str, options: tuple[Choice, ...], value: Sequence[str], hint: str = "") -> Field:
    kind = FieldKind.MANY
    return Field(name=name, label=label, kind=kind, options=options, value=tuple(value), required=False, hint=hint)


def _what(want: i.Drill, runbooks: Mapping[Category, str], tabletops: Mapping[str, Tabletop]) -> tuple[Field, ...]:
    kinds = tuple(Choice(value=k, label=KIND_WORDS[k].capitalize(), hint=_KIND_HINTS[k]) for k in DrillKind)
    categories = tuple(Choice(value=c, label=runbooks[c]) for c in Category if c in runbooks)
    category = _one("category", "What is practised", categories, want.category, required=False)
    severity = _one("severity", "How bad it is played", SEVERITIES, want.severity)
    stories = tuple(Choice(value=k, label=t.title, hint=_length(t)) for k, t in tabletops.items())
    scenario = _one("scenario", "Tabletop to play", stories, want.scenario, required=False)
    played = scenario.model_copy(update={"hint": "It brings category, story and questions. None: tell your own story."})
    return (_one("what", "Kind of drill", kinds, want.what), *((played,) if stories else ()), category, severity)


def _length(told: Tabletop) -> str:
    return f"{told.category.replace('_', ' ')}, {told.minutes} min, {plural(len(told.injects), 'inject')}"


def _where(
    want: i.Drill, sites: Sequence[Site], systems: Sequence[System], queues: Sequence[Queue]
) -> tuple[Field, ...]:
    places = tuple(Choice(value=s.id, label=s.name, hint=s.city) for s in sites if s.kind is not SiteKind.HOME)
    parts = tuple(Choice(value=s.id, label=s.name) for s in systems)
    lines = tuple(Choice(value=q.id, label=q.name, hint=f"tier {q.tier}") for q in queues)
    every = "A notification test or a roll-call of none is one of every site."
    return (
        _many("sites", "Sites", places, want.sites, every),
        _many("systems", "Systems", parts, want.systems),
        _many("queues", "Queues", lines, want.queues),
        _many("audiences", "Whom it writes to", _AUDIENCES, want.audiences, "None ticked: as its kind needs."),
    )


def _how(want: i.Drill) -> tuple[Field, ...]:
    long, few = FieldKind.PARAGRAPH, 2000
    story, aims = (want.story,) if want.story else (), (want.objectives,) if want.objectives else ()
    hint = "What its people read as having happened. A notification test needs none."
    return (
        Field(name="story", label="The story", kind=long, max_length=few, value=story, hint=hint, required=False),
        Field(name="objectives", label="What it should show", kind=long, max_length=few, value=aims, required=False),
        _one("announced", "Do people know of it", _KNOWN, str(want.announced).lower()),
        Field(name="when", label="When", value=(want.when or "now",), hint=f"{AHEAD}, in your own time zone"),
    )


def planned(drill: Drill, *, outside_hours: bool) -> Card:
    """Confirm a drill that is planned."""
    return Card(
        title=f"{title(drill)} is planned", tone=Tone.GOOD, facts=facts(drill, outside_hours=outside_hours),
        text=("It starts by itself. Nothing is sent before.",) if drill.announced else
        ("It starts by itself. Until then only those who may declare see it.",),
        buttons=ahead(drill),
    )  # fmt: skip


def facts(drill: Drill, *, outside_hours: bool) -> tuple[Fact, ...]:
    """Return when, where, for whom."""
    where = ", ".join((*drill.sites, *drill.systems, *drill.queues)) or "every site"
    hours = "out of hours" if outside_hours else "in hours"
    told = drill.tabletop
    rows = (
        ("Tabletop", f"{told.title}: {_length(told)}" if told else ""),
        ("When", f"{day_and_time(drill.planned_at)}, {hours}"),
        ("Where", clip(where, 200)),
        ("Writes to", listed(drill.audiences)),
        ("Known before", "announced" if drill.announced else "unannounced"),
        ("Should show", drill.objectives),
    )
    return tuple(Fact(label=label, value=value) for label, value in rows if value)


def ahead(drill: Drill) -> tuple[Button, ...]:
    """Return what can be done with a drill that has not begun."""
    sure = f"Start {drill.reference} now?"
    return (
        button("Start it now", i.StartDrill(drill=drill.id), Style.PRIMARY, sure),
        button("Call it off", i.CallOffDrill(drill=drill.id), Style.NORMAL, f"Call {drill.reference} off?"),
    )


def announced(drill: Drill, organiser: str) -> Card:
    """Tell the responders that a drill is planned."""
    text = f"{organiser} runs it, {day_and_time(drill.planned_at)}. Every message of it says EXERCISE."
    rows = tuple(f for f in facts(drill, outside_hours=False) if f.label in ("Where", "Writes to"))
    return Card(title=f"A drill is planned: {title(drill)}", text=(text, "Nothing to do now."), facts=rows)


def ask_commander(drill: Drill, real: Incident, organiser: str) -> Card:
    """Ask the commander of a real incident whether a drill may run beside it."""
    yes, no = (i.AllowDrill(incident=real.id, drill=drill.id, allow=allow) for allow in (True, False))
    return Card(
        title=f"A drill beside {real.reference}?", tone=Tone.WARN,
        text=(
            f"{organiser} wants to run {title(drill)} while {real.reference} is open at the same place.",
            "It waits for you: people there would get messages of both.",
        ),
        buttons=(
            button("No: real work only", no, Style.PRIMARY),
            button("Let it go ahead", yes, Style.DANGER, f"Run a drill while {real.reference} is open?"),
        ),
    )  # fmt: skip


def held(drill: Drill, real: Incident, commander: str) -> Card:
    """Say that a drill waits, and for whom."""
    text = f"{real.reference} is a real incident at the same place. Its commander, {commander}, is asked to let it go."
    more = "Nothing was sent. If the incident ends first, start the drill from /disaster drills."
    return Card(title=f"{drill.reference} is held", tone=Tone.WARN, text=(text, more))


def not_allowed(drill: Drill, real: Incident, commander: str) -> Card:
    """Tell the organiser that a drill may not run."""
    text = f"{commander}, who commands {real.reference}, wants real work only. Plan it again when that is over."
    return Card(title=f"{title(drill)} is called off", tone=Tone.WARN, text=(text,))


def missed(drill: Drill) -> Card:
    """Tell the organiser that a drill's time went by while nothing ran."""
    text = f"It was due {day_and_time(drill.planned_at)} and nothing ran then. It was not started late: plan it again."
    return Card(title=f"{title(drill)} was not started", tone=Tone.WARN, text=(text,))


def could_not(drill: Drill, why: str) -> Card:
    """Tell the organiser why a planned drill did not start."""
    return Card(title=f"{title(drill)} was not started", tone=Tone.WARN, text=(why, "Plan it again: /disaster drill"))


def begun(drill: Drill) -> Card:
    """Tell the organiser that a planned drill has started."""
    return done(f"{title(drill)} has started", "Its room is open. “REAL INCIDENT” from anybody in it stops it at once.")


def called_off(drill: Drill) -> Card:
    """Confirm that a drill is called off."""
    return done(f"{title(drill)} is called off", "Nothing of it was sent.")


def gone(drill: Drill) -> Refused:
    """Say that a drill has gone on meanwhile."""
    return Refused(f"{drill.reference} is {STATE_WORDS[drill.state]} already.", why=Why.TAKEN)


def drills_card(coming: Sequence[Drill], past: Sequence[Drill], findings: Sequence[Item], red: Fact) -> Card:
    """Return the list: what is ahead and what was found with their buttons, what was and how it went."""
    items = tuple(
        Item(title=title(d), text=f"{STATE_WORDS[d.state]}, {day_and_time(d.planned_at)}", buttons=ahead(d))
        for d in coming
    )
    played = [d for d in past if d.state is DrillState.RUNNING and d.tabletop is not None]
    items += tuple(
        Item(title=title(d), text=f"running since {_begun(d)}", buttons=(button("Injects", i.Injects(drill=d.id)),))
        for d in played
    )
    rows = tuple((title(d), _begun(d), _went(d)) for d in past)
    behind = (Table(columns=("Drill", "When", "How it went"), rows=rows, caption="Behind, the newest first"),)
    text = f"{plural(len(coming), 'drill')} ahead, {plural(len(past), 'drill')} behind."
    text += f" {plural(len(findings), 'finding')} open." if findings else ""
    if not coming and not past:
        text = "No drill was ever planned. /disaster drill begins one."
    sample = (SAMPLE,) if any(d.sample for d in past) else ()
    items = (*items, *findings)
    return Card(title="Drills", text=(text, *sample), facts=(red,), items=items, tables=behind if rows else ())


def _begun(drill: Drill) -> str:
    return day_and_time(drill.started_at or drill.planned_at)


def _went(drill: Drill) -> str:
    """Return how a drill went: "done, 6 of 8 thresholds met"."""
    marks = Score.model_validate(drill.score).marks if drill.score else ()
    met = f", {sum(m.met for m in marks)} of {plural(len(marks), 'threshold')} met" if marks else ""
    return STATE_WORDS[drill.state] + met
