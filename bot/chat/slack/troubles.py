"""Everything that can go wrong with Slack, under Slack's own word: what it means for a message, and what to do."""

from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.domain.delivery import Gone, Outcome, Sent
from bot.domain.wording.slack import INSTALLATION, WORKSPACE

_GONE: Mapping[str, Gone] = {
    "channel_not_found": Gone.NO_ROOM, "is_archived": Gone.NO_ROOM, "not_in_channel": Gone.NO_ROOM,
    "user_not_found": Gone.NO_ADDRESS, "users_not_found": Gone.NO_ADDRESS, "user_disabled": Gone.LEFT,
    "user_not_visible": Gone.NO_ADDRESS, "cannot_dm_bot": Gone.NO_ADDRESS, "messages_tab_disabled": Gone.UNINSTALLED,
    "restricted_action": Gone.NOT_ALLOWED, "no_permission": Gone.NOT_ALLOWED, "as_user_not_supported": Gone.NOT_ALLOWED,
    "restricted_action_read_only_channel": Gone.NOT_ALLOWED, "restricted_action_thread_only_channel": Gone.NOT_ALLOWED,
    "slack_connect_file_link_sharing_blocked": Gone.NOT_ALLOWED,
}  # fmt: skip
_LATER = frozenset({"ratelimited", "rate_limited"})
_UNKNOWN = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
_REMEDIES: Mapping[str, str] = {
    **INSTALLATION,
    "ratelimited": "Slack takes no more for a moment. It is sent when Slack says so.",
    "unreachable": "Slack can't be reached from here. Check the network, a proxy, SLACK_API_URL and status.slack.com.",
    "no answer": "Slack did not answer in time. Whether it did what was asked is looked up before it is repeated.",
    "which workspace": WORKSPACE,
    "not Slack": "Something that is not Slack answered. Check SLACK_API_URL and any proxy on the way.",
}
HOLD_SECONDS, UNREACHABLE_SECONDS = 60.0, 5.0


class Trouble(Exception):
    """Slack did not do what was asked; word is its own name for that, or ours; unsure: it may have done it."""

    def __init__(
        self, word: str, method: str, *, unsure: bool = False, retry_after: float | None = None, needed: str = ""
    ) -> None:
        super().__init__(word)
        self.word, self.method, self.unsure, self.retry_after, self.needed = word, method, unsure, retry_after, needed

    @property
    def of_all(self) -> bool:
        """Whether it stops everything, not only this message."""
        return self.word in INSTALLATION or self.word in ("unreachable", "not Slack")

    @property
    def closed(self) -> bool:
        """Whether it stays so until somebody changes something: we may not do this here."""
        passing = self.unsure or self.retry_after is not None
        return not passing and (self.word == "missing_scope" or not self.of_all)

    @property
    def remedy(self) -> str:
        """What a person can do about it."""
        label = "The app is in" if self.word == "which workspace" else "Missing"
        more = f" {label}: {self.needed}." if self.needed else ""
        return _REMEDIES.get(self.word, f"Slack says “{self.word}” to {self.method}.") + more


def named(error: Exception, method: str) -> Trouble:
    """Return what an exception of the line means."""
    if isinstance(error, SlackApiError):
        return _said(error, method)
    if isinstance(error, aiohttp.ClientConnectorError):
        return Trouble("unreachable", method)  # nothing was sent
    if isinstance(error, ValueError):
        return Trouble("not Slack", method, unsure=True)
    return Trouble("no answer", method, unsure=True)


def _said(error: SlackApiError, method: str) -> Trouble:
    data: Any = getattr(error.response, "data", None)
    status = getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0)
    word = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or word in _LATER:
        return Trouble("ratelimited", method, retry_after=_seconds(error.response))
    if word in _UNKNOWN or status >= 500:
        return Trouble(word or f"HTTP {status}", method, unsure=True)
    if not word:
        return Trouble("not Slack", method, unsure=True)
    needed = str(data.get("needed") or "")
    return Trouble(word, method, needed=needed)


def _seconds(response: Any) -> float:
    given = {k.lower(): v for k, v in (getattr(response, "headers", None) or {}).items()}.get("retry-after", "")
    return float(given) if str(given).isdecimal() else 30.0


def outcome(delivery: int, trouble: Trouble, *, busy_here: bool) -> Sent:
    """Return what a failed post means for its message; busy_here: this conversation was written to just now."""
    if trouble.unsure:
        return Sent(delivery_id=delivery, outcome=Outcome.UNKNOWN, error=trouble.word)
    if trouble.retry_after is not None:
        later = {"retry_after": trouble.retry_after, "whole_lane": not busy_here, "limited": not busy_here}
        return Sent(delivery_id=delivery, outcome=Outcome.HELD, error=trouble.word, **later)
    if trouble.of_all:
        seconds = UNREACHABLE_SECONDS if trouble.word == "unreachable" else HOLD_SECONDS
        held = Outcome.HELD
        return Sent(delivery_id=delivery, outcome=held, error=trouble.word, retry_after=seconds, whole_lane=True)
    reason = _GONE.get(trouble.word, Gone.REFUSED)
    return Sent(delivery_id=delivery, outcome=Outcome.GONE, error=trouble.word, reason=reason)
