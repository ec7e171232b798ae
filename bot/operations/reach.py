"""Who can be reached by how many ways that are proven: for the bot's card and for the command line."""

from collections.abc import Collection, Sequence

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.person import PersonKind
from bot.domain.reach import Address, Proof, Reached
from bot.domain.wording.reach import reach_card
from bot.operations.scene import Scene
from bot.storage import people, reach
from bot.storage.database import Db

TEXTS_DAYS = 30
_LEAD_ALONE = frozenset({"TL"})


async def reached(
    db: Db,
    platforms: Sequence[str],
    days: int,
    teams: Collection[str] | None = None,
    also: Collection[tuple[str, str]] = (),
) -> list[Reached]:
    """Return everybody, or the people of teams, with what is known of each of their ways.

    also: ways, by person and platform, that the roster gives though no server has taken them up yet.
    """
    lost = dict.fromkeys(also) | await reach.lost(db, platforms)
    sent = await reach.sent(db, platforms)
    answered, whys = await reach.answered(db, platforms), await reach.whys(db, platforms)
    found = []
    for row in await reach.people(db, teams):
        keys = [(row["id"], platform) for platform in platforms if (row["id"], platform) in lost]
        ways = {
            key[1]: Address(platform=key[1], answered_at=answered.get(key), sent_at=sent.get(key), lost_at=lost[key])
            for key in keys
        }
        known = {platform: way.proof(db.now, days) for platform, way in ways.items()}
        gone = {key[1]: whys[key] for key in keys if known[key[1]] is Proof.BOUNCED and key in whys}
        about = {"site": row["site"] or "", "team": row["team"] or ""}
        found.append(Reached(person=row["id"], name=row["name"], kind=row["kind"], **about, ways=known, gone=gone))
    return found


async def show(scene: Scene, intent: i.Reach) -> Card:
    """Show who has fewer than two proven ways; who is a team lead and no more sees their own people."""
    me, days = scene.actor, scene.desk.policy.proof_days
    led = [team.id for team in await people.teams_led_by(scene.db, me.id)]
    all_ = me.kind is PersonKind.STAFF and not (led and set(me.roles) <= _LEAD_ALONE)
    found = await reached(scene.db, scene.desk.platforms, days, None if all_ else led)
    texts = await reach.from_nobody(scene.db, TEXTS_DAYS) if all_ else 0
    return reach_card(found, intent, days, texts)
