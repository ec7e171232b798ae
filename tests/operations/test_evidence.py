"""Evidence is taken at its word, in the form that the step asks for."""

from datetime import UTC, datetime

import pytest

from bot.domain.refusal import Refused
from bot.domain.runbook import EvidenceKind
from bot.operations.evidence import parse

NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def kept(kind, text):
    return parse(EvidenceKind(kind), text, "Europe/London", NOW)


@pytest.mark.parametrize(
    ("kind", "text", "as_kept"),
    [
        ("none", "", ""), ("none", "all went well", "all went well"), ("text", " zone 4 swept ", "zone 4 swept"), ("number", "42", "42"),
        ("number", "-3,5 %", "-3,5 %"), ("time", "9.05", "09:05 BST"), ("time", "14:05", "14:05 BST"), ("reference", "CAD 1042/26", "CAD 1042/26"),
        ("link", "https://files.example/report.pdf", "https://files.example/report.pdf"), ("link", r"\\files\dr\report 1.docx", r"\\files\dr\report 1.docx"),
        ("sign_off", "Ana Reyes, structure and fire", "Ana Reyes, structure and fire"), ("sign_off", "李娜", "李娜"),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_taken(kind, text, as_kept):
    assert kept(kind, text) == as_kept


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        ("text", "…", "a few words"), ("number", "many", "a number"), ("number", "1e9", "a number"), ("time", "25:00", "a time"), ("time", "noon", "a time"),
        ("reference", "—", "a reference"), ("reference", "x" * 201, "a reference"), ("link", "see the share", "a link"), ("link", "javascript:alert(1)", "a link"),
        ("link", "https://", "a link"), ("sign_off", "ok", "a sign-off"), ("sign_off", "Yes.", "a sign-off"), ("sign_off", "1234", "a sign-off"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_beside_the_field(kind, text, says):
    with pytest.raises(Refused, match=says) as no:
        kept(kind, text)
    assert no.value.fields == {"evidence": no.value.text}
