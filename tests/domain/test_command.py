"""What people type: every line is an intent or a refusal in words, whatever it holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import intent as i
from bot.domain.command import EXAMPLE, MAX_TYPED, VERBS, Vocabulary, offered, parse, split
from bot.domain.refusal import Refused

WORDS = Vocabulary(
    places={"leeds": ("sites", "leeds"), "card payments": ("queues", "payments"), "acd": ("systems", "acd")}
)
PIECES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        (
            *VERBS,
            "declare",
            "facility_loss",
            "leeds",
            "sev1",
            "sev-2",
            "SEV9",
            "drill",
            '"',
            "“",
            "”",
            "INC-2026-0001",
            "/disaster",
        )
    ),
)


@given(st.lists(PIECES, max_size=8).map(" ".join))
def test_any_line_is_an_intent_or_a_refusal(line):
    try:
        found = parse(line, WORDS)
    except Refused as no:
        assert no.text
        assert len(no.text) + len(no.instead) < 800
    else:
        assert i.decode(i.encode(found)) == found


@given(st.text())
def test_words_are_never_empty(line):
    assert all(word.text for word in split(line))


@pytest.mark.parametrize(
    ("line", "intent"),
    [
        ("", i.Help()),
        ("/disaster", i.Help()),
        ("HELP", i.Help()),
        ("/disaster status inc-2026-0007", i.Status(incident="INC-2026-0007")),
        ("standdown", i.StandDown()),
        ("/disaster stand-down INC-2026-0001", i.StandDown(incident="INC-2026-0001")),
        ("update INC-2026-0001 “all quiet”", i.Update(incident="INC-2026-0001", text="all quiet")),
        ("role pio @Ana Reyes", i.AssignRole(role="PIO", person="Ana Reyes")),
        ("step add fetch the medicine", i.AddStep(title="fetch the medicine")),
        ("declare facility_loss LEEDS acd sev-2 exercise “smoke, no fire”",
         i.Declare(category="facility_loss", severity=2, sites=("leeds",), systems=("acd",), known="smoke, no fire", drill=True)),
        (EXAMPLE, i.Declare(category="facility_loss", severity=1, sites=("leeds",), known="fire on floor 2")),
    ],
)  # fmt: skip
def test_a_line_means(line, intent):
    assert parse(line, WORDS) == intent


FLOOD = "There is a flood at Leeds."


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f'declare "{FLOOD}"', i.Declare(category="facility_loss", sites=("leeds",), known=FLOOD, ask=True)),
        ('declare sev1 leeds "smoke, a fire"',
         i.Declare(category="facility_loss", severity=1, sites=("leeds",), known="smoke, a fire", ask=True)),
        ('declare facility_loss sev1 "fire at leeds"',
         i.Declare(category="facility_loss", severity=1, sites=("leeds",), known="fire at leeds", ask=True)),
        ('declare "nobody knows"', i.Declare(known="nobody knows")),
    ],
)  # fmt: skip
def test_what_a_sentence_says_fills_the_form_and_declares_nothing(line, expected):
    assert parse(line, WORDS) == expected


def test_words_of_a_disaster_without_the_verb_offer_the_form():
    assert offered("/disaster fire in leeds", WORDS) == i.Declare(category="facility_loss", sites=("leeds",), ask=True)
    assert offered(FLOOD, WORDS) == i.Declare(category="facility_loss", sites=("leeds",), known=FLOOD, ask=True)
    assert offered("good morning leeds", WORDS) is None
    assert offered("declare facility_loss leds", WORDS) is None, "a misspelt word is named instead"


def test_a_line_that_is_too_long_says_how_long_it_may_be():
    with pytest.raises(Refused, match=f"at most {MAX_TYPED:,}"):
        parse("update " + "x" * MAX_TYPED, WORDS)


@pytest.mark.parametrize(("line", "nearest"), [("stats", "status"), ("declair", "declare"), ("standown", "stand-down")])
def test_a_misspelt_verb_gets_the_nearest(line, nearest):
    with pytest.raises(Refused) as no:
        parse(line, WORDS)
    assert f"/disaster {nearest}" in no.value.instead


def test_every_word_that_nobody_knows_is_named_and_the_form_holds_what_was_understood():
    with pytest.raises(Refused) as no:
        parse('declare facilty_loss leedz sev1 qqq "fire on floor 2"', WORDS)
    assert no.value.text == 'I don\'t know "facilty_loss", "leedz" and "qqq".'
    assert 'Did you mean "facility_loss" for "facilty_loss" and "leeds" for "leedz"?' in no.value.instead
    (offer,) = no.value.offer
    assert i.decode(offer.intent) == i.Declare(
        category="facility_loss", severity=1, sites=("leeds",), known="fire on floor 2", ask=True
    )


def test_a_severity_that_is_none_is_said_beside_what_is_misspelt_and_never_guessed():
    with pytest.raises(Refused) as no:
        parse("declare facility_loss leeds sev7 quik", WORDS)
    assert 'I don\'t know "quik". There is no severity 7: it is sev1 (worst), sev2 or sev3.' in no.value.text
    assert i.decode(no.value.offer[0].intent) == i.Declare(category="facility_loss", sites=("leeds",), ask=True)


def test_a_misspelt_drill_offers_its_form():
    with pytest.raises(Refused) as no:
        parse('drill rol-call leedz unanounced "smoke"', WORDS)
    assert 'I don\'t know "rol-call", "leedz" and "unanounced".' in no.value.text
    meant = i.decode(no.value.offer[0].intent)
    assert (meant.what, meant.sites, meant.announced, meant.story, meant.ask) == (
        "roll_call",
        ("leeds",),
        False,
        "smoke",
        True,
    )
