"""A question that is asked again is live in one copy, the newest."""

from datetime import UTC, datetime

import pytest

from bot.domain.facts import PersonFacts
from bot.domain.notice import Answer, Notice, NoticeState, RecipientState, outdated
from bot.domain.person import Audience
from bot.domain.runbook import Ask
from bot.domain.wording.notices import Reading, standing

ASKED = Notice(
    id=1, incident_id=1, number=1, step_id=None, audience=Audience.AGENTS, subject="Are you safe?", text="Hello",
    ask=Ask.SAFETY, drill=False, state=NoticeState.LIVE, sent_by="S001", sent_at=datetime(2026, 11, 2, tzinfo=UTC), size=1,
)  # fmt: skip


@pytest.mark.parametrize(
    ("state", "ask", "expected"),
    [
        (RecipientState.WAITING, Ask.SAFETY, False),
        (RecipientState.UNREACHABLE, Ask.MOVE, False),
        (RecipientState.TOLD, Ask.ACK, True),
        (RecipientState.ANSWERED, Ask.SAFETY, True),
        (RecipientState.PROXIED, Ask.MOVE, True),
        (RecipientState.ANSWERED, Ask.ACK, False),
    ],
)
def test_a_newer_question_puts_out_of_date_what_was_freed_or_could_be_answered_otherwise(state, ask, expected):
    assert outdated(state, ask) is expected


def test_an_old_copy_says_what_was_answered_and_has_no_buttons():
    answered = Reading(person=PersonFacts(), answer=Answer.SAFE, state=RecipientState.ANSWERED)
    lines, buttons = standing(ASKED, answered)
    assert lines == ("Answered: I'm safe. You can change it.",)
    assert [b.label for b in buttons] == ["I'm safe", "Need help"]
    replaced = Reading(**{**vars(answered), "replaced_by": 4})
    assert standing(ASKED, replaced) == (
        ("Answered: I'm safe. This message is out of date: message 4 replaces it.",),
        (),
    )
    copied = Reading(**{**vars(answered), "sent_again": True})
    assert standing(ASKED, copied)[1] == ()
