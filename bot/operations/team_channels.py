"""The channel in which a team is written to first: chosen where the chat shows its own, else named by the roster."""

from collections.abc import Sequence

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.journal import Verb
from bot.domain.person import Team
from bot.domain.refusal import Refused, Why
from bot.domain.wording import team_channels as wording
from bot.domain.wording.delivery import lane_name
from bot.operations.scene import Scene
from bot.storage import people, posts, rooms

_SHOWS_CHANNELS = frozenset({"slack"})  # who is in which channel is Slack's business: its own picker knows


async def choose(scene: Scene, intent: i.TeamChannel) -> Card:
    """Make a channel a team's, on the chat on which that was asked."""
    platform = scene.place.platform
    if platform not in _SHOWS_CHANNELS:
        raise Refused("Channels can't be chosen here.", instead=wording.BY_ROSTER)
    teams, now = await _teams(scene), await posts.channels(scene.db, platform)
    if intent.team is None or (intent.channel is None and not intent.back):
        return wording.choosing(teams, now, intent)
    team = next((one for one in teams if one.id == intent.team), None)
    if team is None:
        raise Refused("That team is not yours to choose for.", why=Why.FORBIDDEN, instead="Ask its lead.")
    if intent.channel is None:
        await posts.forget(scene.work, platform, team.id)
        _note(scene, team, "goes by the roster's channel again")
        return wording.given_back(team, platform)
    await _check(scene, team, intent.channel)
    await posts.choose(scene.work, platform, team.id, intent.channel, scene.actor.id)
    _note(scene, team, f"is written to in {intent.channel} first")
    return wording.chosen(team)


def _note(scene: Scene, team: Team, text: str) -> None:
    said = f"{team.name} {text} on {lane_name(scene.place.platform)}"
    scene.work.note(None, scene.actor.id, Verb.UPDATE, said, f"team:{team.id}")


async def _teams(scene: Scene) -> Sequence[Team]:
    """Return the teams for which somebody may choose: those they lead; all, for those who declare or keep the plan."""
    policy = scene.desk.policy
    if set(scene.actor.roles) & {*policy.may_declare, *policy.readiness.manager}:
        return await people.all_teams(scene.db)
    led = await people.teams_led_by(scene.db, scene.actor.id)
    if not led:
        names = [policy.role_name(role) for role in policy.may_declare]
        raise Refused("You lead no team.", instead=f"Ask its lead, or the {' or the '.join(names)}.", why=Why.FORBIDDEN)
    return led


async def _check(scene: Scene, team: Team, channel: str) -> None:
    """Refuse a channel that is somebody's already: beside its field."""
    platform = scene.place.platform
    owners = {address: owner for owner, address in (await posts.channels(scene.db, platform)).items()}
    taken = owners.get(channel, team.id)
    if taken != team.id:
        other = await people.team(scene.db, taken)
        raise _no(f"{other.name if other else taken} has this channel. A channel is one team's.")
    if await rooms.incident_at(scene.db, platform, channel) is not None:
        raise _no("This is an incident's channel.")


def _no(why: str) -> Refused:
    return Refused("That channel can't be used.", fields={"channel": why})
