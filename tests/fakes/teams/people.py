"""People at the fake Teams: what they say, press and send reaches the bot signed; what they see is per person."""

import time
from typing import Any

import jwt
from aiohttp import ClientSession, ClientTimeout
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.fakes.teams import cards
from tests.fakes.teams.pressing import action_of
from tests.fakes.teams.state import COUNT, Conversation, Message, Refused, Tenant, User

ISSUER = "https://api.botframework.com"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEY_ID = "fake-1"


def signed(tenant: Tenant, kid: str = KEY_ID, **claims: Any) -> str:
    """Return a token as the channel signs it."""
    now = time.time()
    said = {"iss": ISSUER, "aud": tenant.app_id, "serviceurl": tenant.url, "nbf": now - 60, "exp": now + 600}
    kept = {name: value for name, value in {**said, **claims}.items() if value is not None}
    return jwt.encode(kept, KEY, algorithm="RS256", headers={"kid": kid})


async def deliver(tenant: Tenant, activity: dict[str, Any], header: str | None = None) -> tuple[int, Any]:
    """Post an activity to the bot; return what it answered."""
    authorization = f"Bearer {signed(tenant)}" if header is None else header
    headers = {"authorization": authorization} if authorization else {}
    async with (
        ClientSession(timeout=ClientTimeout(total=20)) as http,
        http.post(tenant.bot_url, json=activity, headers=headers) as answer,
    ):
        tenant.answers.append(answer.status)
        body = await answer.json() if answer.content_type == "application/json" else await answer.text()
        return answer.status, body


def activity(tenant: Tenant, user: User, where: Conversation, type_: str, **more: Any) -> dict[str, Any]:
    """Return an activity as Teams sends it."""
    personal = bool(where.user)
    data: dict[str, Any] = {"tenant": {"id": tenant.id}}
    if not personal:
        data |= {"team": {"id": tenant.team}, "channel": {"id": tenant.channel}}
    return {
        "type": type_,
        "id": str(next(COUNT)),
        "timestamp": "2026-11-02T09:00:00Z",
        "channelId": "msteams",
        "serviceUrl": tenant.url,
        "from": {"id": user.id, "name": user.name, "aadObjectId": user.aad},
        "recipient": {"id": f"28:{tenant.app_id}", "name": "Disaster"},
        "conversation": {
            "id": where.id,
            "tenantId": tenant.id,
            "conversationType": "personal" if personal else "channel",
            "isGroup": not personal,
        },
        "channelData": data,
        "locale": "en-GB",
        **more,
    }


def place(tenant: Tenant, user: User, key: str) -> Conversation:
    """Return a place by its key: "dm", or a thread's id."""
    if key != "dm":
        return tenant.conversation(key)
    if not user.installed:
        raise Refused("The bot is not installed.")
    return tenant.chat_of(user)


async def say(tenant: Tenant, said: Any) -> Any:
    """Type a line; in a channel the bot hears only what names it."""
    user = tenant.user(said["user"])
    where = tenant.thread() if said["place"] == "channel" else place(tenant, user, said["place"])
    order, text, entities = next(COUNT), said["text"], []
    where.messages.append(Message(str(order), order, user.aad, text, only=user.id if said.get("targeted") else ""))
    if not where.user:
        if not said.get("mention"):
            return {"heard": False, "place": where.id}
        tag = "<at>Disaster</at>"
        entities = [{"type": "mention", "text": tag, "mentioned": {"id": f"28:{tenant.app_id}", "name": "Disaster"}}]
        text = f"<p>{tag}&nbsp;{text}</p>" if said.get("html") else f"{tag} {text}\n"
    sent = activity(tenant, user, where, "message", text=text, entities=entities, id=str(order))
    sent["recipient"] |= {"isTargeted": True} if said.get("targeted") else {}
    status, _ = await deliver(tenant, sent)
    if said.get("again"):
        status, _ = await deliver(tenant, sent)
    return {"heard": True, "status": status, "place": where.id}


def seen(user: User, message: Message) -> Any:
    """Return the card that somebody sees in the place of a message."""
    return message.own[user.aad][1] if user.aad in message.own else message.card


def _chosen(said: Any, card: Any) -> Any:
    try:
        return said.get("action") or action_of(card, said["button"])
    except LookupError as no:
        raise Refused(str(no)) from no


async def press(tenant: Tenant, said: Any) -> Any:
    """Press a button of a message, or of the dialog that is open; data: as a card of yesterday carried it."""
    user = tenant.user(said["user"])
    if said["message"] == "dialog":
        return await _in_dialog(tenant, user, _chosen(said, tenant.dialogs[user.aad]["card"]), said)
    where = place(tenant, user, said["place"])
    message = next(m for m in where.messages if m.id == said["message"])
    action = _chosen(said, seen(user, message))
    data = action.get("data") or {}
    if action["type"] == "Action.Submit" and data.get("msteams", {}).get("type") == "task/fetch":
        value = {"data": data, "context": {"theme": "default"}}
        sent = activity(tenant, user, where, "invoke", name="task/fetch", value=value, replyToId=message.id)
        return await _dialog(tenant, user, where, sent)
    if action["type"] == "Action.Submit" or tenant.old:
        older = action if action["type"] == "Action.Submit" else action["fallback"]
        value = {**older["data"], **_inputs(older, said)}
        sent = activity(tenant, user, where, "message", value=value, replyToId=message.id)
        return {"status": (await deliver(tenant, sent))[0]}
    return await _execute(tenant, user, where, message, action, said)


def _inputs(action: Any, said: Any) -> Any:
    return {} if action.get("associatedInputs") == "none" else said.get("values") or {}


async def _execute(
    tenant: Tenant, user: User, where: Conversation, message: Message, action: Any, said: Any, trigger: str = "manual"
) -> Any:
    value = {
        "action": {
            "type": "Action.Execute",
            "verb": action["verb"],
            "data": {**action["data"], **_inputs(action, said)},
        },
        "trigger": trigger,
    }
    sent = activity(tenant, user, where, "invoke", name="adaptiveCard/action", value=value, replyToId=message.id)
    status, answer = await deliver(tenant, sent)
    if status != 200 or not isinstance(answer, dict) or answer.get("statusCode") != 200:
        raise Refused(f"Something went wrong. {status} {answer}")
    if answer["type"] == "application/vnd.microsoft.card.adaptive":
        cards.check(answer["value"])
        if not said.get("keep"):
            message.own[user.aad] = (next(COUNT), answer["value"])
        return {"status": status, "card": answer["value"]}
    return {"status": status, "message": answer["value"]}


async def refresh(tenant: Tenant, said: Any) -> Any:
    """Look at a message as Teams does when somebody scrolls to it: it is asked again how it stands."""
    user = tenant.user(said["user"])
    where = place(tenant, user, said["place"])
    message = next(m for m in where.messages if m.id == said["message"])
    asked = (message.card or {}).get("refresh")
    if not asked or user.id not in asked["userIds"]:
        raise Refused("This card does not refresh for you.")
    return await _execute(tenant, user, where, message, asked["action"], said, "automatic")


async def action(tenant: Tenant, said: Any) -> Any:
    """Use one of the app's actions, on a message of this text or without one."""
    user = tenant.user(said["user"])
    where = place(tenant, user, said["place"])
    value: dict[str, Any] = {"commandId": said["command"], "commandContext": "compose"}
    if "text" in said:
        body = {"contentType": "html", "content": said["text"]}
        value |= {"commandContext": "message", "messagePayload": {"id": "1", "body": body}}
    sent = activity(tenant, user, where, "invoke", name="composeExtension/fetchTask", value=value)
    return await _dialog(tenant, user, where, sent, "composeExtension/submitAction")


async def _dialog(tenant: Tenant, user: User, where: Conversation, sent: Any, submit: str = "task/submit") -> Any:
    """Open a dialog, or go on in it; submit: what its buttons are told as, which stays the same until it is closed."""
    status, answer = await deliver(tenant, sent)
    task = answer.get("task") if status == 200 and isinstance(answer, dict) else None
    if task is None:
        raise Refused(f"The dialog could not be opened. {status} {answer}")
    if task["type"] == "message":
        tenant.dialogs.pop(user.aad, None)
        return {"status": status, "message": task["value"]}
    value = task["value"]
    if value["card"]["contentType"] != "application/vnd.microsoft.card.adaptive" or not value["title"]:
        raise Refused(f"No dialog: {value}")
    card = value["card"]["content"]
    cards.check(card)
    if any(one.get("type") == "Action.Execute" for one in cards.walk(card)):
        raise cards.BadCard("a dialog takes only Action.Submit")
    tenant.dialogs[user.aad] = {"card": card, "where": where.id, "order": next(COUNT), "submit": submit}
    return {"status": status, "dialog": True, "card": card}


async def _in_dialog(tenant: Tenant, user: User, action: Any, said: Any) -> Any:
    where = tenant.conversation(tenant.dialogs[user.aad]["where"])
    name = tenant.dialogs[user.aad]["submit"]
    value = {"data": {**action["data"], **_inputs(action, said)}, "context": {"theme": "default"}}
    sent = activity(tenant, user, where, "invoke", name=name, value=value)
    return await _dialog(tenant, user, where, sent, name)


async def search(tenant: Tenant, said: Any) -> Any:
    """Type in a list of choices that is searched."""
    user = tenant.user(said["user"])
    query = {"queryText": said["words"], "queryOptions": {"skip": 0, "top": 15}, "dataset": said["dataset"]}
    sent = activity(tenant, user, tenant.chat_of(user), "invoke", name="application/search", value=query)
    status, answer = await deliver(tenant, sent)
    if status != 200 or answer["type"] != "application/vnd.microsoft.search.searchResponse":
        raise Refused(f"No results. {status} {answer}")
    return answer["value"]["results"]


async def install(tenant: Tenant, said: Any) -> Any:
    """Install the bot for somebody, or remove it; team: in the team; renewed: as a part of its renewal."""
    user, installed = tenant.user(said["user"]), said.get("installed", True)
    where = Conversation(tenant.team) if said.get("team") else tenant.chat_of(user)
    if where.user and not said.get("renewed"):
        user.installed = installed
    action = ("add" if installed else "remove") + ("-upgrade" if said.get("renewed") else "")
    return {"status": (await deliver(tenant, activity(tenant, user, where, "installationUpdate", action=action)))[0]}


async def raw(tenant: Tenant, said: Any) -> Any:
    """Post anything with any token; the parts of an honest one can be changed."""
    header = said.get("header")
    if "claims" in said:
        header = f"Bearer {signed(tenant, said.get('kid', KEY_ID), **said['claims'])}"
    body = said["activity"]
    if "user" in said:
        user = tenant.user(said["user"])
        body = activity(tenant, user, tenant.chat_of(user), "message", text="help") | body
    return dict(zip(("status", "body"), await deliver(tenant, body, header), strict=True))


def _shown(user: User, message: Message, key: str) -> Any:
    since, own = message.own.get(user.aad, (0, None))
    told = {name: getattr(message, name) for name in ("id", "order", "by", "text", "card", "edited")}
    return told | {"place": key, "own": own, "since": since}


def look(tenant: Tenant, user_key: str, key: str) -> list[Any]:
    """Return what somebody sees in a place."""
    user = tenant.user(user_key)
    shown = [_shown(user, m, key) for m in place(tenant, user, key).messages if m.only in ("", user.id)]
    if key == "dm" and user.aad in tenant.dialogs:
        open_ = tenant.dialogs[user.aad]
        shown.append(
            {"id": "dialog", "order": open_["order"], "by": "bot", "text": "", "card": open_["card"], "place": key}
        )
    return shown


def places(tenant: Tenant, user_key: str) -> list[str]:
    """Return the one-to-one chat and the threads that somebody follows: where they are named or have spoken."""
    user = tenant.user(user_key)
    threads = [
        c.id for c in tenant.conversations.values()
        if not c.user and any(user.aad in m.mentions or m.by == user.aad for m in c.messages)
    ]  # fmt: skip
    return ["dm", *threads] if user.installed else threads


VERBS = {
    "say": say,
    "press": press,
    "refresh": refresh,
    "install": install,
    "raw": raw,
    "search": search,
    "action": action,
}
