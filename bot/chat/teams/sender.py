"""Sending on Teams: one-to-one chats by stored conversations, rooms as threads of the configured channel."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from bot.chat.teams import outcomes
from bot.chat.teams.connector import Answer, Connector, Unsent, Unsure, segment
from bot.chat.teams.elements import Native, Reader
from bot.chat.teams.render import CONTENT, About, drawn
from bot.clock import Clock
from bot.domain.account import Reached
from bot.domain.card import Card
from bot.domain.delivery import Outgoing, Sent, Sought
from bot.domain.text import clip
from bot.domain.wording.teams import OPEN_TO_ALL
from bot.storage import identities, incidents, teams
from bot.storage.database import Store

PLATFORM = teams.PLATFORM


class NotOpened(Exception):
    """Teams did not open a thread; it is tried again. word: what it answered."""

    def __init__(self, answer: Answer) -> None:
        self.word = f"{answer.status} {answer.code}".strip()
        super().__init__(self.word)


@dataclass(frozen=True)
class Channels:
    """Where incidents get their threads; private: where those for few eyes do, "" where there is no such channel."""

    common: str
    private: str = ""

    def of(self, *, private: bool) -> str:
        """Return the channel of an incident."""
        return self.private if private and self.private else self.common


@dataclass(frozen=True)
class Where:
    """A conversation that takes messages; root: the thread's first message, which is its incident's card."""

    service: str
    conversation: str
    reader: Reader
    root: str = ""

    @property
    def room(self) -> bool:
        """Whether it is a channel or a thread in one."""
        return not self.reader.alone


def is_room(address: str) -> bool:
    """Whether an address is a channel or a thread, not a person's id."""
    return address.startswith("19:")


class TeamsMessenger:
    """Teams as a platform. It can't be asked what arrived, so what is unknown may come twice, and says so."""

    platform = PLATFORM
    at_once = 1
    remembers = once = False

    def __init__(
        self, store: Store, clock: Clock, connector: Connector, channels: "Channels", *, tz: str, dialogs: bool = True
    ) -> None:
        self._store, self._clock, self.connector = store, clock, connector
        self.channels, self._tz, self._dialogs = channels, tz, dialogs
        self.tenant = connector.who.tenant

    async def send(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """Send cards and rewrite old ones; one request each, two where somebody has no conversation yet."""
        return [await self._sent(one) for one in batch]

    async def _sent(self, out: Outgoing) -> Sent:
        try:
            where = await self.where(out.address)
            if isinstance(where, Answer):
                return await self._lost(out, where)
            answer = await self._post(out, where)
            if answer.status == 404 and not where.room and not out.edits:
                await self._forget(out.address)
                where = await self.where(out.address)
                answer = where if isinstance(where, Answer) else await self._post(out, where)
        except Unsent as why:
            return outcomes.unsent(out.delivery_id, why)
        except Unsure as why:
            return outcomes.unsure(out.delivery_id, why)
        if not answer.ok:
            return await self._lost(out, answer)
        sent = outcomes.of(out.delivery_id, answer, room=is_room(out.address), edits=out.edits is not None)
        return sent if sent.external_id else sent.model_copy(update={"external_id": out.edits})

    async def _post(self, out: Outgoing, where: Where) -> Answer:
        watching = (where.reader.user,) if where.reader.user and out.card.buttons and out.card.form is None else ()
        about = About(delivery=out.delivery_id, watching=watching, dialogs=self._dialogs)
        edits = out.edits or (where.root if out.pinned else "")
        answer = await self.write(where, out.card, about, edits)
        if edits and answer.ok:
            return Answer(answer.status, {"id": edits})
        return answer

    async def write(self, where: Where, card: Card, about: About, edits: str = "") -> Answer:
        """Post a card into a conversation, or put it in the place of an earlier message."""
        path = f"v3/conversations/{segment(where.conversation)}/activities"
        body = activity(card, where.reader, about)
        if edits:
            return await self.connector.call("PUT", where.service, f"{path}/{segment(edits)}", body | {"id": edits})
        return await self.connector.call("POST", where.service, path, body)

    async def _lost(self, out: Outgoing, answer: Answer) -> Sent:
        """Say what became of a message that was not taken; who has blocked or removed the bot is remembered."""
        sent = outcomes.of(out.delivery_id, answer, room=is_room(out.address), edits=out.edits is not None)
        if known := outcomes.known(sent):
            async with self._store.work(self._clock.now()) as work:
                await teams.remember(work, out.address, **known)
        return sent

    async def where(self, address: str) -> Where | Answer:
        """Return the conversation behind an address, made if there is none, or why there can be none."""
        now = self._clock.now()
        if is_room(address):
            _, _, root = address.partition(";messageid=")
            return Where("", address, Reader(self._tz, now, alone=False), root)
        async with self._store.read(now) as db:
            known = await teams.chat(db, address)
            tz = await identities.zone_at(db, PLATFORM, address) or self._tz
        user, service = (known["user_id"], self._entrance(known["service_url"])) if known else ("", "")
        if known and known["conversation"]:
            return Where(service, known["conversation"], Reader(tz, now, user))
        return await self._begin(address, user, service, tz)

    def _entrance(self, service: str) -> str:
        """Return where somebody was met, or "", the cloud's own entrance, where our token may not be sent there."""
        return service if self.connector.cloud.allows(service) else ""

    async def _begin(self, address: str, user: str, service: str, tz: str) -> Where | Answer:
        """Open a one-to-one conversation with somebody who never wrote to the bot."""
        who = self.connector.who
        body = {
            "bot": {"id": who.bot},
            "isGroup": False,
            "tenantId": who.tenant,
            "members": [{"id": user or address}],
            "channelData": {"tenant": {"id": who.tenant}},
        }
        answer = await self.connector.call("POST", service, "v3/conversations", body)
        conversation = str(answer.body.get("id") or "")
        if not answer.ok or not conversation:
            return answer
        async with self._store.work(self._clock.now()) as work:
            await teams.remember(work, address, conversation=conversation, state=Reached.REACHED)
        return Where(service, conversation, Reader(tz, self._clock.now(), user))

    async def _forget(self, address: str) -> None:
        async with self._store.work(self._clock.now()) as work:
            await teams.remember(work, address, conversation="")

    async def found(self, sought: Sequence[Sought]) -> dict[int, str | None]:  # noqa: ARG002
        """Return nothing: a bot can't look up what it posted on Teams."""
        return {}

    async def open_room(self, name: str, people: Sequence[str]) -> str:
        """Begin the thread of this name in the configured channel, or find it begun."""
        async with self._store.read(self._clock.now()) as db:
            address, incident = await teams.thread(db, name), await incidents.find(db, name.upper())
        if address is None:
            address = await self._begin_thread(name, private=incident is not None and incident.private)
            async with self._store.work(self._clock.now()) as work:
                await teams.add_thread(work, name, address)
        if people:
            await self.invite(address, people)
        return address

    async def _begin_thread(self, name: str, *, private: bool) -> str:
        reader = Reader(self._tz, self._clock.now(), alone=False)
        first = activity(
            Card(title=name.upper(), text=("The incident's card comes here in a moment.",)), reader, About()
        )
        channel = self.channels.of(private=private)
        body = {"isGroup": True, "channelData": {"channel": {"id": channel}}, "activity": first}
        answer = await self.connector.call("POST", "", "v3/conversations", body)
        address = str(answer.body.get("id") or "")
        if not answer.ok or not is_room(address):
            raise NotOpened(answer)
        return address

    async def invite(self, address: str, people: Sequence[str]) -> None:
        """Bring people into a thread by naming them in it; who is not on Teams can't be named."""
        async with self._store.read(self._clock.now()) as db:
            known, few = await teams.people(db, people), await teams.for_few(db, address)
        if not known:
            return
        mentions = [_mention(row["user_id"] or row["address"], row["name"]) for row in known]
        text = f"{', '.join(m['text'] for m in mentions)}: this incident needs you. Everything about it stands here."
        text += f" {OPEN_TO_ALL}" if few and not self.channels.private else ""
        body = {"type": "message", "textFormat": "xml", "text": text, "entities": mentions}
        answer = await self.connector.call("POST", "", f"v3/conversations/{segment(address)}/activities", body)
        if not answer.ok:
            raise NotOpened(answer)

    async def close(self) -> None:
        """Close what is open."""
        await self.connector.close()
        await asyncio.sleep(0)


def _mention(user: str, name: str) -> Native:
    return {"type": "mention", "text": f"<at>{escape(name)}</at>", "mentioned": {"id": user, "name": name}}


def attachment(card: Card, reader: Reader, about: About) -> Native:
    """Return a card as what a message holds."""
    return {"contentType": CONTENT, "content": drawn(card, reader, about)}


def activity(card: Card, reader: Reader, about: About) -> dict[str, Any]:
    """Return the message that shows a card; its summary is what a notification says."""
    said = " · ".join(reader.plain(part) for part in (card.banner, card.title) if part)
    return {"type": "message", "summary": clip(said, 200) or " ", "attachments": [attachment(card, reader, about)]}
