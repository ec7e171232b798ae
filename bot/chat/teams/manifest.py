"""The app package for Teams: the manifest, with commands and icons, in a zip to upload."""

import io
import json
import zipfile
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from bot.chat.teams import icons

VERSION = "1.30"
_SCOPES = ["personal", "team", "groupChat"]
_DECLARE = ("declare", "Declare a disaster or a drill; a form opens")
_MY = ("my", "What do I do now, whom do I call, how does it go?")
_MOVES = ("moves", "Who moves where, and how far they are")
_COMMON = (
    ("status", "How it goes, in one card"),
    ("where", "What do I do now, where do I go?"),
    ("steps", "The steps, with buttons"),
    ("roll", "Who is accounted for"),
    ("calls", "Your silent people, to call"),
    ("update", "Record what is newly known"),
    ("sitrep", "Send the SITREP now"),
    ("board", "A link to the live board"),
    ("stand-down", "End it: everybody ever told is told"),
    ("help", "What can be typed"),
)
_DIALOG = {"type": "action", "fetchTask": True}
_ACTIONS = (
    {
        "id": "timeline",
        "title": "Add to the timeline",
        "description": "Records this message as an update of the incident",
        "context": ["message"],
        **_DIALOG,
    },
    {
        "id": "declare",
        "title": "Declare a disaster",
        "description": "Opens the form; nothing is sent until you press Declare",
        "context": ["compose", "commandBox"],
        **_DIALOG,
    },
)
# A list takes twelve: what is one's own stands in one's own chat, what is everybody's in channels.
_LISTS = ((["personal"], (_DECLARE, _MY, *_COMMON)), (["team", "groupChat"], (_DECLARE, _MOVES, *_COMMON)))


def manifest(app_id: str, organisation: str, public_url: str, version: str, *, slash: bool = False) -> dict[str, Any]:
    """Return the manifest; slash: with commands after a slash, which Teams has as a preview.

    A command after a slash comes as a message for the bot's eyes alone: without taking those, it gets none.
    """
    triggers = {"triggers": ["slash", "mention"]} if slash else {}
    alone = {"supportsTargetedMessages": True} if slash else {}
    lists = [
        {"scopes": scopes, "commands": [{"title": t, "description": d} for t, d in commands], **triggers}
        for scopes, commands in _LISTS
    ]
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{VERSION}/MicrosoftTeams.schema.json",
        "manifestVersion": VERSION,
        "version": version,
        "id": str(uuid5(NAMESPACE_URL, f"disaster-bot:{app_id}")),
        "developer": _developer(organisation, public_url),
        "name": {"short": "Disaster", "full": "Disaster: takes the contact centre through it"},
        "description": {
            "short": "Takes a contact centre through a disaster.",
            "full": "Declares a disaster, walks responders through the runbook, tells everybody what they must know, "
            "moves agents to a seat, keeps the roll of who answered and reports to the leaders.",
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#C4314B",
        "bots": [
            {
                "botId": app_id,
                "scopes": _SCOPES,
                "supportsFiles": False,
                "isNotificationOnly": False,
                "commandLists": lists,
                **alone,
            }
        ],
        "composeExtensions": [{"botId": app_id, "commands": [*_ACTIONS]}],
        "supportsChannelFeatures": "tier1",  # private and shared channels too; from 1.25 on a bot in teams must say so
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [urlsplit(public_url).hostname or "localhost"],
    }


def _developer(organisation: str, public_url: str) -> dict[str, str]:
    address = public_url.rstrip("/")
    return {
        "name": organisation[:32],
        "websiteUrl": address,
        "privacyUrl": address,
        "termsOfUseUrl": address,
    }


def package(told: dict[str, Any]) -> bytes:
    """Return the zip; the same manifest gives the same bytes."""
    parts = {
        "manifest.json": json.dumps(told, indent=2, ensure_ascii=False).encode(),
        "color.png": icons.colour(),
        "outline.png": icons.outline(),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data)
    return buffer.getvalue()
