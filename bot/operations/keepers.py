"""Who is asked: the owner by name, else who holds the role, else who keeps the plan; and which lead is told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.duty import Duty
from bot.domain.person import Person
from bot.domain.policy import Policy
from bot.operations.desk import Desk
from bot.storage import people, routes
from bot.storage.database import Db


@dataclass(frozen=True)
class Keepers:
    """Those who are here and can be reached, by role and by id; leads: each one's team lead."""

    policy: Policy
    holders: Mapping[str, Sequence[Person]]
    named: Mapping[str, Person]
    leads: Mapping[str, str]

    def whom(self, duty: Duty) -> tuple[str | None, bool]:
        """Return who is asked, and whether that is a gap: the owner has left, or nobody holds the role."""
        if duty.owner_id and duty.owner_id in self.named:
            return duty.owner_id, False
        if holders := self.holders.get(duty.role):  # the first is the owner, the next the deputy
            return holders[0].id, duty.owner_id is not None
        return self._first((*self.policy.readiness.manager, *self.policy.commander)), True

    def lead_of(self, person: str | None) -> str | None:
        """Return who is told of somebody's silence: their team lead, else whoever keeps the plan, else a commander."""
        lead = self.leads.get(person or "")
        if lead and lead != person:
            return lead
        return self._first((*self.policy.readiness.manager, *self.policy.commander), but=person)

    def _first(self, roles: Sequence[str], but: str | None = None) -> str | None:
        found = (p.id for role in roles for p in self.holders.get(role, ()) if p.id != but)
        return next(found, None)


async def keepers(desk: Desk, db: Db, owners: Sequence[str] = (), roles: Collection[str] = ()) -> Keepers:
    """Return who can be asked now: owners, the holders of these roles, and those who keep the plan or command."""
    wanted = [*dict.fromkeys((*roles, *desk.policy.readiness.manager, *desk.policy.commander))]
    staff = await people.in_role(db, wanted)
    named = {p.id: p for p in (*staff, *(await people.still_here(db, owners)))}
    reached = await routes.reachable(db, [*named], desk.chats)
    teams = await people.teams(db, {p.team for p in named.values() if p.team})
    return Keepers(
        policy=desk.policy,
        holders={role: [p for p in staff if role in p.roles and p.id in reached] for role in wanted},
        named={key: p for key, p in named.items() if key in reached},
        leads={key: teams[p.team].lead for key, p in named.items() if p.team in teams},
    )
