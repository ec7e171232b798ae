"""What proves an address, and who has too few that are proven."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import intent as i
from bot.domain.reach import Address, Group, Proof, Reached, grouped, short_of
from bot.domain.wording.reach import reach_card

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("platform", "answered", "sent", "lost", "proof"),
    [
        ("sms", 3, 5, None, Proof.ANSWERED),
        ("sms", None, 5, None, Proof.SENT),
        ("slack", None, 5, None, Proof.TAKEN),
        ("slack", 100, 95, None, Proof.OLD),
        ("email", 100, 5, None, Proof.SENT),
        ("email", None, None, None, Proof.NEVER),
        ("email", 3, 5, 1, Proof.BOUNCED),
        ("email", 1, 5, 3, Proof.ANSWERED),
        ("voice", None, None, 400, Proof.BOUNCED),
    ],
)
def test_what_proves_an_address(platform, answered, sent, lost, proof):
    times = (None if days is None else ago(days) for days in (answered, sent, lost))
    assert Address(platform, *times).proof(NOW, 90) is proof


def somebody(name: str, site: str, *proofs: Proof) -> Reached:
    return Reached(name, name, "agent", site, "", dict(zip(("slack", "email", "sms"), proofs, strict=False)))


ANA = somebody("Ana", "Leeds", Proof.TAKEN, Proof.SENT, Proof.ANSWERED)
BEN = somebody("Ben", "Leeds", Proof.TAKEN, Proof.SENT)
CLEO = somebody("Cleo", "York")


def test_those_with_none_come_first_and_every_group_adds_up():
    assert short_of([ANA, BEN, CLEO]) == [CLEO, BEN]
    assert grouped([ANA, BEN, CLEO], "site") == [Group("Leeds", 0, 1, 1), Group("York", 1, 0, 0)]
    assert sum(g.people for g in grouped([ANA, BEN, CLEO], "team")) == 3


def test_the_card_says_it_when_there_is_nobody_and_when_all_is_well():
    assert "Nobody is in the roster yet" in reach_card([], i.Reach(), 90, 0).title
    assert reach_card([ANA], i.Reach(), 90, 0).title == "Everybody has 2 proven ways or more"
    card = reach_card([ANA, BEN, CLEO], i.Reach(by="team"), 90, 3)
    assert card.title == "2 people with fewer than 2 proven ways"
    assert "no address at all" in card.plain()
    assert "3 texts came from numbers that nobody" in card.plain()
    many = [somebody(f"P{n:03}", "Leeds") for n in range(95)]
    labels = [[b.label for b in reach_card(many, i.Reach(page=page), 90, 0).buttons] for page in (0, 1, 2)]
    assert labels == [
        ["By team", "More names"],
        ["By team", "Previous names", "More names"],
        ["By team", "Previous names"],
    ]
