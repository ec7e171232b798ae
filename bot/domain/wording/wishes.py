"""Changing a plan: what can be wished, the forms that ask for it, and its price before it is taken."""

from collections.abc import Mapping, Sequence
from typing import Literal

from bot.domain import intent as i
from bot.domain.card import Card, Choice, Field, FieldKind, Form, Style, Table, Tone
from bot.domain.incident import Incident
from bot.domain.place import Queue, Site
from bot.domain.relocation_misfits import Group, Misfits
from bot.domain.text import listed, plural
from bot.domain.wish import Target, WishKind
from bot.domain.wording.forms import MOVABLE
from bot.domain.wording.parts import banner, button

_MENU: tuple[tuple[str, Literal["hold", "close", "people", "priority"]], ...] = (
    ("Hold seats back…", "hold"),
    ("Close a destination…", "close"),
    ("Lock or leave out people…", "people"),
    ("Give a queue priority…", "priority"),
)


def menu(incident: Incident, plan: int, version: int) -> Card:
    """Ask what is to be changed."""
    return Card(
        title=f"Change plan {version}",
        banner=banner(drill=incident.drill),
        text=("What should be different? You see what it costs before anything is changed.",),
        buttons=tuple(button(label, i.ChangePlan(plan=plan, what=what)) for label, what in _MENU),
    )


def hold(plan: int, sites: Sequence[Site]) -> Card:
    """Ask how many seats are held back, and where."""
    wish = i.WishFor(plan=plan, wish=WishKind.HOLD, target=Target.DESTINATION)
    return _form("Hold seats back", wish, (_site(sites), Field(name="n", label="How many seats stay free")))


def close(plan: int, sites: Sequence[Site]) -> Card:
    """Ask which destination is closed."""
    wish = i.WishFor(plan=plan, wish=WishKind.CLOSE, target=Target.DESTINATION)
    return _form("Close a destination", wish, (_site(sites),))


def people(plan: int, sites: Sequence[Site]) -> Card:
    """Ask who is locked or left out."""
    wish = i.WishFor(plan=plan, wish=WishKind.LOCK, target=Target.PERSON)
    what = (
        Choice(value=WishKind.LOCK, label="Has a place for certain", hint="whatever it costs others"),
        Choice(value=WishKind.EXCLUDE, label="Is left out", hint="nobody of them is moved; a queue gets nobody"),
    )
    places = tuple(Choice(value=s.id, label=s.name) for s in sites)
    fields = (
        Field(name="wish", label="What", kind=FieldKind.ONE, options=what, value=(WishKind.LOCK,)),
        Field(
            name="subject", label="Who", kind=FieldKind.SEARCH, dataset=MOVABLE,
            hint="A person, a team, or a queue for all its people. Part of a name is enough when it is the only one.",
        ),
        Field(
            name="destination", label="Sent to", kind=FieldKind.ONE, options=places, required=False,
            hint="Only for a place for certain; left empty, the plan chooses it.",
        ),
    )  # fmt: skip
    return _form("Lock or leave out people", wish, fields)


def priority(plan: int, queues: Sequence[Queue]) -> Card:
    """Ask which queue counts as which tier."""
    wish = i.WishFor(plan=plan, wish=WishKind.PRIORITY, target=Target.QUEUE)
    lines = tuple(Choice(value=q.id, label=f"{q.name} (tier {q.tier})") for q in queues)
    tiers = tuple(Choice(value=str(n), label=f"Tier {n}") for n in (1, 2, 3))
    fields = (
        Field(name="subject", label="Queue", kind=FieldKind.ONE, options=lines),
        Field(name="n", label="Counts as", kind=FieldKind.ONE, options=tiers, value=("1",)),
    )
    return _form("Give a queue priority", wish, fields)


def _site(sites: Sequence[Site]) -> Field:
    options = tuple(Choice(value=s.id, label=f"{s.name} ({s.seats:,} seats)") for s in sites)
    return Field(name="subject", label="Destination", kind=FieldKind.ONE, options=options)


def _form(title: str, wish: i.WishFor, fields: tuple[Field, ...]) -> Card:
    form = Form(intent=i.encode(wish), fields=fields, submit="What does it cost?")
    return Card(title=title, text=("Nothing is changed yet.",), form=form)


def priced(incident: Incident, wish: i.WishFor, words: str, costs: str, *, free: bool) -> Card:
    """Show what a wish costs, to be taken or left; free: nothing gets worse by it."""
    return Card(
        title=f"{words[:1].upper()}{words[1:]}: take it?",
        tone=Tone.GOOD if free else Tone.WARN,
        banner=banner(drill=incident.drill),
        text=(costs, "Taking it makes a new plan, which still has to be approved."),
        buttons=(
            button("Take it", wish.model_copy(update={"take": True}), Style.PRIMARY),
            button("Leave it", i.ChangePlan(plan=wish.plan)),
        ),
    )


def not_for_all(
    incident: Incident, wish: i.WishFor, words: str, odd: Misfits, names: Mapping[tuple[str, str], str]
) -> Card:
    """Say who of a team or queue can't be where they are to be for certain, and why; offer to lock the others."""
    rows = tuple((group.reason, _who(group, names), f"{group.n:,}") for group in odd.groups)
    total = odd.fit + odd.n
    can = f"{odd.fit:,} of {total:,} can be there." if odd.fit else f"None of the {total:,} can be there."
    instead = f"The {odd.n:,} others then go where the plan has a place for them." if odd.fit else _ELSEWHERE
    fitting = wish.model_copy(update={"n": 1})
    lock = (button(f"Lock the {odd.fit:,} who can…", fitting, Style.PRIMARY),) if odd.fit else ()
    differently = button("Choose differently…", i.ChangePlan(plan=wish.plan, what="people"))
    return Card(
        title=f"{words[:1].upper()}{words[1:]}? {plural(odd.n, 'person', 'people')} can't be there",
        tone=Tone.WARN,
        banner=banner(drill=incident.drill),
        text=(f"{can} {instead} Nothing is changed yet.",),
        tables=(Table(columns=("Why not", "Who", "People"), rows=rows, numeric=(2,)),),
        buttons=(*lock, differently),
    )


_ELSEWHERE = "Choose another destination, or none: then the plan chooses one for each."


def _who(group: Group, names: Mapping[tuple[str, str], str]) -> str:
    """Return the first few names, and how many more."""
    first = [names.get(("person", one), one) for one in group.ids]
    rest = group.n - len(first)
    return listed([*first, f"{rest:,} more"] if rest else first)
