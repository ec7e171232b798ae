"""The weekly digest in words: one glance, one chart."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from bot.domain import intent as i
from bot.domain.card import Card, Fact, Image, Style, Table, Tone
from bot.domain.digest import AHEAD_DAYS, Contact, Digest, Due
from bot.domain.reach import ENOUGH
from bot.domain.runbook import Category
from bot.domain.text import clip, listed, plural
from bot.domain.when import day_and_time
from bot.domain.wording.parts import button
from bot.domain.wording.readiness import EMPTY, SAMPLE, day, scored, titled
from bot.domain.wording.shown import words

_MOVED, _CHANGES, _TITLE = 2, 4, 90


def digest_card(found: Digest, next_at: datetime | None, late: datetime | None = None) -> Card:
    """Return the digest; late: when it should have gone out, if that is long ago."""
    return Card(
        title=_title(found),
        tone=found.tone,
        text=tuple(_text(found, late)),
        facts=tuple(_facts(found)),
        tables=_first(found.first, found.overdue + found.ahead, found.on),
        image=_chart(found),
        buttons=(
            button("What is due from me", i.MyDuties(), Style.PRIMARY),
            button("What would raise it most", i.Readiness()),
        ),
        footer=_footer(next_at),
    )


def _title(found: Digest) -> str:
    if found.reading.overall is None:
        return "Readiness this week: nothing to score yet"
    change = {None: "", 0: ", as last time"}.get(found.change, f", {found.change or 0:+d} since the last digest")
    return f"Readiness this week: {found.reading.overall} of 100, {found.audit.overall.band}{change}"


def _text(found: Digest, late: datetime | None) -> Iterator[str]:
    if late is not None:
        yield f"This is late: it was due on {day_and_time(late)}, and nothing ran then."
    if found.sample:
        yield SAMPLE
    if found.reading.overall is None:
        yield EMPTY
        return
    worst = found.audit.worst
    if worst is not None:
        yield f"Worst off is {words(worst).lower()}: {scored(found.audit.categories[worst])}."


def _facts(found: Digest) -> Iterator[Fact]:
    if found.reading.overall is not None:
        yield Fact(label="Since the last digest", value=_moved(found), tone=_toned(found.change))
    due = f"{found.overdue:,} overdue, {found.ahead:,} more in the next {AHEAD_DAYS} days"
    yield Fact(label="Due", value=due + _gaps(found.gaps), tone=Tone.BAD if found.overdue or found.gaps else Tone.GOOD)
    yield _reach(found.contact)
    yield Fact(label="Drills", value=_drills(found), tone=_drill_tone(found))
    if found.lapsed:
        yield Fact(label="Vendors' evidence expired", value=listed(found.lapsed), tone=Tone.BAD)
    yield Fact(label="Plan changes", value=_changes(found.changes))


def _reach(contact: Contact) -> Fact:
    one = contact.few - contact.none
    if not contact.few:
        return Fact(label="Unreachable", value=f"nobody: all have {ENOUGH} proven ways or more", tone=Tone.GOOD)
    more = f"; {one:,} more {'has' if one == 1 else 'have'} fewer than {ENOUGH}" if one else ""
    said = f"{contact.none:,} of {plural(contact.people, 'person', 'people')} with no proven way{more}"
    return Fact(label="Unreachable", value=said, tone=Tone.BAD if contact.none else Tone.WARN)


def _gaps(n: int) -> str:
    return f"; {plural(n, 'thing')} nobody owns" if n else ""


def _toned(change: int | None) -> Tone:
    return Tone.WARN if change is not None and change < 0 else Tone.PLAIN


def _moved(found: Digest) -> str:
    """Say which categories fell and which rose, the most first."""
    if found.before is None:
        return "nothing to compare with: this is the first"
    was, now = found.before.reading.categories, found.reading.categories
    both = [(c, before, after) for c, after in now.items() if (before := was.get(c)) is not None and after is not None]
    steps = sorted(((after - before, c, after) for c, before, after in both), key=lambda step: -abs(step[0]))
    fell, rose = [s for s in steps if s[0] < 0], [s for s in steps if s[0] > 0]
    said = [_stepped(word, some) for word, some in (("fell", fell), ("rose", rose)) if some]
    return "; ".join(said) or "no category moved"


def _stepped(word: str, steps: Sequence[tuple[int, Category, int]]) -> str:
    said = [f"{words(c).lower()} by {abs(step)} to {after}" for step, c, after in steps[:_MOVED]]
    more = [f"{len(steps) - _MOVED} more"] if len(steps) > _MOVED else []
    return f"{word}: {listed([*said, *more])}"


def _drills(found: Digest) -> str:
    drills = found.drills
    said = [
        f"{one.reference} {one.what} {'not scored' if one.percent is None else _percent(one.percent)}"
        for one in drills.ended
    ] or ["none held"]
    coming = drills.coming
    said.append(f"next: {coming.what} on {day_and_time(coming.at)}" if coming else "none planned")
    if drills.undrilled:
        said.append(f"{plural(drills.undrilled, 'category', 'categories')} not practised for too long")
    if drills.findings:
        late = f", {drills.late} late" if drills.late else ""
        said.append(f"{plural(drills.findings, 'finding')} open{late}")
    return "; ".join(said)


def _percent(value: int) -> str:
    return f"{value}\N{NO-BREAK SPACE}%"


def _drill_tone(found: Digest) -> Tone:
    if found.drills.undrilled:
        return Tone.BAD
    return Tone.WARN if found.drills.late or not found.drills.coming else Tone.GOOD


def _changes(changes: Sequence[str]) -> str:
    more = [f"{len(changes) - _CHANGES} more"] if len(changes) > _CHANGES else []
    return "; ".join([*changes[:_CHANGES], *more]) or "none"


def _first(some: Sequence[Due], of: int, today: date) -> tuple[Table, ...]:
    if not some:
        return ()
    rows = tuple((_short(one.duty.due_on, today), f"{clip(titled(one.entry), _TITLE)} – {one.owner}") for one in some)
    caption = f"What is due first: {len(some)} of {of:,}" if of > len(some) else "What is due"
    return (Table(columns=("Due", "What, and whose"), rows=rows, caption=caption),)


def _short(due: date, today: date) -> str:
    said = f"{due.day} {due:%b}" if due.year == today.year else day(due)
    return said.replace(" ", "\N{NO-BREAK SPACE}")


def _chart(found: Digest) -> Image | None:
    if found.reading.overall is None:
        return None
    said = [f"{bar.label} {bar.value}" for bar in found.bars if bar.value is not None]
    mark = " The black mark is where it stood last time." if found.before else ""
    return Image(
        title="Readiness by category", bars=found.bars, amber=found.amber, green=found.green,
        alt=f"{', '.join(said)}.{mark}",
    )  # fmt: skip


def _footer(next_at: datetime | None) -> str:
    if next_at is None:
        return "No digest goes out by itself: policy.digest.weekday is never. /disaster digest shows it."
    return f"The next goes out on {day_and_time(next_at)}. /disaster digest shows it at any time."
