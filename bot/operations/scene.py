"""The scene of a request: who asks, where, about which incident and step. Found once, in the one door."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain import intent as i
from bot.domain.duty import Duty
from bot.domain.incident import Incident, IncidentState
from bot.domain.move import Move
from bot.domain.permission import Standing, check
from bot.domain.person import Person, PersonKind
from bot.domain.refusal import Refused
from bot.domain.runbook import Phase
from bot.domain.step import Step
from bot.domain.wording.incidents import which
from bot.operations.desk import Desk
from bot.operations.titles import titled
from bot.storage import duties, incidents, moves, notices, people, plans, rooms, steps
from bot.storage.database import Db, Row, Work

NEEDS_INCIDENT = (
    i.Steps, i.Roll, i.Moves, i.Update, i.AssignRole, i.AddStep, i.CallList, i.PlanAgain, i.PlanReturn,
    i.Sitrep, i.HoldSitrep, i.Recover, i.Resume, i.TakeCommand, i.StandDown, i.Cancel, i.Join, i.Helped,
    i.Clocks, i.ReviewRunbook, i.AdoptRunbook, i.AllowDrill,
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where something was said: a platform, and the address of the room there, if it was in one."""

    platform: str
    room: str | None = None


@dataclass(frozen=True)
class Scene:
    """All that an operation is handed beside its intent."""

    desk: Desk
    db: Db
    actor: Person
    place: Place
    roles: Mapping[str, str]
    names: Mapping[str, str]
    about: Incident | None = None
    asked_step: Step | None = None
    asked_move: Move | None = None
    asked_duty: Duty | None = None
    asked_notice: Row | None = None

    @property
    def work(self) -> Work:
        """The unit of work; only intents that change something have one."""
        if not isinstance(self.db, Work):
            raise TypeError("this intent was performed without a unit of work")
        return self.db

    @property
    def incident(self) -> Incident:
        """The incident that is meant."""
        if self.about is None:
            raise Refused("There is no open incident.", instead="/disaster declare starts one.")
        return self.about

    @property
    def step(self) -> Step:
        """The step that is meant."""
        if self.asked_step is None:
            raise Refused("That step does not exist.", instead="/disaster steps lists them.")
        return self.asked_step

    @property
    def duty(self) -> Duty:
        """What somebody is asked for between disasters."""
        if self.asked_duty is None:
            raise Refused("That is asked no more.", instead="/disaster readiness shows what is.")
        return self.asked_duty


async def enter(desk: Desk, db: Db, person: str, intent: i.Intent, place: Place) -> Scene:
    """Find the scene and let the asker in, or raise Refused."""
    actor, notice = await _asker(db, person, intent)
    if actor is None:
        raise Refused("I don't know you.", instead=f"Ask your administrator to add you, or call {desk.policy.hotline}.")
    if isinstance(intent, _DUTIES):
        duty = await duties.find(db, intent.duty)
        check(intent, Standing(person=actor, policy=desk.policy, roles={}, names={}, duty=duty))
        return Scene(desk=desk, db=db, actor=actor, place=place, roles={}, names={}, asked_duty=duty)
    move = await _move(db, intent)
    subject = move.person_id if move else getattr(intent, "person", None)
    if isinstance(intent, _SIMPLE) and subject in (None, person):
        able = await _declarers(desk, db) if isinstance(intent, i.Declare | i.Drill) and not actor.roles else ()
        check(intent, Standing(person=actor, policy=desk.policy, roles={}, names={}, able=able))
        return Scene(desk, db, actor, place, roles={}, names={}, asked_move=move, asked_notice=notice)
    return await _full(desk, db, actor, intent, place, move)


async def _asker(db: Db, person: str, intent: i.Intent) -> tuple[Person | None, Row | None]:
    """Return who asks, and their row of the message that they answer, if it is that which they want."""
    if isinstance(intent, i.Say) and intent.person in (None, person):
        return await notices.asked(db, intent.notice, person)
    return await people.find(db, person), None


async def _declarers(desk: Desk, db: Db) -> list[str]:
    """Return a few people whom somebody can ask to declare."""
    able = await people.in_role(db, desk.policy.may_declare)
    return [f"{p.name} ({p.phone})" if p.phone else p.name for p in able[:3]]


_SIMPLE = (
    i.Say,
    i.SetMove,
    i.TakeBack,
    i.Where,
    i.Help,
    i.Board,
    i.Declare,
    i.Drill,
    i.StartDrill,
    i.CallOffDrill,
    i.Drills,
    i.RealIncident,
    i.Injects,
    i.NextInject,
    i.HoldClock,
    i.Judge,
    i.EndDrill,
    i.KeepDrill,
    i.CloseAction,
    i.Readiness,
    i.Digest,
    i.Calendar,
    i.MyDuties,
    i.Vendors,
    i.EditVendor,
)
_DUTIES = (i.ShowDuty, i.AnswerDuty, i.EndDuty, i.GiveDuty, i.Attest, i.AttestLink)


async def _move(db: Db, intent: i.Intent) -> Move | None:
    if not isinstance(intent, i.SetMove | i.TakeBack):
        return None
    move = await moves.find(db, intent.move)
    if move is None:
        raise Refused("That move does not exist.", instead="/disaster where tells what you do now.")
    return move


async def _full(desk: Desk, db: Db, actor: Person, intent: i.Intent, place: Place, move: Move | None) -> Scene:
    step = await _step(db, intent)
    about = await incidents.get(db, move.incident_id) if move else await _incident(desk, db, actor, intent, step, place)
    if about is None and isinstance(intent, NEEDS_INCIDENT) and actor.kind is PersonKind.STAFF:
        raise await _none_open(db, intent)
    roles = await incidents.roles(db, about.id) if about else {}
    names = await people.named(db, roles.values())
    leads, for_self = await _speaks_for(db, actor, intent, move)
    check(intent, Standing(actor, desk.policy, roles, names, step, leads=leads, for_self=for_self))
    _must_be_open(intent, about, step)
    return Scene(desk, db, actor, place, roles, names, about=about, asked_step=step, asked_move=move)


async def _none_open(db: Db, intent: i.Intent) -> Refused:
    """Say that no incident is open, and how to look at the last one where it can be looked at."""
    last = await incidents.closed(db, 1) if isinstance(intent, _WHEN_OVER) else []
    typed = _TYPED.get(intent.kind, intent.kind)
    look = [f"/disaster {typed} {one.reference} shows the last one, which is over." for one in last]
    return Refused("There is no open incident.", instead=look[0] if look else "/disaster declare starts one.")


async def _step(db: Db, intent: i.Intent) -> Step | None:
    number = getattr(intent, "step", None)
    if number is not None:
        return await steps.find(db, number)
    plan = getattr(intent, "plan", None)
    row = await plans.find(db, plan) if plan is not None else None
    return await steps.find(db, row["step_id"]) if row and row["step_id"] else None


async def _incident(
    desk: Desk, db: Db, actor: Person, intent: i.Intent, step: Step | None, place: Place
) -> Incident | None:
    if step is not None:
        return await incidents.get(db, step.incident_id)
    if isinstance(intent, i.Say):
        notice = await notices.find(db, intent.notice)
        return await incidents.get(db, notice.incident_id) if notice else None
    if (plan := getattr(intent, "plan", None)) is not None:
        row = await plans.find(db, plan)
        return await incidents.get(db, row["incident_id"]) if row else None
    named = getattr(intent, "incident", None)
    if named is not None:
        found = await incidents.find(db, named)
        if found is None:
            raise Refused(f"There is no incident {named}.", instead="/disaster status lists the open ones.")
        return found
    return await _meant(desk, db, actor, intent, place)


_TYPED = {"step.add": "step add", "plan.again": "plan"}


async def _meant(desk: Desk, db: Db, actor: Person, intent: i.Intent, place: Place) -> Incident | None:
    """The incident of the room, else the one the asker has a role in, else the only open one."""
    here = await rooms.incident_at(db, place.platform, place.room) if place.room else None
    if here is not None:
        return await incidents.get(db, here)
    opened = await incidents.opened(db)
    mine = await incidents.held_by(db, actor.id, [o.id for o in opened]) if len(opened) > 1 else []
    chosen = [o for o in opened if o.id in mine] or opened
    if len(chosen) > 1 and isinstance(intent, NEEDS_INCIDENT):
        if not mine:  # whoever may not do it anyway is told that, not which incidents are open
            leads_some, _ = await _speaks_for(db, actor, intent, None)
            check(intent, Standing(person=actor, policy=desk.policy, roles={}, names={}, leads=leads_some))
        raise which(intent, _TYPED.get(intent.kind, intent.kind), await titled(db, chosen))
    return chosen[0] if len(chosen) == 1 else None


async def _speaks_for(db: Db, actor: Person, intent: i.Intent, move: Move | None) -> tuple[bool, bool]:
    """Return whether the asker leads the person spoken for, and whether that is themselves."""
    if isinstance(intent, i.CallList | i.Roll | i.Moves | i.Reach | i.TeamChannel):
        return bool(await people.teams_led_by(db, actor.id)), True
    other = move.person_id if move else getattr(intent, "person", None)
    if not isinstance(intent, i.Say | i.Helped | i.SetMove | i.TakeBack) or other is None or other == actor.id:
        return False, not isinstance(intent, i.Helped)
    return await leads(db, actor.id, other), False


async def about(db: Db, intent: i.Intent, place: Place) -> int | None:
    """Return the incident that a refused intent was about: the one it names, else that of the room."""
    step = await _step(db, intent)
    if step is not None:
        return step.incident_id
    named = getattr(intent, "incident", None)
    if named is not None:
        found = await incidents.find(db, named)
        return found.id if found else None
    here = await rooms.incident_at(db, place.platform, place.room) if place.room else None
    return await _of_its_row(db, intent) or here


async def _of_its_row(db: Db, intent: i.Intent) -> int | None:
    """The incident of the move, the message or the plan that an intent is about."""
    if isinstance(intent, i.SetMove | i.TakeBack):
        move = await moves.find(db, intent.move)
        return move.incident_id if move else None
    if isinstance(intent, i.Say):
        notice = await notices.find(db, intent.notice)
        return notice.incident_id if notice else None
    plan = getattr(intent, "plan", None)
    row = await plans.find(db, plan) if plan is not None else None
    return row["incident_id"] if row else None


async def leads(db: Db, lead: str, person: str) -> bool:
    """Whether somebody leads, or deputises for, another person's team."""
    other = await people.find(db, person)
    return other is not None and any(team.id == other.team for team in await people.teams_led_by(db, lead))


_CLOCKS = (i.Clocks, i.ShowRegime, i.DraftStage, i.DecideRegime, i.SetAnchor, i.SubmitStage)  # the law goes on
_WHEN_OVER = (i.Status, i.Steps, i.Roll, i.Moves, i.ShowStep, i.CallList, i.Helped, i.Say, *_CLOCKS)


def _must_be_open(intent: i.Intent, about: Incident | None, step: Step | None) -> None:
    """What is over can be looked at; only the steps that follow a stand-down can still be worked."""
    if about is None or about.open or isinstance(intent, _WHEN_OVER):
        return
    if step is not None and step.plan.phase is Phase.STAND_DOWN and about.state is IncidentState.STOOD_DOWN:
        return
    raise Refused(f"{about.reference} is over.", instead="Nothing of it can be changed any more.")
