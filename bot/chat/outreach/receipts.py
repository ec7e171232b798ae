"""Receipts: what a mail or SMS service says later of what it had taken; and the mail in which a mailbox refuses one."""

import json
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from bot.domain.delivery import Gone
from bot.domain.text import clean, clip

TO = ("to", "To", "recipient", "email", "Email")
_STATUS = ("status", "event", "MessageStatus", "Type")
_KEY = ("id", "MessageSid", "MessageID", "sg_event_id")
_MOST = 500  # in one request
_GONE = {
    **dict.fromkeys(("undelivered", "failed", "rejected", "expired"), Gone.NO_ADDRESS),
    **dict.fromkeys(("bounce", "bounced", "hardbounce", "permanent_fail", "dropped"), Gone.NO_ADDRESS),
    **dict.fromkeys(("complained", "complaint", "spamreport", "spamcomplaint", "unsubscribed"), Gone.BLOCKED),
}
_TEMPORARY = frozenset({"temporary", "transient", "soft", "softbounce"})  # it is tried again by the service itself


class Receipt(NamedTuple):
    """What became of a message: to which address, the service's own id of this news, and why it did not arrive."""

    address: str
    key: str
    word: str
    gone: Gone


def given(body: bytes, kind: str) -> list[Mapping[str, Any]] | None:
    """Return what a service posted, one mapping for each piece of news; None for what makes no sense."""
    try:
        said: Any = json.loads(body) if "json" in kind else dict(parse_qsl(body.decode(), keep_blank_values=True))
    except (ValueError, RecursionError):
        return None
    pieces = said if isinstance(said, list) else [said]
    found = [piece.get("event-data", piece) for piece in pieces[:_MOST] if isinstance(piece, Mapping)]
    return [piece for piece in found if isinstance(piece, Mapping)] or None


def in_news(news: Mapping[str, Any]) -> Receipt | None:
    """Return what one piece of news says of a message that did not arrive; None where it says nothing of the kind."""
    address, word, key = first(news, TO), first(news, _STATUS).lower(), first(news, _KEY)
    passing = {first(news, (name,)).lower() for name in ("severity", "type", "bounce_type")} & _TEMPORARY
    if not address or not key or word not in _GONE or passing:
        return None
    return Receipt(clip(address, 320), key[:160], word, _GONE[word])


def first(news: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """Return the first of these fields that is there, as text; "" when none is."""
    found = next((news[name] for name in names if name in news), "")
    return str(found).strip() if isinstance(found, str | int) else ""


def in_mail(body: bytes) -> list[Receipt]:
    """Return whom a mail says it could not be delivered to: a delivery status notification (RFC 3464)."""
    try:
        mail = message_from_bytes(body)
        key = _digest(mail, body)
        reports = [part for part in mail.walk() if part.get_content_type() == "message/delivery-status"]
        found = [said for report in reports for said in _refused(report)]
    except Exception:  # noqa: BLE001 - whatever a stranger's mail does to the parser, it is no receipt
        return []
    return [Receipt(clip(to, 320), f"{key}:{n}", status, Gone.NO_ADDRESS) for n, (to, status) in enumerate(found)]


def _digest(mail: Message, body: bytes) -> str:
    return sha256(str(mail.get("Message-ID") or "").encode(errors="replace") or body).hexdigest()[:40]


def _refused(report: Message) -> Iterator[tuple[str, str]]:
    """Yield address and status of each reader whom it reached no more; what is only late is no news."""
    blocks = report.get_payload()
    for block in blocks[:_MOST] if isinstance(blocks, list) else ():
        if not isinstance(block, Message) or str(block.get("Action") or "").strip().lower() != "failed":
            continue
        named = block.get("Original-Recipient") or block.get("Final-Recipient") or ""
        _, address = parseaddr(str(named).partition(";")[2])
        if "@" in address:
            yield address, clean(str(block.get("Status") or ""))[:20] or "failed"
