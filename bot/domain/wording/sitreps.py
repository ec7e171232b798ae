"""The SITREP: what leaders read on their cadence."""

from datetime import datetime

from bot.domain import intent as i
from bot.domain.board_moves import NOBODY, OffShift
from bot.domain.card import Card, Fact, Image, Series, Style, Tone
from bot.domain.facts import Facts
from bot.domain.when import at, day_and_time, soon
from bot.domain.wording import clocks as regulatory
from bot.domain.wording.incidents import STATE_WORDS, Picture, heading, meters
from bot.domain.wording.parts import banner, button


def sitrep_card(
    picture: Picture,
    number: int,
    text: str,
    now: datetime,
    next_at: datetime | None,
    unasked: int = 0,
    off: OffShift = NOBODY,
) -> Card:
    """Return SITREP number n with the figures of this moment.

    unasked: people of whom nobody asked how they are; off: who counts as live, and is off shift at this hour.
    """
    incident, facts = picture.incident, picture.facts
    rows = [
        Fact(label="Phase", value=f"{STATE_WORDS[incident.state]}, severity {incident.severity}"),
        Fact(
            label="Accounted for",
            value=_accounted(facts, unasked),
        ),
        Fact(
            label="Relocated",
            value=f"{facts.relocated:,} told where to go; {facts.live:,} of {facts.mbco:,} MBCO seats live there",
        ),
        Fact(
            label="Tier 1", value=_tier1(facts.tier1_below_mbco), tone=Tone.BAD if facts.tier1_below_mbco else Tone.GOOD
        ),
    ]
    rows += off_shift(off)
    if picture.rto is not None and incident.open:
        rows.append(Fact(label="Next RTO", value=f"{picture.rto[0]}: {soon(picture.rto[1])}"))
    rows.append(Fact(label="Decisions needed", value=facts.decisions or "none"))
    if picture.clocks:
        value = regulatory.summary(picture.clocks, now)
        rows.append(Fact(label="Authorities", value=value, tone=regulatory.tone(picture.clocks, now)))
        rows += regulatory.figures(picture.clocks, now)
    rows.append(Fact(label="Next update", value=soon(next_at) if next_at else "none: this is the last"))
    return Card(
        title=f"SITREP {number} · {heading(incident, facts)}",
        banner=banner(drill=incident.drill),
        text=(text,),
        facts=tuple(rows),
        meters=meters(facts),
        tone=Tone.WARN if incident.open or facts.need_help or facts.unaccounted else Tone.GOOD,
        footer=f"As of {day_and_time(now)}",
    )


def off_shift(off: OffShift) -> list[Fact]:
    """Say how many who count as live nobody will find at a desk at this hour."""
    return [Fact(label="Off shift", value=off.words, tone=Tone.WARN)] if off.off else []


def chart(series: tuple[Series, ...]) -> Image | None:
    """Return answers over time as a picture, and what it shows in words; None where there is nothing to draw."""
    if not series:
        return None
    now = series[0].points[-1]
    words = [f"{s.label}: {s.points[-1].percent:.0f} %" for s in series if s.points]
    alt = f"Answers over time, {now.minute:.0f} min after it was sent. {'; '.join(words)}. The target is 95 %."
    return Image(title="Answers over time", series=series, alt=alt)


def _accounted(facts: Facts, unasked: int) -> str:
    """Say who was heard from; only who was asked can be silent."""
    unasked = min(unasked, facts.unaccounted)  # it was counted a moment later
    counted = f"{facts.accounted:,} of {facts.agents_expected:,}"
    waiting = f", {unasked:,} not asked" if unasked else ""
    return f"{counted}; {facts.unaccounted - unasked:,} silent{waiting}, {facts.need_help:,} need help"


def _tier1(below: int) -> str:
    return f"{below} tier-1 queue{'s' if below > 1 else ''} below MBCO" if below else "all at MBCO or above"


def draft(picture: Picture, due_at: datetime, leaders: int, *, auto: bool) -> Card:
    """Show the PIO what goes to the leaders soon."""
    incident = picture.incident
    held = "" if auto else " It is held: it waits for you."
    when = f"{at(due_at)}{' by itself' if auto else ''}"
    text = f"SITREP {incident.sitrep_count + 1} goes to {leaders} leaders at {when}.{held}"
    hold = (
        button("Hold it back", i.HoldSitrep(incident=incident.id, hold=True))
        if auto
        else button("Let it go by itself", i.HoldSitrep(incident=incident.id, hold=False))
    )
    newest = incident.latest or incident.known
    return Card(
        title=f"SITREP {incident.sitrep_count + 1} is due {at(due_at)}",
        banner=banner(drill=incident.drill),
        tone=Tone.WARN,
        text=(text, f"It will say: “{newest}”"),
        buttons=(
            button("Add what is newly known…", i.Update(incident=incident.id)),
            button("Send it now", i.Sitrep(incident=incident.id), Style.PRIMARY),
            hold,
        ),
    )


def overdue(picture: Picture, due_at: datetime) -> Card:
    """Nag the PIO."""
    incident = picture.incident
    return Card(
        title=f"SITREP {incident.sitrep_count + 1} is overdue",
        banner=banner(drill=incident.drill),
        tone=Tone.BAD,
        text=(f"Leaders were promised it at {at(due_at)}. The board shows it in red.",),
        buttons=(
            button("Send it now", i.Sitrep(incident=incident.id), Style.PRIMARY),
            button("Add what is newly known…", i.Update(incident=incident.id)),
        ),
    )
