"""Vendors: one id however the name is spelt, and no more seats counted on than were attested."""

from datetime import date

from bot.domain.place import Site, SiteKind
from bot.domain.readiness import Scope
from bot.domain.vendor import Vendor, as_attested, key_of, listed
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


def seats(**said) -> int:
    return as_attested(SITES, [kestrel(**said)], TODAY)["kestrel"].seats


def test_an_id_is_made_of_the_name():
    assert key_of("Kestrel  Atendimento, S.A.") == "kestrel-atendimento-s-a"
    assert key_of("株式会社") == "vendor"


def test_a_plan_counts_on_no_more_seats_than_were_attested():
    assert seats() == 60, "nothing was attested: the roster stands"
    assert seats(seats=40) == 40
    assert seats(seats=90) == 60, "never more than the roster has"
    assert seats(seats=40, expires_on=date(2026, 11, 21)) == 60, "what has expired says nothing"
    assert as_attested(SITES, [kestrel(seats=0)], TODAY)["leeds"].seats == 500


def test_the_contact_is_the_one_who_must_answer():
    assert kestrel().contact.id == "out-kestrel"
    assert len(listed(kestrel(rto_min=240, skills=("billing", "de")))) == 14
