"""What a Slack workspace holds: people, conversations, messages, views; and what was asked of it."""

import asyncio
import copy
import itertools
import secrets
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

ALL_SCOPES = (
    "bookmarks:write", "channels:history", "channels:manage", "channels:read", "chat:write", "chat:write.public",
    "commands", "files:write", "groups:history", "groups:read", "groups:write", "im:history", "im:write", "pins:write",
    "users:read", "users:read.email",
)  # fmt: skip
# Requests a minute, and how many at once; None for a method is its tier's. As Slack publishes them.
TIERS = {"2": 20, "3": 50, "4": 100, "special": 300}
_NUMBERS = itertools.count(1)


class SlackError(Exception):
    """Slack's own "ok": false."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error, self.more = error, more


@dataclass
class User:
    """Somebody in the workspace."""

    id: str
    name: str
    email: str = ""
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    home: str = ""  # another workspace, over Slack Connect
    enterprise: str = ""
    tz: str = "Europe/London"
    locale: str = "en-GB"

    def shown(self, team: str, *, with_email: bool, with_locale: bool = False) -> dict[str, Any]:
        """Return the user as Slack's API shows it."""
        profile = {"real_name": self.name, "display_name": ""} | ({"email": self.email} if with_email else {})
        flags = {n: getattr(self, n) for n in ("deleted", "is_bot", "is_restricted", "is_ultra_restricted")}
        return {
            "id": self.id, "team_id": self.home or team, "name": self.id.lower(), "real_name": self.name, "profile": profile,
            "tz": self.tz, "is_stranger": self.is_stranger, **flags, **({"locale": self.locale} if with_locale else {}),
            **({"enterprise_user": {"enterprise_id": self.enterprise}} if self.enterprise else {}),
        }  # fmt: skip


@dataclass
class Message:
    """One message; only_for: an ephemeral one's reader; order: later things anywhere have higher numbers."""

    ts: str
    by: str
    text: str
    order: int
    blocks: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    only_for: str | None = None
    edited: bool = False
    thread_ts: str | None = None


@dataclass
class Channel:
    """A channel, or one person's conversation with the bot."""

    id: str
    name: str
    creator: str
    created: int
    is_private: bool = False
    user: str = ""
    members: list[str] = field(default_factory=list)
    topic: str = ""
    purpose: str = ""
    archived: bool = False
    shared: bool = False
    messages: list[Message] = field(default_factory=list)
    pins: list[str] = field(default_factory=list)
    bookmarks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_im(self) -> bool:
        """Whether this is a person's conversation with the bot."""
        return bool(self.user)

    def find(self, ts: str) -> Message | None:
        """Return a message."""
        return next((m for m in self.messages if m.ts == ts), None)


@dataclass
class View:
    """A modal or a home page; values: what stands in its fields; errors: what the app said is wrong with them."""

    id: str
    hash: str
    user: str
    payload: dict[str, Any]
    order: int
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    found: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


@dataclass
class ResponseUrl:
    """Where an interaction can be answered: five times in half an hour."""

    user: str
    channel: str
    until: float
    message: str | None = None
    uses: int = 0


@dataclass
class Interaction:
    """Something that a person did: when the app acknowledged it, and when it gave the person something to see."""

    user: str
    trigger: str = ""
    response: str = ""
    view: str = ""
    channel: str = ""
    acked: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    status: int = 0
    body: Any = None


@dataclass
class Upload:
    """A file: what it holds, and from when on Slack shows it (0: it was not completed)."""

    name: str
    length: int
    content: str = ""
    ready_at: float = 0.0


@dataclass
class Fault:
    """Something that goes wrong with a method, so many times; late: after it was done all the same."""

    method: str
    error: str = ""
    status: int = 0
    html: bool = False
    stall: float = 0.0
    reset: bool = False
    retry_after: int = 0
    times: int = 1
    late: bool = False


@dataclass
class Workspace:
    """One workspace with the app installed; grid: an organisation's, where calls must name the team."""

    team: str
    users: dict[str, User]
    scopes: set[str] = field(default_factory=lambda: set(ALL_SCOPES))
    rates: dict[str, float] = field(default_factory=lambda: dict(TIERS))
    per_channel: float = 1.0
    burst: int = 5
    grid: bool = False
    sisters: list[str] = field(default_factory=list)  # other workspaces of the organisation that have the app
    events_url: str = ""
    bot: str = "U0BOT"
    revoked: bool = False
    page: int = 200
    token: str = field(default_factory=lambda: f"xoxb-{secrets.token_hex(12)}")
    app_token: str = field(default_factory=lambda: f"xapp-{secrets.token_hex(12)}")
    files: dict[str, Upload] = field(default_factory=dict)
    file_delay: float = 0.0
    secret: str = field(default_factory=lambda: secrets.token_hex(16))
    channels: dict[str, Channel] = field(default_factory=dict)
    modals: dict[str, list[View]] = field(default_factory=lambda: defaultdict(list))
    homes: dict[str, View] = field(default_factory=dict)
    order: int = 0
    clock: float | None = None  # seconds; None: the machine's own

    def __post_init__(self) -> None:
        """Start what is never copied."""
        self.triggers: dict[str, tuple[float, Interaction]] = {}
        self.responses: dict[str, ResponseUrl] = {}
        self.open: list[Interaction] = []
        self.faults: list[Fault] = []
        self.calls: list[dict[str, Any]] = []
        self.sockets: list[Any] = []
        self.spent: dict[str, deque[float]] = defaultdict(deque)
        self.ims: dict[str, Channel] = {c.user: c for c in self.channels.values() if c.user}

    def twin(self) -> "Workspace":
        """Return another workspace that holds the same, with credentials of its own."""
        kept = {
            n: copy.deepcopy(getattr(self, n))
            for n in (
                "users",
                "scopes",
                "rates",
                "per_channel",
                "burst",
                "grid",
                "bot",
                "page",
                "channels",
                "order",
                "files",
            )
        }
        new = Workspace(team=new_id("T"), **kept)
        new.modals, new.homes = copy.deepcopy(self.modals), copy.deepcopy(self.homes)
        return new

    def next(self) -> int:
        """Return the next number in the order of everything seen."""
        self.order += 1
        return self.order

    def ts(self) -> str:
        """Return the next message's time stamp, which is its name."""
        return f"{int(time.time())}.{self.order + 1:06d}"

    def im(self, user: str) -> Channel:
        """Return a person's conversation with the bot."""
        if user not in self.ims:
            found = next((c for c in self.channels.values() if c.user == user), None)
            made = found or Channel(new_id("D"), "", self.bot, int(time.time()), user=user, members=[user, self.bot])
            self.channels[made.id] = self.ims[user] = made
        return self.ims[user]

    def rooms_of(self, user: str) -> Iterator[Channel]:
        """Yield the channels that somebody is in."""
        return (c for c in self.channels.values() if not c.is_im and user in c.members and not c.archived)

    def post(self, channel: Channel, by: str, text: str, **more: Any) -> Message:
        """Put a message into a channel."""
        message = Message(ts=self.ts(), by=by, text=text, order=self.next(), **more)
        channel.messages.append(message)
        return message

    def answered(self, **where: str) -> None:
        """Note that interactions were given something to see, by what they are known by."""
        for one in self.open:
            if any(value and getattr(one, name) == value for name, value in where.items()):
                one.answered.set()

    def spend(self, lane: str, a_minute: float, burst: float | None = None) -> None:
        """Count a request; raise Slack's 429 when there are too many in this lane."""
        now = time.monotonic() if self.clock is None else self.clock
        window = self.spent[lane]
        most = max(1.0, a_minute if burst is None else burst)
        while window and window[0] <= now - most * 60 / a_minute:
            window.popleft()
        if len(window) >= most:
            wait = window[0] + most * 60 / a_minute - now
            raise SlackError("ratelimited", retry_after=max(1, round(wait + 0.5)))
        window.append(now)


def new_id(kind: str) -> str:
    """Return an id such as "C0000001A2B"."""
    return f"{kind}{next(_NUMBERS):04d}{secrets.token_hex(3).upper()}"
