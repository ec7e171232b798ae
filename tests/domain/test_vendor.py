"""Vendors: one id however the name is spelt, and no more seats counted on than were attested."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.place import Site, SiteKind
from bot.domain.readiness import Scope
from bot.domain.vendor import Vendor, as_attested, key_of, listed, offers
from bot.domain.wording.vendors import offered
from tests.world import roster

TODAY = date(2026, 11, 22)
KESTREL = tuple(p for p in roster().people if p.audience == "outsourcers")
SITES = {
    "kestrel": Site(id="kestrel", name="Kestrel", kind=SiteKind.OUTSOURCER, tz="Europe/Lisbon", seats=60),
    "leeds": Site(id="leeds", name="Leeds", kind=SiteKind.SITE, tz="Europe/London", seats=500),
}


def kestrel(**said) -> Vendor:
    return Vendor(
        id="kestrel-atendimento", name="Kestrel Atendimento", scope=Scope.OUTSOURCER, contacts=KESTREL, **said
    )


def offer(**said):
    return offers(SITES, [kestrel(**said)], {"billing", "cards"}, TODAY)


def seats(**said) -> int:
    return as_attested(SITES, offer(**said))["kestrel"].seats


def test_an_id_is_made_of_the_name():
    assert key_of("Kestrel  Atendimento, S.A.") == "kestrel-atendimento-s-a"
    assert key_of("株式会社") == "vendor"


def test_a_plan_counts_on_no_more_seats_than_were_attested():
    assert seats() == 60, "nothing was attested: the roster stands"
    assert seats(seats=40) == 40
    assert seats(seats=90) == 60, "never more than the roster has"
    assert seats(seats=40, expires_on=date(2026, 11, 21)) == 40, "what has expired never raises the number"
    assert as_attested(SITES, offer(seats=0))["leeds"].seats == 500
    assert offers(SITES, [kestrel(seats=1).evolve(scope=Scope.VENDOR)], set(), TODAY) == {}


@given(st.integers(0, 90), st.integers(0, 90), st.integers(-400, 400))
def test_fewer_seats_or_older_evidence_never_give_more(said, less, days):
    until = TODAY + timedelta(days=days)
    assert seats(seats=max(said - less, 0), expires_on=until) <= seats(seats=said, expires_on=until) <= 60
    assert seats(seats=said, expires_on=until - timedelta(days=less)) <= seats(seats=said, expires_on=until)


def test_who_attested_and_when_is_said_and_what_is_old_is_to_be_confirmed():
    said = {
        "seats": 40,
        "skills": ("billing", "french"),
        "attested_by": "Rui Prata",
        "attested_at": datetime(2026, 3, 1, tzinfo=UTC),
    }
    fresh, old, never = (
        offer(**said)["kestrel"],
        offer(**said, expires_on=date(2026, 11, 21))["kestrel"],
        offer()["kestrel"],
    )
    assert offered(fresh) == "40 seats attested by Rui Prata on 1 Mar 2026, for billing"
    assert offered(old).endswith("expired on 21 Nov 2026: confirm seats and skills with them before anybody is told")
    assert offered(never).startswith("nobody there has attested any seats: confirm")
    assert (fresh.sure, old.sure, never.sure) == (True, False, False)


def test_the_contact_is_the_one_who_must_answer():
    assert kestrel().contact.id == "out-kestrel"
    assert len(listed(kestrel(rto_min=240, skills=("billing", "de")))) == 14
