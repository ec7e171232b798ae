"""Sending by e-mail, SMS, voice and others: a card becomes words, Apprise takes them to the service.

Apprise is imported when the first route is made: where there is none, nobody waits for it.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.chat.outreach import render, troubles
from bot.clock import Clock
from bot.domain.delivery import Gone, Outcome, Outgoing, Sent, Sought
from bot.domain.one_tap import for_link
from bot.domain.outreach import Route
from bot.domain.policy import Policy
from bot.storage import identities
from bot.storage.database import Store

AT_ONCE = 16  # messages under way on one route; a call to a service keeps a thread busy until it ends
_WAIT = 20.0  # seconds to wait for a free thread; then the message goes back into the queue
_CALL = 30.0  # seconds until nobody waits for the service any more
_CONNECT, _READ = 5.0, 15.0
TO = "{to}"


# Stricter than what there may be: Apprise reads several addresses out of one that holds , or & or a space.
_ADDRESS = re.compile(r"\+[0-9]{5,15}|[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class NoAddress(Exception):
    """What stands for an address is none."""


class NoRooms(Exception):
    """A way to one person has no rooms."""


def address_of(url: str, to: str) -> str:
    """Return where a message goes: the route's address with the person's own in its place, which can't break out.

    Raises NoAddress.
    """
    if not _ADDRESS.fullmatch(to):
        raise NoAddress
    return url.replace(TO, quote(to, safe=""))


@dataclass(frozen=True)
class Way:
    """One way to people: where it goes, how a person's link is made (by delivery), whether replies are heard."""

    route: Route
    url: str
    link: Callable[[int], str]
    replies: bool = False


class OutreachMessenger:
    """One route; it can't be asked what arrived, so what is unknown may come twice, and says so."""

    tenant = ""
    at_once = 1
    remembers = once = False

    def __init__(self, store: Store, clock: Clock, policy: Policy, way: Way) -> None:
        from apprise import Apprise, AppriseAsset  # noqa: PLC0415 - half a second that only those pay who use it

        self.platform = way.route.value
        self._store, self._clock, self._policy, self._way = store, clock, policy, way
        self._apprise, self._asset = Apprise, AppriseAsset(app_id=policy.organisation)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix=f"outreach-{way.route}")
        self._free = asyncio.Semaphore(AT_ONCE)

    def understood(self) -> bool:
        """Whether Apprise can make anything of the route's address."""
        example = "ana@example.org" if self._way.route is Route.EMAIL else "+447700900123"
        return self._service(example) is not None

    async def send(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """Send cards as words, one after the other."""
        return [await self._sent(one) for one in batch]

    async def _sent(self, out: Outgoing) -> Sent:
        if out.edits is not None:
            error = "what was sent can't be rewritten"
            return Sent(delivery_id=out.delivery_id, outcome=Outcome.GONE, reason=Gone.REFUSED, error=error)
        title, body = await self._words(out)
        try:
            async with asyncio.timeout(_WAIT):
                await self._free.acquire()
        except TimeoutError:
            return troubles.busy(out.delivery_id)
        call = asyncio.get_running_loop().run_in_executor(self._threads, self._call, out, title, body)
        call.add_done_callback(lambda _: self._free.release())
        try:
            return await asyncio.wait_for(asyncio.shield(call), _CALL)
        except TimeoutError:
            return troubles.unsure(out.delivery_id, "no answer")

    async def _words(self, out: Outgoing) -> tuple[str, str]:
        """Return the title, where the route has one, and what is said, with times in the reader's zone."""
        now = self._clock.now()
        async with self._store.read(now) as db:
            tz = await identities.zone_at(db, self.platform, out.address) or self._policy.tz
        card = out.card.read_in(tz, now)
        link = self._way.link(out.delivery_id) if for_link(card).buttons and out.delivery_id > 0 else ""
        about = render.About(self._policy.organisation, self._policy.hotline, link, self._way.replies)
        match self._way.route:
            case Route.EMAIL:
                return render.subject(card), render.mail(card, about)
            case Route.VOICE:
                return "", render.spoken(card, about)
            case _:
                return "", render.short(card, about)

    def _service(self, to: str) -> Any:
        try:
            url = address_of(self._way.url, to)
        except NoAddress:
            return None
        service = self._apprise.instantiate(url, asset=self._asset, suppress_exceptions=True)
        if service is not None:
            service.socket_connect_timeout, service.socket_read_timeout = _CONNECT, _READ
        return service

    def _call(self, out: Outgoing, title: str, body: str) -> Sent:
        """Have Apprise send it; runs in a thread of its own."""
        service = self._service(out.address)
        if service is None:
            error = "no address"
            return Sent(delivery_id=out.delivery_id, outcome=Outcome.GONE, reason=Gone.NO_ADDRESS, error=error)
        box = self._apprise(asset=self._asset)
        box.add(service)
        kind = "html" if self._way.route is Route.EMAIL else "text"
        said = box.notify(body=body, title=title, body_format=kind, log_level=10)
        if said:
            return Sent(delivery_id=out.delivery_id, outcome=Outcome.SENT, external_id=str(out.delivery_id))
        return troubles.outcome(out.delivery_id, [(entry.level, entry.message) for entry in said.logs()])

    async def found(self, sought: Sequence[Sought]) -> dict[int, str | None]:  # noqa: ARG002 - as the port has it
        """Return nothing: a service does not say what it was handed."""
        return {}

    async def open_room(self, name: str, people: Sequence[str]) -> str:  # noqa: ARG002 - as the port has it
        """Refuse: nobody wants a room here."""
        raise NoRooms(self.platform)

    async def invite(self, address: str, people: Sequence[str]) -> None:  # noqa: ARG002 - as the port has it
        """Refuse: nobody can be brought in here."""
        raise NoRooms(self.platform)

    def close(self) -> None:
        """Wait for nobody: what is under way ends by itself, and is unknown."""
        self._threads.shutdown(wait=False, cancel_futures=True)
