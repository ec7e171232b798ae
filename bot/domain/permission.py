"""Who may do what. One table; the one door asks it before anything is done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain import intent as i
from bot.domain.card import Frozen
from bot.domain.duty import Duty
from bot.domain.person import Person, PersonKind
from bot.domain.policy import Policy
from bot.domain.readiness import Kind
from bot.domain.refusal import Refused, Why
from bot.domain.step import Step
from bot.domain.text import listed
from bot.domain.vendor import key_of


class Rule(StrEnum):
    """What somebody must be to do a thing."""

    ANYONE = "anyone"
    STAFF = "staff"
    DECLARER = "declarer"
    RESPONDER = "responder"
    COMMAND = "command"
    VOICE = "voice"
    STEP = "step"
    REGULATOR = "regulator"
    LEAD = "lead"
    LEADING = "leading"
    KEEPER = "keeper"
    VENDORS = "vendors"
    ATTESTS = "attests"


RULES: Mapping[type[Frozen], Rule] = {
    i.Help: Rule.ANYONE,
    i.Where: Rule.ANYONE,
    i.MoreRows: Rule.ANYONE,  # what it shows more of has its own
    i.Say: Rule.LEAD,
    i.WhereDoIGo: Rule.ANYONE,
    i.SetMove: Rule.LEAD,
    i.TakeBack: Rule.LEAD,
    i.Status: Rule.STAFF,
    i.Steps: Rule.STAFF,
    i.Roll: Rule.LEADING,
    i.Moves: Rule.LEADING,
    i.Board: Rule.STAFF,
    i.CallList: Rule.LEADING,
    i.Reach: Rule.LEADING,
    i.TeamChannel: Rule.LEADING,
    i.Join: Rule.STAFF,
    i.ShowStep: Rule.STAFF,
    i.Declare: Rule.DECLARER,
    i.Drill: Rule.DECLARER,
    i.StartDrill: Rule.DECLARER,
    i.CallOffDrill: Rule.DECLARER,
    i.AllowDrill: Rule.COMMAND,
    i.Drills: Rule.STAFF,
    i.RealIncident: Rule.ANYONE,
    i.Injects: Rule.STAFF,
    i.NextInject: Rule.STAFF,
    i.HoldClock: Rule.STAFF,
    i.Judge: Rule.STAFF,
    i.EndDrill: Rule.STAFF,
    i.KeepDrill: Rule.STAFF,
    i.CloseAction: Rule.STAFF,
    i.Update: Rule.RESPONDER,
    i.AddStep: Rule.RESPONDER,
    i.Preview: Rule.RESPONDER,
    i.AssignRole: Rule.COMMAND,
    i.Recover: Rule.COMMAND,
    i.Resume: Rule.COMMAND,
    i.TakeCommand: Rule.DECLARER,
    i.StandDown: Rule.COMMAND,
    i.Cancel: Rule.COMMAND,
    i.ReviewRunbook: Rule.RESPONDER,
    i.AdoptRunbook: Rule.COMMAND,
    i.Sitrep: Rule.VOICE,
    i.HoldSitrep: Rule.VOICE,
    i.StartStep: Rule.STEP,
    i.FinishStep: Rule.STEP,
    i.SkipStep: Rule.STEP,
    i.AssignStep: Rule.STEP,
    i.Decide: Rule.STEP,
    i.Reword: Rule.STEP,
    i.SendStep: Rule.STEP,
    i.PlanAgain: Rule.STEP,
    i.ApprovePlan: Rule.STEP,
    i.TellWave: Rule.STEP,
    i.PlanReasons: Rule.STAFF,
    i.ChangePlan: Rule.STEP,
    i.WishFor: Rule.STEP,
    i.UndoWish: Rule.STEP,
    i.PaceWaves: Rule.STEP,
    i.PlanReturn: Rule.STEP,
    i.Reroute: Rule.STEP,
    i.Helped: Rule.LEAD,
    i.Clocks: Rule.RESPONDER,
    i.ShowRegime: Rule.RESPONDER,
    i.DraftStage: Rule.RESPONDER,
    i.DecideRegime: Rule.REGULATOR,
    i.SetAnchor: Rule.REGULATOR,
    i.SubmitStage: Rule.REGULATOR,
    i.Readiness: Rule.STAFF,
    i.Digest: Rule.STAFF,
    i.Calendar: Rule.STAFF,
    i.MyDuties: Rule.STAFF,
    i.ShowDuty: Rule.STAFF,
    i.AnswerDuty: Rule.KEEPER,
    i.EndDuty: Rule.KEEPER,
    i.GiveDuty: Rule.KEEPER,
    i.Attest: Rule.ATTESTS,
    i.AttestLink: Rule.KEEPER,
    i.Vendors: Rule.STAFF,
    i.EditVendor: Rule.VENDORS,
}


@dataclass(frozen=True)
class Standing:
    """Who asks, and what they are in the incident at hand.

    roles: person id by role; names: of role holders by person id; leads: the one spoken for is in a team they lead;
    for_self: they speak for themselves; able: names of people who could declare; duty: what they are asked for.
    """

    person: Person
    policy: Policy
    roles: Mapping[str, str]
    names: Mapping[str, str]
    step: Step | None = None
    leads: bool = False
    for_self: bool = True
    able: Sequence[str] = ()
    duty: Duty | None = None

    def holds(self, *roles: str) -> bool:
        """Whether they hold one of these roles in the incident."""
        return any(self.roles.get(role) == self.person.id for role in roles)

    @property
    def commands(self) -> bool:
        """Whether they are the commander or the deputy."""
        return self.holds(*self.policy.commander)


def check(intent: Frozen, standing: Standing) -> None:
    """Let it pass, or raise Refused saying who can."""
    rule = RULES[type(intent)]
    if standing.step is not None and not sees(standing.step, standing):
        raise Refused("That step is restricted.", instead="Its owner and the commanders see it.", why=Why.FORBIDDEN)
    if not _ALLOWED[rule](standing):
        raise Refused(_no(rule, standing), instead=_instead(standing), why=Why.FORBIDDEN)


def allowed(intent: Frozen, standing: Standing) -> bool:
    """Whether it would pass: nobody is offered a button on their own card that is refused when they press it."""
    return _ALLOWED[RULES[type(intent)]](standing)


_ALLOWED: Mapping[Rule, Callable[[Standing], bool]] = {
    Rule.ANYONE: lambda _: True,
    Rule.STAFF: lambda who: who.person.kind is PersonKind.STAFF,
    Rule.DECLARER: lambda who: bool(set(who.person.roles) & set(who.policy.may_declare)),
    Rule.LEADING: lambda who: who.leads or who.person.kind is PersonKind.STAFF,
    Rule.RESPONDER: lambda who: who.holds(*who.roles),
    Rule.COMMAND: lambda who: who.commands,
    Rule.VOICE: lambda who: who.commands or who.holds("PIO") or (who.step is not None and _owns(who)),
    Rule.STEP: lambda who: who.commands or _owns(who),
    Rule.VENDORS: lambda who: bool(set(who.person.roles) & {"VM", *who.policy.readiness.manager}),
    Rule.ATTESTS: lambda who: who.duty is not None and (keeps(who.person, who.duty, who.policy) or _speaks(who)),
    Rule.KEEPER: lambda who: who.duty is not None and keeps(who.person, who.duty, who.policy),
    Rule.REGULATOR: lambda who: who.commands or who.holds("REG"),
    Rule.LEAD: lambda who: who.for_self or who.leads or who.commands or who.holds("SO", "OPS", "PLAN"),
}


def keeps(person: Person, duty: Duty, policy: Policy) -> bool:
    """Whether a duty is somebody's to answer: given to or asked of them, their role's, or theirs who keep the plan."""
    named = person.id in (duty.owner_id, duty.asked_id)
    return named or bool(set(person.roles) & {duty.role, *policy.readiness.manager})


def audits(person: Person, policy: Policy) -> bool:
    """Whether somebody may take the evidence for an auditor away."""
    return bool(set(person.roles) & {*policy.readiness.auditors, *policy.readiness.manager})


def _speaks(who: Standing) -> bool:
    """Whether somebody outside speaks for the vendor whose attestation it is."""
    duty, theirs = who.duty, key_of(who.person.organisation or who.person.name)
    return duty is not None and duty.kind is Kind.ATTESTATION and who.person.outside and duty.subject == theirs


def sees(step: Step, who: Standing) -> bool:
    """Whether somebody may see a step: of a restricted one the commanders, its owner and whom it was given to."""
    return not step.plan.restricted or who.commands or who.person.id in few(step, who.roles, ())


def few(step: Step, roles: Mapping[str, str], commanders: Sequence[str]) -> list[str]:
    """Return who sees a restricted step, each once: whom it was given to or else its owner, and these commanders."""
    held = [roles[role] for role in (step.plan.owner, *step.plan.fallback) if role in roles]
    owner = [step.assignee] if step.assignee else held[:1]
    return list(dict.fromkeys([*owner, *(roles[role] for role in commanders if role in roles)]))


def _owns(who: Standing) -> bool:
    step = who.step
    if step is None:
        return who.holds("PLAN")
    return who.person.id == step.assignee or who.holds(step.plan.owner, *step.plan.fallback)


_BESIDE: Mapping[Rule, tuple[str, ...]] = {Rule.COMMAND: (), Rule.VOICE: ("PIO",), Rule.REGULATOR: ("REG",)}


def _no(rule: Rule, who: Standing) -> str:
    match rule:
        case Rule.DECLARER:
            may = listed([who.policy.role_name(role) for role in who.policy.may_declare], "or")
            ask = f" Ask {listed(who.able, 'or')}." if who.able else ""
            return f"You can't declare a disaster. It takes one of these roles: {may}.{ask}"
        case Rule.STEP if who.step is not None:
            roles = (who.step.plan.owner, *who.step.plan.fallback, *who.policy.commander)
            return f"This step belongs to {_holders(who, roles)}."
        case Rule.STEP:
            return f"This is for {_holders(who, ('PLAN', *who.policy.commander))}."
        case Rule.COMMAND | Rule.VOICE | Rule.REGULATOR:
            return f"This is for {_holders(who, (*_BESIDE[rule], *who.policy.commander))}."
        case Rule.KEEPER | Rule.ATTESTS | Rule.VENDORS:
            named = dict.fromkeys((who.duty.role if who.duty else "VM", *who.policy.readiness.manager))
            return f"This is for {listed([f'the {who.policy.role_name(r)}' for r in named], 'or')}."
        case Rule.LEAD:
            others = _holders(who, ("SO", "OPS", "PLAN", *who.policy.commander))
            return f"Only their team lead, or {others}, can answer for somebody."
        case Rule.RESPONDER:
            return f"This is for people with a role in the incident. Ask {_holders(who, who.policy.commander)} for one."
        case _:
            return "This is for responders and leaders."


def _holders(who: Standing, roles: tuple[str, ...]) -> str:
    """Return "the safety officer (Ana Reyes) or the commander (nobody yet)"."""
    words = [f"the {who.policy.role_name(role)}{_by_name(who, role)}" for role in dict.fromkeys(roles)]
    return listed(words, "or")


def _by_name(who: Standing, role: str) -> str:
    person = who.roles.get(role)
    return f" ({who.names.get(person, person)})" if person else ""


def _instead(who: Standing) -> str:
    if who.person.kind is PersonKind.AGENT:
        return f"For yourself type /disaster where. If you saw something dangerous, call {who.policy.hotline}."
    return f"If it can't wait, call {who.policy.hotline}."
