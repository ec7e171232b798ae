"""Looking: status, steps, roll, moves, call lists, "where do I go?", help. Nothing here changes anything."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.incident import Incident
from bot.domain.move import Move, PlanState
from bot.domain.permission import Standing, allowed, sees
from bot.domain.person import PersonKind
from bot.domain.roll import RollState
from bot.domain.wording import help as help_words
from bot.domain.wording import incidents as wording
from bot.domain.wording import moves as move_words
from bot.domain.wording import people as people_words
from bot.domain.wording.delivery import on_their_way
from bot.domain.wording.notices import notice_card
from bot.domain.wording.parts import done
from bot.domain.wording.steps import step_list
from bot.operations import calls as call_lists
from bot.operations import estimating, picture, reading
from bot.operations import plans as plan_cards
from bot.operations.desk import Desk
from bot.operations.scene import Scene
from bot.storage import incidents, moves, notices, people, places, plans, roll, steps, tallies
from bot.storage.database import Db

_SHOWN = 100


async def help_(scene: Scene, intent: i.Help) -> Card:  # noqa: ARG001
    """List what can be typed."""
    return help_words.help_card(scene.actor, scene.desk.policy.hotline)


async def status(scene: Scene, intent: i.Status) -> Card:  # noqa: ARG001
    """Show one incident, or all open ones."""
    if scene.about is None:
        opened = await incidents.opened(scene.db)
        return wording.overview([await picture.picture(scene.desk, scene.db, o) for o in opened])
    card = await incident_card(scene.desk, scene.db, scene.about)
    waiting = on_their_way(await estimating.standing(scene.desk, scene.db))
    who = Standing(scene.actor, scene.desk.policy, scene.roles, scene.names)
    buttons = tuple(b for b in card.buttons if allowed(i.decode(b.intent), who))
    return card.evolve(facts=(*card.facts, *waiting), buttons=buttons)


async def incident_card(desk: Desk, db: Db, incident: Incident) -> Card:
    """Return the incident's card as it stands."""
    return wording.incident_card(await picture.picture(desk, db, incident), db.now)


async def step_table(scene: Scene, intent: i.Steps) -> Card:  # noqa: ARG001
    """Show every step."""
    rows = await steps.of(scene.db, scene.incident.id)
    names = await people.named(scene.db, {*scene.roles.values(), *(s.assignee for s in rows if s.assignee)})
    me = Standing(scene.actor, scene.desk.policy, scene.roles, scene.names)
    rows = [s if sees(s, me) else s.for_all() for s in rows]
    return step_list(rows, names, scene.roles, scene.db.now, drill=scene.incident.drill)


async def roll_call(scene: Scene, intent: i.Roll) -> Card:
    """Show who is accounted for; team leads see their own people to call."""
    if scene.actor.id not in scene.roles.values() and await people.teams_led_by(scene.db, scene.actor.id):
        return await calls(scene, i.CallList())
    db, incident, page = scene.db, scene.incident, people_words.PAGE
    counted = await tallies.of(db, incident.id)
    sites = {key: site.name for key, site in (await places.sites(db)).items()}
    silent = await roll.people_in(db, incident.id, [RollState.SILENT], limit=page, skip=intent.page * page)
    sees_help = scene.actor.id in (scene.roles.get("SO"), scene.roles.get("IC"))  # restricted: theirs alone
    help_ = await roll.needing_help(db, incident.id, None, _SHOWN) if sees_help else []
    waiting = tallies.need_help(counted)
    parts = counted.get("roll", {})
    return people_words.roll_card(incident, parts, sites, _silent(silent), _silent(help_), waiting, intent.page)


def _silent(rows: Sequence[Mapping[str, Any]]) -> list[people_words.Silent]:
    return [
        people_words.Silent(
            person=r["person_id"],
            name=r["name"],
            phone=r["phone"],
            team=r["team_id"],
        )
        for r in rows
    ]


async def calls(scene: Scene, intent: i.CallList) -> Card:  # noqa: ARG001
    """Show somebody the silent people whom they should call."""
    return await call_lists.card(scene.desk, scene.db, scene.incident, scene.actor.id)


async def move_table(scene: Scene, intent: i.Moves) -> Card:  # noqa: ARG001
    """Show how far the moves are; a lead sees their own people."""
    led = [team.id for team in await people.teams_led_by(scene.db, scene.actor.id)]
    sites = {key: site.name for key, site in (await places.sites(scene.db)).items()}
    if led and scene.actor.id not in scene.roles.values():
        rows = await moves.of_teams(scene.db, scene.incident.id, led, _SHOWN)
        return people_words.team_moves(scene.incident, [(_move(r), r["name"]) for r in rows], sites)
    counts = (await tallies.of(scene.db, scene.incident.id)).get("move", {})
    queues = {key: queue.name for key, queue in (await places.queues(scene.db)).items()}
    row = await plans.latest(scene.db, scene.incident.id, PlanState.APPROVED)
    shown = await plan_cards.shown(scene.desk, scene.db, scene.incident, row) if row else None
    return move_words.moves_card(scene.incident, counts, queues, shown)


def _move(row: dict[str, object]) -> Move:
    return Move.model_validate({k: v for k, v in row.items() if k != "name"})


async def where(scene: Scene, intent: i.Where) -> Card:  # noqa: ARG001
    """Tell somebody what they do now."""
    me = scene.actor
    move = await moves.standing_of(scene.db, me.id)
    if move is not None and move.destination_id:
        return await _where(scene, move)
    for incident in await incidents.opened(scene.db):
        last = await notices.latest_for(scene.db, incident.id, me.id)
        if last is not None:
            mine = await reading.readings(scene.db, incident.id, [(last, me.id)])
            return notice_card(last, mine[0])
    if me.kind is PersonKind.STAFF and (opened := await incidents.opened(scene.db)):
        drawn = [await picture.picture(scene.desk, scene.db, o) for o in opened]
        return wording.overview(drawn)
    return people_words.nothing_to_do(me.name.split()[0])


async def _where(scene: Scene, move: Move) -> Card:
    site = (await places.sites(scene.db))[move.destination_id or ""]
    team = await people.team(scene.db, scene.actor.team) if scene.actor.team else None
    lead = await people.find(scene.db, team.lead) if team else None
    incident = await incidents.get(scene.db, move.incident_id)
    call = f"{lead.name}, {lead.phone}" if lead else scene.desk.policy.hotline
    return people_words.where_card(incident, move, site.name, site.address, site.log_in, call)


async def board(scene: Scene, intent: i.Board) -> Card:  # noqa: ARG001
    """Give a link to the board."""
    return done(
        "The board",
        scene.desk.link(scene.actor.id),
        "The link is yours: it opens the board for some hours. Don't pass it on.",
    )


async def asked_for_help(desk: Desk, person: str) -> Card | None:
    """Answer "help" from an agent who is asked how they are: it may be a cry, so the buttons come first."""
    card = await in_words(desk, person)
    return card.evolve(title="Do you need help?") if card and card.buttons else None


async def in_words(desk: Desk, person: str) -> Card | None:
    """Answer an agent who wrote a sentence: the bot can't read it, so what can be done stands there in buttons."""
    async with desk.read() as db:
        me = await people.find(db, person)
        if me is None or me.kind is not PersonKind.AGENT:
            return None
        for incident in await incidents.opened(db):
            last = await notices.latest_for(db, incident.id, person)
            if last is not None:
                mine = await reading.readings(db, incident.id, [(last, person)])
                return people_words.press_or_call(desk.policy.hotline, notice_card(last, mine[0]).buttons, incident)
    return people_words.press_or_call(desk.policy.hotline, (), None)
