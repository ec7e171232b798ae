"""Every form the bot opens, and a form shown again with what is wrong beside each field."""

from collections.abc import Mapping, Sequence

from bot.domain import intent as i
from bot.domain.card import Card, Choice, Field, FieldKind, Form
from bot.domain.place import Queue, Site, SiteKind, System
from bot.domain.runbook import Category, EvidenceKind
from bot.domain.step import Step
from bot.domain.text import listed
from bot.domain.wording.categories import HELP, SPOKEN

SEVERITIES = (
    Choice(
        value="1",
        label="1 – worst",
        hint="people in danger, or a tier-1 queue cannot be served",
    ),
    Choice(value="2", label="2 – serious", hint="service is reduced and will miss its targets today"),
    Choice(value="3", label="3 – contained", hint="service holds, but a safety net is gone"),
)
KINDS = (
    Choice(
        value="false", label="Real", hint="everybody is told, regulators and customers too where the runbook says so"
    ),
    Choice(value="true", label="Drill", hint="every message says EXERCISE; nobody outside is ever reached"),
)


def declare(
    want: i.Declare,
    runbooks: Mapping[Category, str],
    sites: Sequence[Site],
    systems: Sequence[System],
    queues: Sequence[Queue],
) -> Card:
    """Ask for what a declaration needs, keeping what was already said."""
    fields = (*_what(want, runbooks), *_where(want, sites, systems, queues), *_known(want))
    return Card(
        title="Declare a disaster",
        text=("Nothing is sent until you press Declare.", *_which(want, runbooks), *([_READ] if want.ask else [])),
        form=_form(i.Declare(apart=want.apart), fields, "Declare"),
    )


_READ = "Some of this was read out of what you wrote: look at every field."


def _which(want: i.Declare, runbooks: Mapping[Category, str]) -> tuple[str, ...]:
    titles = [f"“{runbooks[c]}”" for c in Category if c in want.maybe and c in runbooks]
    return (f"Did you mean {listed(titles, 'or')}? They stand first.",) if titles else ()


def _what(want: i.Declare, runbooks: Mapping[Category, str]) -> tuple[Field, ...]:
    ordered = sorted(Category, key=lambda c: c not in want.maybe)  # what may be meant stands first
    categories = tuple(
        Choice(value=c.value, label=runbooks[c], hint=HELP[c], words=", ".join(SPOKEN[c]))
        for c in ordered if c in runbooks
    )  # fmt: skip
    severity = _said(want.severity)
    return (
        Field(
            name="drill", label="Drill or real", kind=FieldKind.ONE, options=KINDS, value=_said(_word(drill=want.drill))
        ),
        Field(
            name="category", label="What happened", kind=FieldKind.ONE, options=categories, value=_said(want.category)
        ),
        Field(name="severity", label="How bad", kind=FieldKind.ONE, options=SEVERITIES, value=severity),
    )


def _word(*, drill: bool | None) -> str | None:
    return None if drill is None else str(drill).lower()


def _where(
    want: i.Declare, sites: Sequence[Site], systems: Sequence[System], queues: Sequence[Queue]
) -> tuple[Field, ...]:
    places = tuple(Choice(value=s.id, label=s.name, hint=s.city) for s in sites if s.kind is not SiteKind.HOME)
    parts = tuple(Choice(value=s.id, label=s.name) for s in systems)
    lines = tuple(Choice(value=q.id, label=q.name, hint=f"tier {q.tier}") for q in queues)
    roll = "Pick at least one site, system or queue. Whoever works at a site is on the roll-call."
    return (
        _some("sites", "Sites hit", places, want.sites, roll),
        _some("systems", "Systems hit", parts, want.systems, "The queues that need them count as hit."),
        _some("queues", "Queues hit", lines, want.queues, "Only those that no site or system above covers."),
    )


def _some(name: str, label: str, options: tuple[Choice, ...], value: Sequence[str], hint: str) -> Field:
    many = FieldKind.MANY
    return Field(name=name, label=label, kind=many, options=options, value=tuple(value), required=False, hint=hint)


def _known(want: i.Declare) -> tuple[Field, ...]:
    hint = "One or two sentences. Facts only: this is what leaders and agents will read."
    known = _said(want.known)
    ago = (str(want.detected_min_ago),)
    return (
        Field(name="known", label="What is known", kind=FieldKind.PARAGRAPH, max_length=2000, value=known, hint=hint),
        Field(name="detected_min_ago", label="Noticed how many minutes ago", value=ago, required=False),
    )


def _said(value: object) -> tuple[str, ...]:
    return () if value is None else (str(value),)


def _form(intent: i.Intent, fields: tuple[Field, ...], submit: str) -> Form:
    return Form(intent=i.encode(intent), fields=fields, submit=submit)


_EVIDENCE_HINT = {
    EvidenceKind.TEXT: "a sentence",
    EvidenceKind.ANSWER: "a sentence or two: who does what, by when",
    EvidenceKind.NUMBER: "a number",
    EvidenceKind.TIME: "a time, such as 14:05",
    EvidenceKind.REFERENCE: "a reference number",
    EvidenceKind.LINK: "a link, starting with https://",
    EvidenceKind.SIGN_OFF: "the name of whoever signed it off",
    EvidenceKind.NONE: "",
}


def finish(step: Step) -> Card:
    """Ask for the evidence that ends a step."""
    asked = step.plan.evidence
    field = Field(
        name="evidence",
        label=asked.ask or "What was done",
        kind=FieldKind.PARAGRAPH,
        max_length=2000,
        hint=_EVIDENCE_HINT[asked.kind],
    )
    words = (f"Answer {step.code}", "Answer") if asked.kind is EvidenceKind.ANSWER else (f"{step.code} done", "Done")
    return Card(title=words[0], text=(step.title,), form=_form(i.FinishStep(step=step.id), (field,), words[1]))


def skip(step: Step) -> Card:
    """Ask why a step is left out."""
    field = Field(
        name="reason", label="Why", kind=FieldKind.PARAGRAPH, max_length=2000, hint="It stands in the report."
    )
    return Card(
        title=f"Skip {step.code}", text=(step.title,), form=_form(i.SkipStep(step=step.id), (field,), "Skip this step")
    )


# Among what is searched: people; people, teams and queues; the channels of the chat, by its own picker.
PEOPLE, MOVABLE, CHANNELS = "people", "movable", "channels"


def who(likely: Sequence[tuple[str, str]], value: tuple[str, ...] = ()) -> Field:
    """Ask for a person; likely: those whom one would think of first, all others are found by typing."""
    options = tuple(Choice(value=person, label=name) for person, name in likely)
    hint = "Type a part of a name, or an id: anybody of the roster can be named."
    kind = FieldKind.SEARCH
    return Field(name="person", label="Who", kind=kind, dataset=PEOPLE, options=options, value=value, hint=hint)


def assign(step: Step, people: Sequence[tuple[str, str]]) -> Card:
    """Ask who takes a step."""
    field = who(people, _said(step.assignee))
    return Card(
        title=f"Assign {step.code}", text=(step.title,), form=_form(i.AssignStep(step=step.id), (field,), "Assign")
    )


def give_role(want: i.AssignRole, roles: Mapping[str, str], people: Sequence[tuple[str, str]]) -> Card:
    """Ask which role goes to whom."""
    options = tuple(Choice(value=code, label=f"{name} ({code})") for code, name in roles.items())
    fields = (
        Field(name="role", label="Role", kind=FieldKind.ONE, options=options, value=_said(want.role)),
        who(people, _said(want.person)),
    )
    return Card(title="Give a role", form=_form(i.AssignRole(incident=want.incident), fields, "Give the role"))


def add_step(want: i.AddStep, roles: Mapping[str, str]) -> Card:
    """Ask for a step that no runbook has."""
    options = tuple(Choice(value=code, label=f"{name} ({code})") for code, name in roles.items())
    fields = (
        Field(name="title", label="What is to be done", value=_said(want.title)),
        Field(name="role", label="Who owns it", kind=FieldKind.ONE, options=options, value=_said(want.role)),
        Field(name="due_min", label="Due in how many minutes", value=_said(want.due_min or 30)),
    )
    return Card(title="Add a step", form=_form(i.AddStep(incident=want.incident), fields, "Add"))


def update(want: i.Update, hit: Sequence[str] = (), sites: Sequence[Site] = ()) -> Card:
    """Ask what is newly known, which sites are hit now too, and which can be used again."""
    places = [s for s in sites if s.kind is not SiteKind.HOME]
    fresh = tuple(Choice(value=s.id, label=s.name) for s in places if s.id not in hit)
    back = tuple(Choice(value=s.id, label=s.name) for s in places if s.id in hit)
    hint = "Facts only. It stands in the next SITREP and on the board."
    kind = FieldKind.PARAGRAPH
    known = Field(
        name="text", label="What is newly known", kind=kind, max_length=2000, hint=hint, value=_said(want.text)
    )
    more = _some("hit", "Hit now too", fresh, want.hit, "Nobody is sent there any more; its people go on the roll.")
    less = _some("restored", "Can be used again", back, want.restored, "The next plan may send people there.")
    fields = (known, more, less) if back else (known, more)
    return Card(title="Update", form=_form(i.Update(incident=want.incident), fields, "Record"))


def reword(step: Step, audience: str, subject: str, text: str) -> Card:
    """Let a message be changed before it is sent."""
    hint = "Names in braces, such as {first_name}, are filled in for each person."
    fields = (
        Field(name="subject", label="Subject", value=(subject,)),
        Field(name="text", label="Message", kind=FieldKind.PARAGRAPH, max_length=3000, value=(text,), hint=hint),
    )
    title = f"Change the message to {audience.replace('_', ' ')}"
    return Card(title=title, form=_form(i.Reword(step=step.id, audience=audience), fields, "Keep this wording"))


def take_command(incident: int, now: str) -> Card:
    """Ask why somebody takes command."""
    hint = "Everybody in the room reads it, and it stands in the report."
    field = Field(name="reason", label="Why", kind=FieldKind.PARAGRAPH, max_length=2000, hint=hint)
    text = (f"The commander now is {now}. Take over only when they can't be reached or ask you to.",)
    return Card(title="Take command", text=text, form=_form(i.TakeCommand(incident=incident), (field,), "Take command"))


def cancel(want: i.Cancel) -> Card:
    """Ask why an incident is called off."""
    field = Field(
        name="reason",
        label="Why",
        kind=FieldKind.PARAGRAPH,
        max_length=2000,
        hint="Everybody who was told anything is told this.",
    )
    return Card(
        title="Cancel the incident", form=_form(i.Cancel(incident=want.incident), (field,), "Cancel the incident")
    )


def again(card: Card, values: Mapping[str, Sequence[str]], errors: Mapping[str, str]) -> Card:
    """Return a form's card as it was filled in, each fault beside its field."""
    if card.form is None:
        return card
    fields = tuple(
        f.model_copy(update={"value": tuple(values.get(f.name, f.value)), "error": errors.get(f.name, "")})
        for f in card.form.fields
    )
    stray = [text for name, text in errors.items() if name not in {f.name for f in fields}]
    return card.evolve(form=card.form.model_copy(update={"fields": fields}), text=(*card.text, *stray))
