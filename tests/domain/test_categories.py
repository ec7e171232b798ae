"""What people type for a category: its name, everyday words, several words, words that may mean several things."""

import pytest

from bot.domain import intent as i
from bot.domain.command import Vocabulary, parse
from bot.domain.refusal import Refused
from bot.domain.runbook import Category
from bot.domain.wording import forms
from bot.domain.wording.categories import HELP, MEANINGS, SPOKEN
from tests.world import library

PLACES = Vocabulary(
    {"leeds": ("sites", "leeds"), "bradford recovery site": ("sites", "bradford"), "acd": ("systems", "acd")}
)


def declared(line: str) -> i.Declare:
    intent = parse(f"/disaster declare {line}", PLACES)
    assert isinstance(intent, i.Declare)
    return intent


def test_every_category_has_its_line_and_its_words() -> None:
    assert set(HELP) == set(SPOKEN) == set(Category)
    assert all(c in MEANINGS[c.value] for c in Category)


@pytest.mark.parametrize(
    ("line", "category"),
    [
        ("fire leeds", "facility_loss"),
        ("a Flood in the building at leeds", "facility_loss"),
        ("facility loss leeds", "facility_loss"),
        ("power cut leeds", "utility_loss"),
        ("POWER OUTAGE leeds", "utility_loss"),
        ("hack leeds", "security_breach"),
        ("ransomware leeds", "security_breach"),
        ("strike leeds", "workforce_loss"),
        ("train strike leeds", "access_denied"),
        ("pandemic leeds", "workforce_loss"),
        ("outage internet leeds", "network_failure"),
        ("security_breach leeds", "security_breach"),
    ],
)
def test_everyday_words_mean_a_category(line: str, category: str) -> None:
    assert declared(f'{line} sev1 "x"').category == category
    assert declared(f'{line} sev1 "x"').sites == ("leeds",)


def test_a_place_of_several_words_and_one_that_sounds_like_a_category_stay_places() -> None:
    assert declared('fire Bradford Recovery Site sev1 "x"').sites == ("bradford",)
    assert declared('outage acd sev1 "x"').systems == ("acd",)


def test_a_word_that_may_mean_several_things_opens_the_form_with_those_first() -> None:
    want = declared('outage leeds sev2 "calls drop"')
    assert want.category is None
    assert want.maybe == ("utility_loss", "application_failure", "network_failure", "vendor_failure")
    card = forms.declare(want, {b.category: b.title for b in library()}, [], [], [])
    assert card.form
    options = next(f for f in card.form.fields if f.name == "category").options
    assert [o.value for o in options][:4] == list(want.maybe)
    assert len(options) == len(Category)
    assert "Did you mean “Loss of power, water or air”" in card.text[1]
    assert "ransomware" in next(o.words for o in options if o.value == "security_breach")


def test_words_that_do_not_go_together_are_asked_about() -> None:
    assert declared('fire ransomware leeds sev1 "x"').maybe == ("facility_loss", "security_breach")


def test_a_word_nearly_right_is_answered_with_the_right_one() -> None:
    with pytest.raises(Refused) as no:
        declared('ransomwear leeds sev1 "x"')
    assert 'Did you mean "ransomware"?' in no.value.instead
