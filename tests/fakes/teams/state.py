"""What the fake Teams knows: tenants, people, conversations, messages, and how it has been told to fail."""

import itertools
import secrets
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

COUNT = itertools.count(1_700_000_000_000)
PER_APP = ((1.0, 50),)
PER_CONVERSATION = ((1.0, 7), (2.0, 8), (30.0, 60), (3600.0, 1800))


class TeamsError(Exception):
    """An answer that says no."""

    def __init__(self, status: int, code: str, message: str = "", retry_after: float | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.message, self.retry_after = status, code, message or code, retry_after


class Refused(Exception):
    """Teams' own window says no to a person."""


@dataclass
class User:
    """Somebody of the tenant, or a guest; opens: how Teams answers the bot that opens a conversation with them."""

    aad: str
    name: str
    email: str
    tz: str = "UTC"
    role: str = "user"
    installed: bool = True
    enabled: bool = True
    language: str = "en-GB"
    opens: int = 201

    @property
    def id(self) -> str:
        """The id that this bot sees."""
        return f"29:{self.aad}"


@dataclass
class Message:
    """One message; own: what stands in its place for one user alone, and since when; only: who alone sees it."""

    id: str
    order: int
    by: str
    text: str = ""
    card: Any = None
    mentions: tuple[str, ...] = ()
    edited: int = 0
    only: str = ""
    own: dict[str, tuple[int, Any]] = field(default_factory=dict)


@dataclass
class Conversation:
    """A one-to-one chat (user is set) or a thread of the channel."""

    id: str
    user: str = ""
    messages: list[Message] = field(default_factory=list)


@dataclass
class Fault:
    """How requests fail: the next so many whose method and path begin so."""

    method: str = "*"
    path: str = ""
    status: int = 0
    code: str = ""
    retry_after: float | None = None
    kind: str = ""
    times: int = 1


@dataclass
class Tenant:
    """One organisation with the bot in one of its teams."""

    id: str
    url: str
    app_id: str = field(default_factory=lambda: secrets.token_hex(8))
    password: str = field(default_factory=lambda: secrets.token_hex(8))
    certificate: str = ""
    bot_url: str = ""
    team: str = field(default_factory=lambda: f"19:team{secrets.token_hex(4)}@thread.tacv2")
    channel: str = field(default_factory=lambda: f"19:incidents{secrets.token_hex(4)}@thread.tacv2")
    channels: dict[str, str] = field(default_factory=dict)
    private: str = ""  # a private channel: no list names it, and only who was let in may ask of it
    users: dict[str, User] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    dialogs: dict[str, Any] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    issued: int = 0
    calls: list[tuple[str, str, int]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    limited: bool = False
    talked: bool = False  # everybody has a conversation with the bot
    speed: float = 1.0
    clock: float | None = None  # seconds; None: the machine's own, times speed
    old: bool = False
    page: int = 50
    permitted: bool = False
    outside: dict[str, User] = field(default_factory=dict)
    rates: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    began: float | None = None
    ended: float = 0.0

    @property
    def now(self) -> float:
        """The fake's own time, in seconds."""
        return time.monotonic() * self.speed if self.clock is None else self.clock

    def user(self, key: str) -> User:
        """Return somebody by AAD id or by the id that the bot sees."""
        try:
            return self.users[key.removeprefix("29:")]
        except KeyError:
            raise TeamsError(404, "MemberNotFoundInConversation") from None

    def chat_of(self, user: User) -> Conversation:
        """Return somebody's one-to-one chat with the bot."""
        key = f"a:{user.aad}"
        return self.conversations.setdefault(key, Conversation(key, user.aad))

    def conversation(self, key: str) -> Conversation:
        """Return a conversation by id."""
        if self.talked and key not in self.conversations and (user := self.users.get(key.removeprefix("a:"))):
            return self.chat_of(user)
        try:
            return self.conversations[key]
        except KeyError:
            raise TeamsError(404, "ConversationNotFound") from None

    def has(self, channel: str) -> bool:
        """Whether the bot is in a channel of this id."""
        return bool(channel) and channel in (self.channel, self.private, *self.channels.values())

    def thread(self, channel: str = "") -> Conversation:
        """Begin a thread in a channel."""
        key = f"{channel or self.channel};messageid={next(COUNT)}"
        self.conversations[key] = Conversation(key)
        return self.conversations[key]

    def take(self, key: str, limits: tuple[tuple[float, int], ...]) -> None:
        """Count a request; raise 429 when there were too many."""
        times, now = self.rates[key], self.now
        while times and times[0] <= now - limits[-1][0]:
            times.popleft()
        for span, most in limits:
            recent = [at for at in times if at > now - span]
            if len(recent) >= most:
                raise TeamsError(429, "ThrottledException", retry_after=max(0.05, recent[-most] + span - now))
        times.append(now)


TENANTS: dict[str, Tenant] = {}
