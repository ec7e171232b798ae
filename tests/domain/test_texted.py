"""What people text back, and how numbers are written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.notice import ANSWERS, Answer
from bot.domain.outreach import Contact, Route, address, wanted
from bot.domain.phone import e164
from bot.domain.runbook import Ask
from bot.domain.texted import answer_in, stops

SAFE, HELP, UNABLE, ACK = Answer.SAFE, Answer.HELP, Answer.UNABLE, Answer.ACK


@pytest.mark.parametrize(
    ("text", "ask", "means"),
    [
        ("1", Ask.MOVE, SAFE),
        (" 2. ", Ask.MOVE, HELP),
        ("3", Ask.MOVE, UNABLE),
        ("3", Ask.SAFETY, None),
        ("0", Ask.MOVE, None),
        ("12", Ask.MOVE, None),
        ("1 2", Ask.MOVE, HELP),
        ("1 3", Ask.MOVE, None),
        ("1 safe", Ask.MOVE, SAFE),
        ("I’m SAFE!!", Ask.SAFETY, SAFE),
        ("ok, on my way", Ask.MOVE, SAFE),
        ("not safe", Ask.SAFETY, None),
        ("I'm unsafe", Ask.SAFETY, None),
        ("HELP", Ask.SAFETY, HELP),
        ("need help", Ask.MOVE, HELP),
        ("I'm safe but my friend is trapped", Ask.MOVE, HELP),
        ("can't move, need help", Ask.MOVE, HELP),
        ("safe, no help needed", Ask.MOVE, None),
        ("I don't need help", Ask.MOVE, None),
        ("can’t", Ask.MOVE, UNABLE),
        ("I cannot come in", Ask.MOVE, UNABLE),
        ("there at 2:30", Ask.MOVE, None),
        ("where do I go?", Ask.MOVE, None),
        ("got it, thanks", Ask.ACK, ACK),
        ("1", Ask.ACK, ACK),
        ("", Ask.MOVE, None),
        ("1", Ask.NOTHING, None),
    ],
)
def test_a_text_means_one_answer_or_none(text, ask, means):
    assert answer_in(text, ask) is means


@settings(max_examples=20)
@given(st.text(max_size=60), st.sampled_from(list(Ask)))
def test_whatever_is_texted_means_nothing_but_what_was_asked(text, ask):
    assert answer_in(text, ask) in (None, *ANSWERS[ask])


def test_stop_is_the_carriers_word():
    assert stops("Stop.")
    assert not stops("stop the fire")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+44 (0)113 496 0123", "+441134960123"),
        ("07700 900123", "+447700900123"),
        ("00 44 7700 900123", "+447700900123"),
        ("+1 (212) 555-0123", "+12125550123"),
        ("12", None),
        ("", None),
        ("call me", None),
    ],
)
def test_numbers_are_compared_in_one_form(written, number):
    assert e164(written, "GB") == number


def test_each_way_uses_what_it_can_and_nobody_shares_an_address():
    ana = Contact("A1", "agent", "ana@example.org", "+44 7700 900123")
    ben = Contact("A2", "agent", "", "+44 113 496 0123")
    cleo = Contact("A3", "outside", "ANA@example.org", "07700 900 123")
    assert (address(Route.SMS, ben, "GB"), address(Route.VOICE, ben, "GB")) == (None, "+441134960123")
    assert address(Route.EMAIL, ben, "GB") is None
    assert wanted(Route.EMAIL, [ana, ben, cleo], "GB") == {}
    assert wanted(Route.SMS, [ana, ben, cleo], "") == {"A1": ("+447700900123", "agent")}
    assert wanted(Route.VOICE, [ana, ben, cleo], "GB") == {"A2": ("+441134960123", "agent")}
