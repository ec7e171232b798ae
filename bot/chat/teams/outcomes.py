"""What became of a message, from what Teams answered: nothing is ever assumed."""

from bot.chat.teams.connector import Answer, Unsent
from bot.domain.account import Reached
from bot.domain.delivery import Gone, Outcome, Sent

_AGAIN = 5.0
_STATES = {Gone.BLOCKED: Reached.BLOCKED, Gone.UNINSTALLED: Reached.UNINSTALLED}
_UNINSTALLED = frozenset({"BotNotInConversationRoster", "BotDisabledByAdmin", "ConversationBlockedByUser", "Forbidden"})


def of(delivery: int, answer: Answer, *, room: bool, edits: bool) -> Sent:
    """Return the outcome of one request; room: it went to a channel, whose limits are its own."""
    status, error = answer.status, f"{answer.status} {answer.code}".strip()
    if answer.ok:
        return Sent(delivery_id=delivery, outcome=Outcome.SENT, external_id=str(answer.body.get("id") or "") or None)
    if status == 429:
        return held(delivery, error, answer.retry_after, whole_lane=not room, limited=not room)
    if status == 401:
        return held(delivery, error, 60.0, whole_lane=True)
    if status in (412, 502, 503, 504):  # a gateway without an answer may have passed it on
        return held(delivery, error, answer.retry_after).model_copy(update={"unsure": status in (502, 504)})
    if status >= 500 or status < 400:
        return Sent(delivery_id=delivery, outcome=Outcome.UNKNOWN, error=error)
    return Sent(delivery_id=delivery, outcome=Outcome.GONE, reason=_reason(answer, room=room, edits=edits), error=error)


def known(sent: Sent) -> dict[str, Reached]:
    """Return what is known of somebody's account from a message that was not taken: that it can't be written to."""
    state = _STATES.get(sent.reason) if sent.reason and sent.outcome is Outcome.GONE else None
    return {"state": state} if state else {}


def _reason(answer: Answer, *, room: bool, edits: bool) -> Gone:
    if answer.status == 413:
        return Gone.UNWRITABLE
    if answer.status == 403 and answer.code == "MessageWritesBlocked":
        return Gone.NOT_ALLOWED if room else Gone.BLOCKED
    if answer.status == 403:
        known = answer.code in _UNINSTALLED or not answer.code
        return Gone.NOT_ALLOWED if room else Gone.UNINSTALLED if known else Gone.NOT_ALLOWED
    if answer.status == 404 and not edits:
        return Gone.NO_ROOM if room else Gone.UNINSTALLED
    return Gone.REFUSED


def held(
    delivery: int, error: str, after: float | None = None, *, whole_lane: bool = False, limited: bool = False
) -> Sent:
    """Return that a message was not taken now, and will be later; limited: for this tenant's pace."""
    later = {"retry_after": after or _AGAIN, "whole_lane": whole_lane, "limited": limited}
    return Sent(delivery_id=delivery, outcome=Outcome.HELD, error=error, **later)


def unsent(delivery: int, why: Unsent) -> Sent:
    """Return that the request never left: nothing else will leave either for a moment."""
    return held(delivery, str(why), 10.0, whole_lane=True)


def unsure(delivery: int, why: Exception) -> Sent:
    """Return that nobody can say."""
    return Sent(delivery_id=delivery, outcome=Outcome.UNKNOWN, error=str(why))
