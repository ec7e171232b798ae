"""What Apprise's own words mean for a message. It says only yes or no; what its log does not settle is unknown.

The log holds people's addresses, so it is read here and never kept: what is returned are our own words.
"""

import re
from collections.abc import Iterable, Mapping

from bot.domain.delivery import Gone, Outcome, Sent

_ERROR = re.compile(r"\berror=(\d{3,5})\b")  # of a service over HTTP: its status, or its own code
_SMTP = re.compile(r"\((\d{3}), ")
_NEVER_LEFT = (
    "Connection refused", "NewConnectionError", "Failed to resolve", "NameResolutionError", "ConnectTimeout",
    "No route to host", "Network is unreachable", "CERTIFICATE_VERIFY_FAILED",
)  # fmt: skip
_TROUBLE = frozenset({"WARNING", "ERROR", "CRITICAL"})
_NO_TARGET = ("no valid", "no Email recipients", "There are no ")
_CODES: Mapping[int, Gone] = {  # of Twilio, whose codes others use too
    21211: Gone.NO_ADDRESS, 21214: Gone.NO_ADDRESS, 21217: Gone.NO_ADDRESS, 21612: Gone.NO_ADDRESS,
    21614: Gone.NO_ADDRESS, 21610: Gone.BLOCKED, 21408: Gone.NOT_ALLOWED, 13224: Gone.NO_ADDRESS,
}  # fmt: skip
_CREDENTIALS = frozenset({401, 403, 407, 20003, 20005})
_TOO_MANY = frozenset({429, 20429, 14107, 30022})
_AGAIN, _LATER, _PATIENT = 10.0, 30.0, 60.0


def outcome(delivery: int, log: Iterable[tuple[str, str]]) -> Sent:
    """Return what became of a message that Apprise did not call sent, from what it wrote meanwhile: level and words.

    Beside warnings only what the line itself said counts: other lines hold what people wrote.
    """
    words = "\n".join(said for level, said in log if level in _TROUBLE or said.startswith("Socket Exception: "))
    for reads in (_mail, _service, _line):
        if (found := reads(delivery, words)) is not None:
            return found
    if any(mark in words for mark in _NO_TARGET):
        return _gone(delivery, Gone.NO_ADDRESS, "no address")
    return Sent(delivery_id=delivery, outcome=Outcome.UNKNOWN, error="no answer")


def unsure(delivery: int, why: str) -> Sent:
    """Return that nobody can say."""
    return Sent(delivery_id=delivery, outcome=Outcome.UNKNOWN, error=why)


def busy(delivery: int) -> Sent:
    """Return that all our hands were full: it was not tried, and waits."""
    return _held(delivery, "busy", 5.0, whole_lane=False)


def _mail(delivery: int, words: str) -> Sent | None:
    if "Connection error while submitting email" in words:  # before anything was handed over
        refused = _SMTP.search(words)
        return _held(delivery, f"SMTP {refused[1]}" if refused else "unreachable", _PATIENT if refused else _AGAIN)
    code = _SMTP.search(words) if "Sending email to" in words else None
    if code is None:
        return None
    said = f"SMTP {code[1]}"
    if code[1] == "421":
        return _held(delivery, said, _LATER)
    if code[1].startswith("4"):
        return _held(delivery, said, _PATIENT, whole_lane=False)
    of_address = "{'" in words and code[1] in ("550", "551", "553", "511", "521", "556")
    return _gone(delivery, Gone.NO_ADDRESS if of_address else Gone.REFUSED, said)


def _service(delivery: int, words: str) -> Sent | None:
    found = _ERROR.search(words)
    if found is None:
        return None
    code, said = int(found[1]), f"error {found[1]}"
    if code in _TOO_MANY:
        return _held(delivery, "429", _LATER, limited=True)
    if code in _CREDENTIALS:
        return _held(delivery, said, _PATIENT)
    if code == 503:
        return _held(delivery, said, _AGAIN)
    if code < 400 or 500 <= code < 600:
        return unsure(delivery, said)
    return _gone(delivery, _CODES.get(code, Gone.REFUSED), said)


def _line(delivery: int, words: str) -> Sent | None:
    if any(mark in words for mark in _NEVER_LEFT):
        return _held(delivery, "unreachable", _AGAIN)
    return None


def _held(delivery: int, why: str, after: float, *, whole_lane: bool = True, limited: bool = False) -> Sent:
    later = {"retry_after": after, "whole_lane": whole_lane, "limited": limited}
    return Sent(delivery_id=delivery, outcome=Outcome.HELD, error=why, **later)


def _gone(delivery: int, reason: Gone, why: str) -> Sent:
    return Sent(delivery_id=delivery, outcome=Outcome.GONE, reason=reason, error=why)
