"""What Teams tells us, read with care: everything in an activity is hostile until it is taken apart here."""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botbuilder.schema import Activity

from bot.domain.language import code

_TAG = re.compile(r"<[^>]{0,200}>")
_DIGITS = 18
_TYPED, _QUOTED = 200, 20_000


@dataclass(frozen=True)
class Said:
    """One thing that somebody did: where and in which conversation; data: what a button carries, with its inputs.

    alone: it was said in a channel for the bot's eyes alone, as a command after a slash is. dataset, words: among what
    is searched and the words typed so far; or which of the app's actions, and the words of the message it is used on.
    """

    event: str
    user: str
    address: str
    conversation: str
    personal: bool
    service: str
    text: str = ""
    verb: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    reply_to: str = ""
    language: str = ""
    dataset: str = ""
    words: str = ""
    alone: bool = False

    @property
    def intent(self) -> str:
        """The encoded intent that a button carries."""
        return str(self.data.get("i") or "")

    @property
    def delivery(self) -> int:
        """The delivery whose card was touched, 0 if it says none."""
        known = str(self.data.get("d") or "")
        return int(known) if known.isdecimal() and len(known) <= _DIGITS else 0

    @property
    def room(self) -> str:
        """The room that is meant: that of the card, else the thread it was said in."""
        named = self.data.get("at")
        if isinstance(named, str) and named:
            return named
        return "" if self.personal else self.conversation


def activity_of(body: bytes) -> tuple[Activity, bool]:
    """Return what was posted, and whether it is an activity at all."""
    try:
        data = json.loads(body)
        if not isinstance(data, dict) or not isinstance(data.get("type"), str):
            return Activity(), False
        activity = Activity().deserialize(data)
    except Exception:  # noqa: BLE001 - whatever the SDK stumbles over, it is no activity
        return Activity(), False
    return activity, bool(activity.from_property and activity.conversation and activity.conversation.id)


def tenant_of(activity: Activity) -> str:
    """Return the tenant that an activity says it comes from."""
    data = activity.channel_data if isinstance(activity.channel_data, dict) else {}
    tenant = data.get("tenant")
    known = tenant.get("id") if isinstance(tenant, dict) else None
    return str(known or activity.conversation.tenant_id or "")


def said_in(activity: Activity) -> Said:
    """Return who did what where."""
    verb, data = _pressed(activity)
    who, where = activity.from_property, activity.conversation
    return Said(
        event=f"{where.id}|{activity.id}",
        user=str(who.id or ""),
        address=str(who.aad_object_id or who.id or ""),
        conversation=str(where.id),
        personal=(where.conversation_type or "personal") == "personal" and not where.is_group,
        service=str(activity.service_url or ""),
        text=_text(activity),
        verb=verb,
        data=data,
        reply_to=str(activity.reply_to_id or ""),
        language=code(str(activity.locale or "")),
        alone=_alone(activity),
        **_sought(activity),
    )


def _alone(activity: Activity) -> bool:
    more = (activity.recipient.additional_properties if activity.recipient else None) or {}
    return more.get("isTargeted") is True


def _sought(activity: Activity) -> dict[str, str]:
    value = activity.value if isinstance(activity.value, dict) else {}
    if activity.name == "application/search":
        return {"dataset": str(value.get("dataset") or ""), "words": str(value.get("queryText") or "")[:_TYPED]}
    if activity.name == "composeExtension/fetchTask":
        return {"dataset": str(value.get("commandId") or ""), "words": _quoted(value)}
    return {}


def _quoted(value: Mapping[str, Any]) -> str:
    """Return the plain words of the message that an action is used on."""
    message = value.get("messagePayload")
    body = message.get("body") if isinstance(message, dict) else None
    said = body.get("content") if isinstance(body, dict) else None
    return " ".join(html.unescape(_TAG.sub(" ", str(said or "")[:_QUOTED])).split())


def _pressed(activity: Activity) -> tuple[str, Mapping[str, Any]]:
    """Return the verb and the data of a press, wherever this kind of activity has them."""
    value = activity.value if isinstance(activity.value, dict) else {}
    if activity.type == "message":
        return str(value.get("verb") or ""), value
    action = value.get("action")
    if isinstance(action, dict):
        data = action.get("data")
        return str(action.get("verb") or ""), data if isinstance(data, dict) else {}
    data = value.get("data")
    return (str(data.get("verb") or "do"), data) if isinstance(data, dict) else ("", {})


def _text(activity: Activity) -> str:
    """Return what was typed, without the bot's own name, as plain words."""
    text = str(activity.text or "")
    for entity in activity.entities or ():
        more = entity.additional_properties or {}
        if entity.type == "mention" and (more.get("mentioned") or {}).get("id") == activity.recipient.id:
            text = text.replace(str(more.get("text") or "\0"), " ")
    words = html.unescape(_TAG.sub(" ", text))
    return words.replace("\u00a0", " ").strip()
