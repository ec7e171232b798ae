"""Group posts: one message of a notice in each team's channel, which addresses the whole team at once."""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from bot.domain.delivery import Delivery, DeliveryState, Priority, Subject
from bot.domain.notice import Notice, RecipientState
from bot.domain.person import Team
from bot.storage import notices, people
from bot.storage import tables as t
from bot.storage.columns import Utc
from bot.storage.database import Db, Work

_ASKED = (RecipientState.WAITING.value, RecipientState.TOLD.value)


async def queue(work: Work, notice: Notice, platforms: Collection[str]) -> int:
    """Queue a post for each team of the notice's people that has a channel; return how many."""
    if not platforms:
        return 0
    r, c = t.recipients.c, t.channels.c
    joined = t.recipients.join(t.people, t.people.c.id == r.person_id).join(t.channels, c.team_id == t.people.c.team)
    joined = joined.outerjoin(t.roll, sa.and_(t.roll.c.incident_id == r.incident_id, t.roll.c.person_id == r.person_id))
    joined = joined.outerjoin(t.queues, t.queues.c.id == t.roll.c.queue_id)
    tier = sa.func.min(sa.func.coalesce(t.queues.c.tier, 0))
    columns = {
        "incident_id": sa.literal(notice.incident_id), "notice_id": sa.literal(notice.id), "team_id": c.team_id,
        "platform": c.platform, "address": c.address, "subject": sa.literal(Subject.NOTICE.value),
        "state": sa.literal(DeliveryState.QUEUED.value), "drill": sa.literal(notice.drill),
        "outside": sa.literal(False), "priority": sa.literal(int(Priority.GROUP)) + tier,  # noqa: FBT003 - SQL's word
        "queued_at": sa.literal(work.now, Utc()),
    }  # fmt: skip
    chosen = sa.select(*columns.values()).select_from(joined)
    chosen = chosen.where(r.notice_id == notice.id, c.platform.in_(platforms), r.state.in_(_ASKED))
    chosen = chosen.group_by(c.team_id, c.platform, c.address).order_by(tier, c.team_id)
    n = await work.run(sa.insert(t.deliveries).from_select(list(columns), chosen))
    if n:
        work.shift(notice.incident_id, "delivery", str(notice.id), old=None, new=DeliveryState.QUEUED, n=n)
    return n


async def count(work: Work, sent: Sequence[Delivery]) -> None:
    """Count the people whom posts that are out have addressed, once however many channels a team has: "posted"."""
    mine = {(p.notice_id, p.team_id): p for p in sent if p.team_id is not None and p.edits is None}
    d = t.deliveries.c
    for post in mine.values():
        same = sa.and_(d.notice_id == post.notice_id, d.team_id == post.team_id, d.edits.is_(None))
        before = sa.and_(same, d.state == DeliveryState.SENT, d.id.not_in([p.id for p in sent]))
        if await work.value(sa.select(sa.exists().where(before))):
            continue
        n = await work.value(sa.select(sa.func.count()).select_from(_of_team()).where(*_is_for(post)))
        work.shift(post.incident_id, "posted", str(post.notice_id), old=None, new=DeliveryState.SENT, n=int(n or 0))


async def direct_instead(work: Work, failed: Sequence[Delivery], platforms: Sequence[str]) -> list[Notice]:
    """Posts that did not arrive: their people get direct messages at once. Return the notices that are meant."""
    known = await notices.several(work, [post.notice_id or 0 for post in failed])
    for post in failed:
        ids = await work.column(sa.select(t.recipients.c.id).select_from(_of_team()).where(*_is_for(post)))
        for platform in platforms if post.notice_id in known else ():
            await notices.enqueue(work, known[post.notice_id or 0], platform, notices.among(ids), once=True)
    return list(known.values())


def _of_team() -> sa.Join:
    return t.recipients.join(t.people, t.people.c.id == t.recipients.c.person_id)


def _is_for(post: Delivery) -> tuple[sa.ColumnElement[bool], ...]:
    return t.recipients.c.notice_id == post.notice_id, t.people.c.team == post.team_id


async def drop(work: Work, platform: str, lost: Mapping[str, str]) -> list[Team]:
    """Take chosen channels away, by team id; return the teams. What was chosen anew meanwhile is another one."""
    c, dropped = t.channels.c, []
    for team, address in sorted(lost.items()):
        if await work.run(sa.delete(t.channels).where(c.platform == platform, c.team_id == team, c.address == address)):
            dropped.append(team)
    return [one for one in [await people.team(work, team) for team in dropped] if one is not None]


async def link(work: Work, platform: str, found: Mapping[str, str]) -> None:
    """Give teams their channels on a platform, these and no others: address by team id; a channel is one team's.

    What somebody chose there stays.
    """
    owners = {address: team for team, address in reversed(list(found.items()))}
    c = t.channels.c
    await work.run(sa.delete(t.channels).where(c.platform == platform, c.chosen_by.is_(None)))
    kept = await channels(work, platform)
    rows = [
        {"team_id": team, "platform": platform, "address": address}
        for address, team in owners.items()
        if team not in kept and address not in kept.values()
    ]
    await work.add_all(t.channels, rows)


async def choose(work: Work, platform: str, team: str, address: str, by: str) -> None:
    """Give one team the channel that somebody chose, instead of the one that it had."""
    await forget(work, platform, team)
    await work.add_all(t.channels, [{"team_id": team, "platform": platform, "address": address, "chosen_by": by}])


async def forget(work: Work, platform: str, team: str) -> bool:
    """Take a team's channel away; whether it had one. The roster's name gives it back when people are linked next."""
    c = t.channels.c
    return bool(await work.run(sa.delete(t.channels).where(c.platform == platform, c.team_id == team)))


async def named(db: Db) -> dict[str, str]:
    """Return the channels' names that the roster gives, by team id."""
    rows = await db.rows(sa.select(t.teams.c.id, t.teams.c.channel).where(t.teams.c.channel != ""))
    return {row["id"]: row["channel"] for row in rows}


async def channels(db: Db, platform: str, *, chosen: bool = False) -> dict[str, str]:
    """Return the teams' channels on a platform: address by team id; chosen: only those that somebody chose there."""
    c = t.channels.c
    where = sa.and_(c.platform == platform, c.chosen_by.is_not(None)) if chosen else c.platform == platform
    return {r["team_id"]: r["address"] for r in await db.rows(sa.select(c.team_id, c.address).where(where))}


async def members(db: Db, teams: Collection[str]) -> dict[str, list[str]]:
    """Return the people of teams, leads and deputies among them, by team id."""
    c = t.people.c
    rows = await db.rows(sa.select(c.team, c.id).where(c.left_at.is_(None), c.team.in_(teams)).order_by(c.id))
    found: dict[str, list[str]] = {team: [] for team in teams}
    for row in rows:
        found[row["team"]].append(row["id"])
    for row in await db.rows(sa.select(t.teams.c.id, t.teams.c.lead, t.teams.c.deputy).where(t.teams.c.id.in_(teams))):
        found[row["id"]] += [p for p in (row["lead"], row["deputy"]) if p and p not in found[row["id"]]]
    return found
