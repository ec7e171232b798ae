"""What people do in Slack: each becomes an intent, goes through the one door, is committed, and then answered."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack import channels, forms, home, people
from bot.chat.slack.answering import PATIENCE, PLATFORM, WORKING, Answering, Asker, in_time
from bot.chat.slack.line import Line
from bot.chat.slack.render import KEPT, delivery_of
from bot.chat.slack.troubles import Trouble
from bot.domain import intent as i
from bot.domain.card import Card, Choice, Form
from bot.domain.text import clip
from bot.domain.wording import forms as form_words
from bot.domain.wording.forms import CHANNELS
from bot.domain.wording.parts import NOT_KEPT
from bot.operations import perform, picking
from bot.operations.desk import Desk
from bot.operations.scene import Place
from bot.storage import heard

_log = structlog.get_logger()
Body = Mapping[str, Any]
_QUOTED = 1_500


def app(desk: Desk, line: Line) -> AsyncApp:
    """Return slack-bolt's app with every listener; requests are verified before they get here."""
    quiet = logging.getLogger("slack")
    quiet.setLevel(logging.ERROR)  # bolt warns of what is meant: we authorize ourselves
    bolt = AsyncApp(
        logger=quiet,
        client=AsyncWebClient(base_url=line.access.api_url),  # for bolt itself; we call Slack over our own line
        authorize=_authorized(line),
        request_verification_enabled=False,
        ignoring_self_events_enabled=True,
        attaching_conversation_kwargs_enabled=False,
    )
    listeners = Listeners(desk, line)
    bolt.command("/disaster")(listeners.command)
    bolt.action(re.compile(r"^press\."))(listeners.press)
    bolt.action(forms.SAID)(listeners.choice)
    bolt.options(re.compile(rf"^{forms.SAID}\."))(listeners.search)
    bolt.view("form")(listeners.submit)
    bolt.shortcut("declare")(listeners.declare)
    bolt.shortcut("timeline")(listeners.timeline)
    bolt.use(listeners.event)
    for name in listeners.events:
        bolt.event(name)(_taken)
    return bolt


async def _taken() -> None:
    """An event was done before bolt gets here: it acknowledges events before it runs their listeners."""


def _authorized(line: Line) -> Any:
    """Tell bolt who the bot is from what we know: Slack need not be reachable for a press to be taken."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        me = line.known
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=line.access.bot_token,
            bot_id=me.bot if me else None,
            bot_user_id=me.user if me else None,
        )

    return authorize


class StillAtIt(Exception):
    """What Slack tells again was taken and is not done yet."""


class Listeners:
    """One method for each thing that people do."""

    def __init__(self, desk: Desk, line: Line) -> None:
        self._desk, self._line, self._answers = desk, line, Answering(desk, line)
        self._late: set[asyncio.Task[None]] = set()
        self.events: Mapping[str, Callable[[Body, Body], Awaitable[None]]] = {
            "app_home_opened": self._at_home,
            "message": self._said,
            "team_join": self._account,
            "user_change": self._account,
        }

    async def command(self, body: Body, ack: AsyncAck) -> None:
        """/disaster …: the answer stands in the acknowledgement, a form in a modal."""
        asker = await self._answers.asker(body["user_id"], body["trigger_id"])
        if asker is None:
            await ack()
            return
        room = _room(body["channel_id"])
        work = perform.typed(self._desk, asker.person, body.get("text") or "", Place(PLATFORM, room))
        card, late = await in_time(work, lambda: ack(text=WORKING, response_type="ephemeral"))
        if not late and card.form and await self._answers.opened(body["trigger_id"], card, asker, room):
            await ack()
        elif late:
            await self._answers.privately(body["response_url"], card, asker)
        else:
            shown = await self._answers.shown(card, asker)
            await ack(text=shown.text, blocks=shown.blocks, response_type="ephemeral")

    async def press(self, body: Body, ack: AsyncAck) -> None:
        """A button, of a message, a modal or the home page."""
        asker = await self._answers.asker(body["user"]["id"], body["trigger_id"])
        if asker is None:
            await ack()
            return
        action = body["actions"][0]
        room = _place_of(body)
        intent = await self._carried(str(action.get("value") or ""))
        work = perform.pressed(self._desk, asker.person, intent, Place(PLATFORM, room))
        card, _ = await in_time(work, ack)
        await ack()
        await self._show(body, card, asker, room)

    async def _carried(self, value: str) -> str:
        """Return the intent that a button carries, or names."""
        if not value.startswith(KEPT):
            return value
        async with self._desk.read() as db:
            return await heard.kept(db, value) or ""

    async def _show(self, body: Body, card: Card, asker: Asker, room: str | None) -> None:
        """Answer a press where it was made."""
        view = body.get("view") or {}
        if view.get("type") == "modal":
            await self._answers.put_into(view["id"], card, asker, room)
            return
        url = body.get("response_url")
        opens = card.form is not None or url is None
        if opens and await self._answers.opened(body["trigger_id"], card, asker, room):
            return
        if url is None:
            return
        delivery = delivery_of(body["actions"][0].get("block_id"))
        if delivery is not None and _is_direct(body):
            await self._answers.redraw(url, delivery, asker)
        await self._answers.privately(url, card, asker)

    async def choice(self, body: Body, ack: AsyncAck) -> None:
        """Something was chosen in a form: the help beside it changes, what was filled in stays."""
        view = body.get("view") or {}
        asker = await self._answers.asker(body["user"]["id"], body["trigger_id"])
        await ack()
        if asker is None or view.get("callback_id") != "form":
            return
        named, room = forms.about(view)
        card = await perform.pressed(self._desk, asker.person, await self._carried(named), Place(PLATFORM, room))
        again = form_words.again(card, forms.values_of(view), {})
        if again.form is not None:
            await self._answers.put_into(view["id"], again, asker, room)

    async def search(self, body: Body, ack: AsyncAck) -> None:
        """Somebody types in a field that is searched; before they do, those whom one would think of first."""
        asker = await self._answers.asker(body["user"]["id"], "")
        name, dataset, words = forms.sought(body)
        if asker is None or not words.strip():
            options = await self._likely(body, asker, name)
        else:
            options = await picking.offered(self._desk, asker.person, dataset, words)
        await ack(**forms.found(options))

    async def _likely(self, body: Body, asker: Asker | None, name: str) -> Sequence[Choice]:
        if asker is None:
            return ()
        named, room = forms.about(body.get("view") or {})
        card = await perform.pressed(self._desk, asker.person, await self._carried(named), Place(PLATFORM, room))
        return next((f.options for f in (card.form.fields if card.form else ()) if f.name == name), ())

    async def submit(self, body: Body, view: Body, ack: AsyncAck) -> None:
        """A filled-in form: done, or shown again with what is wrong beside its fields."""
        asker = await self._answers.asker(body["user"]["id"], body["trigger_id"])
        if asker is None:
            await ack()
            return
        named, room = forms.about(view)
        form = forms.form_of(view, await self._carried(named))
        work = self._done(asker.person, form, forms.values_of(view), Place(PLATFORM, room))
        wait = await self._answers.modal(Card(title="One moment", text=(WORKING,)), asker, room)
        card, late = await in_time(work, lambda: ack(response_action="update", view=wait))
        errors = forms.errors_of(card, view)
        if late:
            await self._answers.put_into(view["id"], card, asker, room)
        elif errors:
            await ack(response_action="errors", errors=errors)
        else:
            await ack(response_action="update", view=await self._answers.modal(card, asker, room))

    async def _done(self, person: str, form: Form, values: Mapping[str, Sequence[str]], place: Place) -> Card:
        """Do what a form asks for, when the channels that it names may be written to."""
        named = {f.name: values[f.name][0] for f in form.fields if f.dataset == CHANNELS and values.get(f.name)}
        asked = {name: await channels.why_not(self._line, channel) for name, channel in named.items()}
        faults = {name: why for name, why in asked.items() if why}
        return await perform.submitted(self._desk, person, form, values, place, faults)

    async def declare(self, body: Body, ack: AsyncAck) -> None:
        """The shortcut "Declare a disaster"."""
        await self._open(body, ack, i.Declare(), None)

    async def timeline(self, body: Body, ack: AsyncAck) -> None:
        """The shortcut "Add this message to the timeline": an update with its words, to look over and send."""
        said = clip(str((body.get("message") or {}).get("text") or "").strip(), _QUOTED)
        form = form_words.update(i.Update(text=said or None))
        asker = await self._answers.asker(body["user"]["id"], body["trigger_id"])
        await ack()
        if asker is not None:
            room = _room((body.get("channel") or {}).get("id"))
            await self._answers.opened(body["trigger_id"], form, asker, room)

    async def _open(self, body: Body, ack: AsyncAck, intent: i.Intent, room: str | None) -> None:
        asker = await self._answers.asker(body["user"]["id"], body["trigger_id"])
        await ack()
        if asker is not None:
            card = await perform.perform(self._desk, asker.person, intent, Place(PLATFORM, room))
            await self._answers.opened(body["trigger_id"], card, asker, room)

    async def event(self, body: Body, next_: Callable[[], Awaitable[Any]]) -> None:
        """Do what an event asks for before Slack is told that we have it; Slack repeats what it is not told of."""
        event = body.get("event") or {}
        doing = self.events.get(str(event.get("type"))) if body.get("type") == "event_callback" else None
        if doing is not None:
            task = asyncio.ensure_future(doing(event, body))
            done, _ = await asyncio.wait({task}, timeout=PATIENCE)
            if done:
                task.result()
            else:
                late = asyncio.create_task(self._ends_late(task, event))
                self._late.add(late)
                late.add_done_callback(self._late.discard)
        await next_()

    async def _ends_late(self, task: asyncio.Future[None], event: Body) -> None:
        """Slack was told that we have it, and does not repeat it: whoever typed it is told when it fails."""
        try:
            await task
        except Exception as error:  # noqa: BLE001 - whatever it was
            _log.error("an event failed late", kind=event.get("type"), error=type(error).__name__, exc_info=True)
            if event.get("channel_type") == "im":
                await self._tell(event, text=NOT_KEPT)

    async def _tell(self, event: Body, **said: Any) -> None:
        try:
            await self._line.call("chat.postMessage", channel=event["channel"], **said)
        except Trouble as trouble:
            _log.warning("a typed line was not answered", trouble=trouble.word)

    async def _at_home(self, event: Body, body: Body) -> None:  # noqa: ARG002
        """Somebody opened the app's home page: draw it as things stand."""
        if event.get("tab") in (None, "home"):
            asker = await self._answers.asker(str(event.get("user")), "")
            if asker is not None:
                await home.draw(self._answers, asker)

    async def _said(self, event: Body, body: Body) -> None:
        """A line typed to the bot itself; it is finished when it was answered, so a stop in between repeats it."""
        if event.get("channel_type") != "im" or event.get("subtype") or event.get("bot_id"):
            return
        key = str(body.get("event_id"))
        asker = await self._answers.asker(str(event.get("user")), key)
        if asker is None:
            if not await self._answers.done(key):
                raise StillAtIt  # Slack tells it again, and then whoever took it is done, or was stopped
            return
        try:
            card = await perform.typed(self._desk, asker.person, _bare(str(event.get("text") or "")), Place(PLATFORM))
        except Exception:
            await self._answers.let_go(key)
            raise
        shown = await self._answers.shown(card, asker)
        await self._tell(event, text=shown.text, blocks=shown.blocks)
        async with self._desk.work() as work:
            await heard.finish(work, PLATFORM, key)

    async def _account(self, event: Body, body: Body) -> None:  # noqa: ARG002
        """Somebody joined, or their account changed or was closed."""
        user = event.get("user")
        if isinstance(user, dict):
            await people.changed(self._desk, user, await self._line.me())


def _room(channel: Any) -> str | None:
    """Return the channel when it is one where others are too."""
    return str(channel) if channel and not str(channel).startswith("D") else None


def _place_of(body: Body) -> str | None:
    view = body.get("view")
    return forms.about(view)[1] if view else _room((body.get("channel") or {}).get("id"))


def _is_direct(body: Body) -> bool:
    container = body.get("container") or {}
    return str(container.get("channel_id") or "").startswith("D") and not container.get("is_ephemeral")


_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def _bare(text: str) -> str:
    """Return what somebody typed, without Slack's escapes."""
    for escaped, character in _ENTITIES:
        text = text.replace(escaped, character)
    return text
