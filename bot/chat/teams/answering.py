"""Answering people on Teams: every request becomes an intent, goes through the one door, and is answered in place."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.chat.teams import inputs
from bot.chat.teams.connector import Answer, Unsent, Unsure, segment
from bot.chat.teams.elements import Native, Reader
from bot.chat.teams.heard import Said
from bot.chat.teams.render import CONTENT, About, drawn
from bot.chat.teams.sender import PLATFORM, TeamsMessenger, Where
from bot.domain import intent as i
from bot.domain.account import Reached
from bot.domain.card import Card
from bot.domain.delivery import Gone
from bot.domain.text import clean, clip
from bot.domain.wording.parts import NOT_KEPT
from bot.operations import compose, home, linking, perform, picking
from bot.operations.desk import Desk
from bot.operations.scene import Place
from bot.storage import addresses, heard, identities, teams

_log = structlog.get_logger()
_NOTHING = "There is nothing newer to show."
_TWICE = "That was taken already."
_SURE_FOR = timedelta(minutes=1)
_LATER = frozenset({412, 429, 503})  # a gateway that got no answer (502, 504) may have passed it on
_PATIENCE, _AT_MOST = 4, 2.5  # so often, seconds: Teams waits fifteen for us
_OFFERED = 15  # what Teams shows of a search
_QUOTED = 1_500  # characters: where it is asked which incident is meant, each button carries them


@dataclass
class Answering:
    """Does what people ask on Teams; known: conversations seen as they are written down, and when that was."""

    desk: Desk
    messenger: TeamsMessenger
    dialogs: bool = True
    known: dict[str, tuple[tuple[str, ...], datetime]] = field(default_factory=dict)

    async def remember(self, said: Said) -> None:
        """Write down how somebody can be written to, and in which language they have Teams, when they come to us."""
        here, now = (said.conversation, said.service, said.language), self.desk.clock.now()
        seen, at = self.known.get(said.address, ((), now))
        if not said.personal or (seen == here and now - at < _SURE_FOR):
            return
        if not await self._stands(said):
            async with self.desk.work() as work:
                values = {"conversation": said.conversation, "service_url": said.service, "user_id": said.user}
                await teams.remember(work, said.address, **values, state=Reached.REACHED)
                await addresses.found(work, PLATFORM, said.address)
                if said.language:
                    await identities.speak(work, PLATFORM, {said.address: said.language})
        self.known[said.address] = (here, now)

    async def _stands(self, said: Said) -> bool:
        """Whether all of it is written down already, and nothing says that they can't be reached."""
        async with self.desk.read() as db:
            row = await teams.standing(db, said.address)
        if row is None or row["state"] != Reached.REACHED or row["lost_at"] is not None:
            return False
        same = (row["conversation"], row["service_url"], row["user_id"]) == (said.conversation, said.service, said.user)
        return same and (not said.language or row["language"] in (None, said.language))

    async def removed(self, said: Said) -> None:
        """The bot was removed by somebody."""
        self.known.pop(said.address, None)
        async with self.desk.work() as work:
            await teams.remember(work, said.address, conversation="", state=Reached.UNINSTALLED)
            await addresses.lose(work, {PLATFORM: [(said.address, Gone.UNINSTALLED)]})

    async def person(self, said: Said) -> str:
        """Return who it is; somebody new is looked up and linked. "" is somebody whom the roster does not know."""
        async with self.desk.read() as db:
            found = await identities.person_at(db, PLATFORM, said.address)
        if found is None and await self._linked(said):
            async with self.desk.read() as db:
                found = await identities.person_at(db, PLATFORM, said.address)
        return found or ""

    async def _linked(self, said: Said) -> bool:
        if await linking.link_one(self.desk, PLATFORM, "", said.address):
            return True
        path = f"v3/conversations/{segment(said.conversation)}/members/{segment(said.user)}"
        try:
            answer = await self.messenger.connector.call("GET", said.service, path)
        except (Unsent, Unsure):
            return False
        account = account_of(answer.body, self.messenger.tenant) if answer.ok else None
        emails = account.emails if account is not None and not account.guest else ()
        return any([await linking.link_one(self.desk, PLATFORM, email, said.address) for email in emails[:1]])

    async def first_time(self, said: Said) -> bool:
        """Take an event; False when it was taken before."""
        async with self.desk.work() as work:
            return await heard.take(work, PLATFORM, said.event)

    async def finish(self, said: Said) -> None:
        """Write down that an event was worked: what was not is taken again when Teams tells it again."""
        async with self.desk.work() as work:
            await heard.finish(work, PLATFORM, said.event)

    async def typed(self, said: Said) -> None:
        """Answer a typed line, privately: in a channel everybody would read it."""
        try:
            if not await self.first_time(said):
                return
            cards = await self._answer(said)
        except Exception:
            await self._not_kept(said)
            raise
        await self.finish(said)  # before the answer: Teams says it again when that takes long, and it is done
        for card in cards:
            await self._reply(said, card)

    async def _answer(self, said: Said) -> list[Card]:
        """Return what a typed line is answered with: mostly one card."""
        person = await self.person(said)
        if said.personal and said.text.strip(" /").removeprefix("disaster ").strip().casefold() in _MY:
            return await home.cards(self.desk, person, PLATFORM)
        return [await perform.typed(self.desk, person, said.text, _place(said))]

    async def _not_kept(self, said: Said) -> None:
        """Tell somebody whose words came to nothing, because Teams does not say them again."""
        try:
            await self._say(said, NOT_KEPT)
        except (Unsent, Unsure) as why:
            _log.warning("teams: a typed line was not answered", why=str(why))

    async def older(self, said: Said) -> None:
        """Answer a press on a Teams too old for answers in place: a form is rewritten, the rest is a new message."""
        try:
            if not await self.first_time(said):
                return
            card = await self._done(said)
        except Exception:
            await self._not_kept(said)
            raise
        await self.finish(said)
        await self._reply(said, card, said.reply_to if said.verb == "send" and said.personal else "")

    async def _done(self, said: Said) -> Card:
        person = await self.person(said)
        if said.verb == "look":
            return await compose.shown(self.desk, person, said.delivery) or Card(title=_NOTHING)
        card = await perform.pressed(self.desk, person, said.intent, _place(said))
        if said.verb != "send" or card.form is None:
            return card
        # What a form asks is asked again by its intent, so nothing that came over the wire says which fields there are.
        values = inputs.values(card.form, said.data)
        answer = await perform.submitted(self.desk, person, card.form, values, _place(said))
        await self.finish(said)
        return answer

    async def in_place(self, said: Said) -> dict[str, Any]:
        """Return the answer to a press as the card that takes the place of the one pressed, for who pressed alone."""
        if said.verb == "send" and not await self.first_time(said):
            return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": _TWICE}
        card = await self._done(said)
        back = said.delivery > 0 and said.verb != "look"
        about = About(delivery=said.delivery, room=said.room, back=back, dialogs=self.dialogs)
        return {"statusCode": 200, "type": CONTENT, "value": drawn(card, await self._reader(said), about)}

    async def search(self, said: Said) -> dict[str, Any]:
        """Return what fits the words that somebody types in a field that is searched."""
        found = await picking.offered(self.desk, await self.person(said), said.dataset, said.words)
        kind = "application/vnd.microsoft.search.searchResponse"
        return {"statusCode": 200, "type": kind, "value": {"results": inputs.found(found, _OFFERED)}}

    async def dialog(self, said: Said) -> dict[str, Any]:
        """Return what a dialog shows: the form that was asked for, its faults, or the answer."""
        if said.verb == "send" and not await self.first_time(said):
            return {"task": {"type": "message", "value": _TWICE}}
        return await self._task(said, await self._done(said))

    async def action(self, said: Said) -> dict[str, Any]:
        """Return the dialog of one of the app's actions; on a message, with the message's words in it to look over."""
        wanted = ACTIONS[said.dataset](said.words)
        return await self._task(said, await perform.perform(self.desk, await self.person(said), wanted, _place(said)))

    async def _task(self, said: Said, card: Card) -> dict[str, Any]:
        reader = await self._reader(said)
        about = About(delivery=said.delivery, room=said.room, inside=True)
        shown: Native = {
            "title": clip(reader.plain(card.title), 60) or "Disaster",
            "height": "large" if card.form is not None and len(card.form.fields) > 3 else "medium",
            "width": "medium",
            "card": {"contentType": CONTENT, "content": drawn(card, reader, about)},
        }
        return {"task": {"type": "continue", "value": shown}}

    async def _reader(self, said: Said) -> Reader:
        async with self.desk.read() as db:
            tz = await identities.zone_at(db, PLATFORM, said.address)
        return Reader(tz or self.desk.policy.tz, self.desk.clock.now(), said.user)

    async def _reply(self, said: Said, card: Card, edits: str = "") -> None:
        """Answer in somebody's own chat, wherever they asked."""
        where: Where | Answer
        if said.personal:
            where = Where(said.service, said.conversation, await self._reader(said))
        else:
            where = await self.messenger.where(said.address)
        about = About(room=said.room, dialogs=self.dialogs)
        answer = where if isinstance(where, Answer) else await self._written(where, card, about, edits)
        if not said.personal:
            await self._say(said, _LOOK_THERE if answer.ok else _NOBODY_KNOWS if answer.status >= 500 else _CANT_WRITE)

    async def _written(self, where: Where, card: Card, about: About, edits: str) -> Answer:
        """Write an answer; where Teams takes no more for a moment it is asked again, as long as somebody waits."""
        answer = await self.messenger.write(where, card, about, edits)
        for _ in range(_PATIENCE):
            if answer.status not in _LATER:
                break
            await asyncio.sleep(min(answer.retry_after or 1.0, _AT_MOST))
            answer = await self.messenger.write(where, card, about, edits)
        if not answer.ok:
            _log.warning("teams: an answer was not taken", status=answer.status, code=answer.code)
        return answer

    async def _say(self, said: Said, text: str) -> None:
        """Say a line into the thread that was asked in; to what was said for our eyes alone, for theirs alone."""
        path = f"v3/conversations/{segment(said.conversation)}/activities"
        body: dict[str, Any] = {"type": "message", "textFormat": "plain", "text": text}
        if said.alone:
            path, body = f"{path}?isTargetedActivity=true", body | {"recipient": {"id": said.user}}
        await self.messenger.connector.call("POST", said.service, path, body)


ACTIONS: Mapping[str, Callable[[str], i.Intent]] = {
    "timeline": lambda words: i.Update(text=clip(clean(words), _QUOTED) or None, draft=True),
    "declare": lambda _: i.Declare(),
}
_MY = frozenset({"my", "home"})
_LOOK_THERE = "I have answered you in our own chat."
_NOBODY_KNOWS = "I have answered in our own chat, but Teams does not say whether it came: look there, else ask again."
_CANT_WRITE = (
    "I can't write to you privately: add the app Disaster to your Teams (Apps, search Disaster), then ask again."
)


def _place(said: Said) -> Place:
    return Place(PLATFORM, said.room or None)


@dataclass(frozen=True)
class Account:
    """Somebody on Teams: address is their id in the directory; guest: from another organisation.

    user: their id for the bot, "" where only the directory knows them. language: the one that they prefer.
    """

    address: str
    user: str
    emails: tuple[str, ...] = ()
    guest: bool = False
    language: str = ""


def account_of(member: Any, tenant: str) -> Account | None:
    """Return a member of a team or chat as an account; None for what has no lasting id."""
    if not isinstance(member, dict):
        return None
    address = str(member.get("aadObjectId") or member.get("objectId") or member.get("id") or "")
    emails = [str(member[key]) for key in ("email", "userPrincipalName") if member.get(key)]
    home = str(member.get("tenantId") or tenant)
    guest = member.get("userRole") in ("guest", "anonymous") or (bool(tenant) and home != tenant)
    return Account(address, str(member.get("id") or ""), tuple(emails), guest) if address else None
