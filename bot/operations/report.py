"""The after-action report: what is stored of an incident, read once and told as a document."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bot.domain import story, story_clocks
from bot.domain.incident import Incident
from bot.domain.journal import Entry, Verb
from bot.domain.notice import Answer, Notice, RecipientState
from bot.domain.policy import Policy
from bot.domain.refusal import Refused
from bot.domain.report import Report, html, markdown
from bot.operations import answers, board, clocks, drill_scores, picture
from bot.operations.desk import Desk
from bot.storage import deliveries, incidents, journal, notices, people, plans, tallies
from bot.storage.database import Db

__all__ = ["Report", "build", "html", "markdown", "write"]
_WRONG = 500
_LINES = [verb for verb in Verb if verb not in story.COUNTED]


async def write(desk: Desk, reference: str, folder: Path) -> list[Path]:
    """Write the report of an incident as Markdown, its chart beside it, and as one HTML file; return the files."""
    async with desk.read() as db:
        made = await build(desk, db, reference)
    return save(made, folder)


def save(made: Report, folder: Path) -> list[Path]:
    """Write a report's files into a folder, which is made if need be; return them."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {f"{made.reference}.md": markdown(made), f"{made.reference}.html": html(made)}
    files |= {chart.file: chart.svg for chart in made.charts}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in files]


async def build(desk: Desk, db: Db, reference: str) -> Report:
    """Return the report of an incident, open or over; raises Refused when there is none of this name."""
    incident = await incidents.find(db, reference)
    if incident is None:
        raise Refused(f"There is no incident {reference}.", instead="/disaster status lists the open ones.")
    told = await story_of(desk, db, incident)
    whole = await _with_clocks(desk, db, told, story.report(told))
    shown = await drill_scores.section(desk, db, told) if incident.drill else None
    if shown is not None:
        whole = whole.model_copy(update={"sections": (whole.sections[0], shown, *whole.sections[1:])})
    return whole.read_in(told.zone, db.now)


async def _with_clocks(desk: Desk, db: Db, told: story.Story, made: Report) -> Report:
    """Return the report with what authorities had to be told, before its timeline."""
    rows = await picture.ground(db, told.incident)
    owner = told.roles.get("REG") or told.roles.get("IC", "")
    contact = ", ".join(p for p in (told.names.get(owner, ""), desk.policy.hotline) if p)
    part = story_clocks.section(
        await clocks.cases(desk, db, told.incident), picture.facts(desk, rows, db.now), contact, db.now
    )
    sections = (*made.sections[:-1], *((part,) if part else ()), made.sections[-1])
    return made.model_copy(update={"sections": sections})


async def story_of(desk: Desk, db: Db, incident: Incident) -> story.Story:
    """Return everything that is known of an incident."""
    rows = await board.rows_of(desk, db, incident, await tallies.seats_held(db))
    entries = await journal.of(db, incident.id, _LINES)
    helped = await journal.of(db, incident.id, [Verb.HELP])
    counted = await journal.moments(db, incident.id, story.COUNTED)
    spoke_for = Counter(actor for _, verb, actor in counted if verb is Verb.PROXY)
    made = [_plan(row) for row in await plans.of(db, incident.id)]
    trouble = await _trouble(db, incident, rows.notices)
    return story.Story(
        incident=incident, board=board.draw(rows), policy=desk.policy, zone=_zone(rows.ground, desk.policy),
        names=await _names(db, rows.ground, entries, rows.notices, made, [*spoke_for, *(x.person for x in trouble)]),
        roles=rows.ground.roles, steps=rows.ground.steps, notices=rows.notices, heard=await _heard(db, rows),
        spoke_for=spoke_for, plans=made, sitreps=sitreps(incident, desk.policy, rows.notices, entries, db.now),
        trouble=trouble, delivered=_delivered(rows), entries=entries, counted=counted,
        asked_help=len({entry.subject for entry in helped}), made_at=db.now,
    )  # fmt: skip


def _zone(ground: picture.Ground, policy: Policy) -> str:
    """The zone of the first site that was hit, else the organisation's."""
    return next((ground.sites[s].tz for s in ground.incident.sites if s in ground.sites), policy.tz)


async def _names(
    db: Db,
    ground: picture.Ground,
    entries: Sequence[Entry],
    told: Sequence[Notice],
    plans: Sequence[story.PlanRow],
    more: Iterable[str],
) -> Mapping[str, str]:
    ids = {*more, *(e.actor for e in entries), *(n.sent_by for n in told), *(p.made_by for p in plans)}
    ids |= {p.approved_by for p in plans if p.approved_by}
    return {**ground.names, **await people.named(db, ids - {"bot", ""})}


def _plan(row: Mapping[str, object]) -> story.PlanRow:
    summary = row["summary"]
    placed, lost = (summary.get("placed", 0), summary.get("unplaced", [])) if isinstance(summary, dict) else (0, [])
    kept = {name: row[name] for name in ("version", "made_by", "made_at", "approved_by", "approved_at")}
    return story.PlanRow(**kept, placed=placed, unplaced=sum(n for _, n in lost))  # type: ignore[arg-type]


async def _trouble(db: Db, incident: Incident, told: Sequence[Notice]) -> list[story.Trouble]:
    number = {n.id: n.number for n in told}
    return [
        story.Trouble(
            person=r["person_id"] or "", notice=number.get(r["notice_id"], 0), platform=r["platform"],
            state=r["state"], repeats=r["repeats"], error=r["error"],
        )
        for r in await deliveries.troubled(db, incident.id, _WRONG)
    ]  # fmt: skip


async def _heard(db: Db, rows: board.Rows) -> dict[int, story.Heard]:
    times = await notices.answer_times(db, rows.incident.id)
    said: dict[int, Counter[Answer]] = {}
    for row in await notices.said(db, rows.incident.id):
        if row["answer"]:
            said.setdefault(row["notice_id"], Counter())[Answer(row["answer"])] += row["n"]
    return {n.id: _heard_of(rows, n, times.get(n.id, []), said.get(n.id, Counter())) for n in rows.notices}


def _heard_of(rows: board.Rows, notice: Notice, times: Sequence[datetime], said: Mapping[Answer, int]) -> story.Heard:
    states = rows.counts.get("recipient", {}).get(str(notice.id), {})
    return story.Heard(
        asked=answers.asked(notice, rows.counts),
        proxied=states.get(RecipientState.PROXIED, 0),
        unreachable=states.get(RecipientState.UNREACHABLE, 0),
        times=times,
        said=said,
    )


def _delivered(rows: board.Rows) -> dict[int, Mapping[str, int]]:
    counts = rows.counts.get("delivery", {})
    return {n.id: counts.get(str(n.id), {}) for n in rows.notices}


def sitreps(
    incident: Incident, policy: Policy, told: Sequence[Notice], entries: Sequence[Entry], now: datetime
) -> list[story.Sent]:
    """Return every SITREP with when it was due: the first by the severity's cadence, each next after the one before."""
    by_subject = {f"notice:{n.id}": n for n in told}
    sent = [by_subject[e.subject] for e in entries if e.verb is Verb.SITREP and e.subject in by_subject]
    cadence = policy.cadence[incident.severity]
    due, found = incident.declared_at + cadence.first, []
    for number, notice in enumerate(sent, 1):
        found.append(story.Sent(number=number, due_at=due, sent_at=notice.sent_at, size=notice.size))
        due = notice.sent_at + cadence.every
    if due < (incident.ended_at or now):
        found.append(story.Sent(number=len(sent) + 1, due_at=due, sent_at=None))
    return found
