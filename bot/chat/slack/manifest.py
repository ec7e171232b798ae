"""The app as Slack is told of it: a manifest to paste, for Socket Mode or for an address of ours."""

from io import StringIO
from typing import Any

from ruamel.yaml import YAML

# What each right is for stands in docs/slack.md; `disaster check` names those that are missing.
SCOPES = (
    "bookmarks:write", "channels:history", "channels:manage", "channels:read", "chat:write", "chat:write.public",
    "commands", "files:write", "groups:history", "groups:read", "groups:write", "im:history", "im:write", "pins:write",
    "users:read", "users:read.email",
)  # fmt: skip
EVENTS = ("app_home_opened", "message.im", "team_join", "user_change")
PATH = "/slack/events"


def manifest(url: str = "") -> str:
    """Return the manifest as YAML; url: where Slack reaches us over HTTP; without one it is Socket Mode."""
    address = f"{url.rstrip('/')}{PATH}" if url else ""
    text = StringIO()
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 200
    yaml.dump(_manifest(address), text)
    return text.getvalue()


def _manifest(address: str) -> dict[str, Any]:
    there = {"request_url": address} if address else {}
    return {
        "display_information": {
            "name": "Disaster",
            "description": "Takes the contact centre through a disaster",
            "background_color": "#7a1f1f",
        },
        "features": _features(address),
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**there, "bot_events": list(EVENTS)},
            "interactivity": {
                "is_enabled": True,
                **there,
                **({"message_menu_options_url": address} if address else {}),
            },
            "org_deploy_enabled": True,
            "socket_mode_enabled": not address,
            "token_rotation_enabled": False,
        },
    }


def _features(address: str) -> dict[str, Any]:
    command = {
        "command": "/disaster",
        "description": "Declare a disaster, see how it goes, find out where you work",
        "usage_hint": "declare | status | where | help",
        "should_escape": False,
    }
    return {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "bot_user": {"display_name": "Disaster", "always_online": True},
        "shortcuts": [
            {
                "name": "Declare a disaster",
                "type": "global",
                "callback_id": "declare",
                "description": "Opens the form; nothing is sent until you press Declare",
            },
            {
                "name": "Add to the timeline",
                "type": "message",
                "callback_id": "timeline",
                "description": "Records this message as an update of the incident",
            },
        ],
        "slash_commands": [{**command, "url": address} if address else command],
    }
