"""What is said of how people can be reached."""

from collections.abc import Sequence

from bot.domain import intent as i
from bot.domain.card import Button, Card, Meter, Table, Tone
from bot.domain.delivery import Gone
from bot.domain.outreach import OUTREACH
from bot.domain.reach import ENOUGH, Proof, Reached, grouped, short_of
from bot.domain.text import plural
from bot.domain.wording.delivery import lane_name, remedy
from bot.domain.wording.parts import button

PAGE = 40
PROOF_WORDS = {
    Proof.ANSWERED: "answered",
    Proof.TAKEN: "reached",
    Proof.SENT: "sent, never answered",
    Proof.OLD: "proof too old",
    Proof.NEVER: "never tried",
    Proof.BOUNCED: "takes no messages",
}


def ways_of(one: Reached) -> str:
    """Return what is known of somebody's ways, in words."""
    said = [f"{lane_name(platform)}: {PROOF_WORDS[proof]}" for platform, proof in one.ways.items()]
    ways = "; ".join(said) or "no address at all: add one to the roster, and import it"
    return ". ".join([ways, *dict.fromkeys(to_do(platform, why) for platform, why in one.gone.items())])


def to_do(platform: str, why: Gone) -> str:
    """Return what can be done about an address that takes no messages, for whoever keeps the roster."""
    if platform in OUTREACH:
        return _BY_ROSTER if why is Gone.NO_ADDRESS else f"They want nothing by {lane_name(platform)}: ask them"
    return remedy(why).rstrip(".")


_BY_ROSTER = "Ask for the right address, put it into the roster, and import it"


def meaning(days: int) -> str:
    """Return what proven means."""
    return (
        f"Proven: in the last {plural(days, 'day')} they answered on it, or a chat took a message for them. "
        "That a mail or text was sent proves nothing. A drill that asks for an answer proves many at once."
    )


def reach_card(people: Sequence[Reached], intent: i.Reach, days: int, texts: int) -> Card:
    """Return who has fewer than two proven ways: counts by site or team, then names with what is known."""
    if not people:
        return Card(title="Nobody is in the roster yet", tone=Tone.WARN, text=("`disaster import` loads the people.",))
    short = short_of(people)
    if not short:
        title = f"Everybody has {ENOUGH} proven ways or more"
        return Card(title=title, tone=Tone.GOOD, meters=(_meter(people, 0),), text=(meaning(days),))
    title = f"{plural(len(short), 'person', 'people')} with fewer than {ENOUGH} proven ways"
    strays = f"{plural(texts, 'text')} came from numbers that nobody in the roster has." if texts else ""
    return Card(
        title=title,
        tone=Tone.WARN,
        text=tuple(part for part in (meaning(days), strays) if part),
        meters=(_meter(people, len(short)),),
        tables=(_groups(people, intent.by), _names(short, intent.page)),
        buttons=_buttons(intent, len(short)),
    )


def _meter(people: Sequence[Reached], short: int) -> Meter:
    label = f"{ENOUGH} proven ways or more"
    return Meter(label=label, value=len(people) - short, total=len(people), tone=Tone.WARN if short else Tone.GOOD)


def _groups(people: Sequence[Reached], by: str) -> Table:
    rows = tuple(
        (g.name or f"no {by}", *(f"{n:,}" for n in (g.people, g.none, g.one, g.enough)))
        for g in grouped(people, by)[:30]
    )
    columns = (by.capitalize(), "People", "None", "One", f"{ENOUGH} or more")
    return Table(columns=columns, rows=rows, caption=f"Proven ways, by {by}", numeric=(1, 2, 3, 4))


def _names(short: Sequence[Reached], page: int) -> Table:
    shown = short[page * PAGE : (page + 1) * PAGE]
    rows = tuple((one.name, one.team or one.site, ways_of(one)) for one in shown)
    first = page * PAGE + 1
    caption = f"{first} to {first + len(shown) - 1} of {len(short):,}" if len(short) > PAGE else "Whom it is about"
    return Table(columns=("Name", "Where", "Ways"), rows=rows, caption=caption)


def _buttons(intent: i.Reach, short: int) -> tuple[Button, ...]:
    other = i.Reach(by="team" if intent.by == "site" else "site")
    found = [button(f"By {other.by}", other)]
    if intent.page:
        found.append(button("Previous names", i.Reach(by=intent.by, page=intent.page - 1)))
    if (intent.page + 1) * PAGE < short:
        found.append(button("More names", i.Reach(by=intent.by, page=intent.page + 1)))
    return tuple(found)
