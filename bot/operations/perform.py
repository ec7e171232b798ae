"""The one door: who is asking, may they, do it, answer with a card."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import structlog
from pydantic import ValidationError
from structlog.contextvars import bind_contextvars, bound_contextvars

from bot.domain import intent as i
from bot.domain.card import Card, FieldKind, Form, Frozen
from bot.domain.command import Vocabulary, offered, parse
from bot.domain.journal import Verb
from bot.domain.refusal import Refused, Why
from bot.domain.text import clip
from bot.domain.wording import forms
from bot.domain.wording.drill_stop import is_call
from bot.domain.wording.parts import refusal
from bot.operations import (
    adopting,
    clocks,
    command,
    digest,
    drill_actions,
    drill_quiet,
    drill_stop,
    drills,
    duties,
    facilitating,
    feed,
    figures,
    helping,
    incidents,
    moves,
    notices,
    plans,
    reach,
    readiness,
    replies,
    returns,
    sitreps,
    status,
    steps,
    team_channels,
    vendors,
    waves,
    wishes,
)  # fmt: skip
from bot.operations.desk import Desk
from bot.operations.outbox import marked
from bot.operations.scene import Place, Scene, about, enter
from bot.storage import places
from bot.storage.database import Clash, Crossed, Db

_log = structlog.get_logger()
_Handler = Callable[[Scene, Any], Awaitable[Card]]

# What a long table can be asked for again by: looking at it once more changes nothing and computes little.
_PAGED = (
    i.Status, i.Steps, i.Roll, i.Moves, i.CallList, i.Reach, i.ReviewRunbook, i.PlanReasons, i.Clocks, i.Drills,
    i.Readiness, i.MyDuties, i.Vendors,
)  # fmt: skip


async def _more_rows(scene: Scene, intent: i.MoreRows) -> Card:
    """Look once more, from a later row on; whoever asks must be allowed to look."""
    try:
        wanted = i.decode(intent.of)
    except ValidationError as wrong:
        raise _GONE from wrong
    if not isinstance(wanted, _PAGED):
        raise _GONE
    inner = await enter(scene.desk, scene.db, scene.actor.id, wanted, scene.place)
    return (await _answered(_LOOKS[type(wanted)], inner, wanted)).evolve(row=intent.start)


_GONE = Refused("That button is gone: the message changed meanwhile.", instead="Look at it again.")


_LOOKS: Mapping[type[Frozen], _Handler] = {
    i.Help: status.help_,
    i.Status: status.status,
    i.Steps: status.step_table,
    i.Roll: status.roll_call,
    i.Moves: status.move_table,
    i.Where: status.where,
    i.WhereDoIGo: notices.mine,
    i.CallList: status.calls,
    i.Board: status.board,
    i.Reach: reach.show,
    i.MoreRows: _more_rows,
    i.ReviewRunbook: adopting.review,
    i.ShowStep: steps.show,
    i.Preview: notices.preview,
    i.PlanAgain: plans.plan_again,
    i.PlanReasons: plans.reasons,
    i.ChangePlan: wishes.change,
    i.WishFor: wishes.wish_for,
    i.UndoWish: wishes.undo,
    i.PlanReturn: returns.plan_return,
    i.Clocks: clocks.show_all,
    i.ShowRegime: clocks.show,
    i.DraftStage: clocks.drafted,
    i.Drills: drills.show,
    i.Injects: facilitating.show,
    i.Readiness: readiness.show,
    i.Digest: digest.show,
    i.MyDuties: readiness.mine,
    i.ShowDuty: readiness.show_duty,
    i.Vendors: vendors.show,
    i.AttestLink: vendors.link,
}
_CHANGES: Mapping[type[Frozen], _Handler] = {
    i.Declare: incidents.declare,
    i.Drill: drills.plan,
    i.StartDrill: drills.start,
    i.CallOffDrill: drills.call_off,
    i.AllowDrill: drills.allow,
    i.RealIncident: drill_stop.stop,
    i.NextInject: facilitating.next_,
    i.HoldClock: facilitating.hold,
    i.Judge: facilitating.judge,
    i.EndDrill: facilitating.end,
    i.KeepDrill: drill_quiet.keep,
    i.CloseAction: drill_actions.close,
    i.Join: incidents.join,
    i.Update: incidents.update,
    i.AssignRole: incidents.give_role,
    i.Recover: incidents.recover,
    i.Resume: command.resume,
    i.TakeCommand: command.take,
    i.StandDown: incidents.stand_down,
    i.Cancel: incidents.cancel,
    i.AdoptRunbook: adopting.take_on,
    i.StartStep: steps.start,
    i.FinishStep: steps.finish,
    i.SkipStep: steps.skip,
    i.AssignStep: steps.assign,
    i.Decide: steps.decide,
    i.AddStep: steps.add,
    i.Reword: notices.reword,
    i.SendStep: notices.send,
    i.Say: replies.say,
    i.Helped: helping.helped,
    i.SetMove: moves.report,
    i.TakeBack: moves.take_back,
    i.ApprovePlan: plans.approve,
    i.TellWave: waves.tell_wave,
    i.PaceWaves: waves.pace,
    i.Reroute: figures.reroute,
    i.TeamChannel: team_channels.choose,
    i.Sitrep: sitreps.send,
    i.HoldSitrep: sitreps.hold,
    i.DecideRegime: clocks.decide,
    i.SetAnchor: clocks.set_anchor,
    i.SubmitStage: clocks.submit,
    i.Calendar: feed.link,
    i.AnswerDuty: duties.answer,
    i.EndDuty: duties.end,
    i.GiveDuty: duties.give,
    i.Attest: vendors.attest,
    i.EditVendor: vendors.edit,
}
# Responders act one after the other; answers come by the thousand and touch only the rows of whom they are about.
_BY_THOUSANDS = (i.Say, i.SetMove)
_TRIES = 3  # an answer and a plan's approval may want the same rows in another order; nothing of either was written


async def perform(desk: Desk, person: str, intent: i.Intent, place: Place) -> Card:
    """Do what somebody wants, or say why not; what is refused for want of a right is journalled."""
    try:
        return await _do(desk, person, intent, place)
    except Refused as no:
        await _journal_refusal(desk, person, intent, no, place)
        return refusal(no)
    except Clash:
        return refusal(_CLASHED)


_CLASHED = Refused(
    "Somebody changed the same thing at this very moment.", instead="Nothing of yours was done. Look again."
)


async def _do(desk: Desk, person: str, intent: i.Intent, place: Place) -> Card:
    """Do it, measured; what is logged meanwhile says with which intent, about which incident."""
    with bound_contextvars(intent=intent.kind, incident=None), desk.meter.handling(intent.kind, (Refused, Clash)):
        for _ in range(_TRIES):
            with suppress(Crossed):
                return await _done(desk, person, intent, place)
        return await _done(desk, person, intent, place)


async def _done(desk: Desk, person: str, intent: i.Intent, place: Place) -> Card:
    look = _LOOKS.get(type(intent))
    if look is not None:
        async with desk.read() as db:
            return await _answered(look, await enter(desk, db, person, intent, place), intent)
    async with desk.work(alone=not isinstance(intent, _BY_THOUSANDS)) as work:
        card = await _answered(_CHANGES[type(intent)], await enter(desk, work, person, intent, place), intent)
    if not isinstance(intent, _BY_THOUSANDS):  # those are counted
        _log.info("done")
    return card


async def _answered(handler: _Handler, scene: Scene, intent: i.Intent) -> Card:
    """In a drill the answers say so too."""
    if scene.about is not None:
        bind_contextvars(incident=scene.about.id)
    card = await handler(scene, intent)
    if card.tables and isinstance(intent, _PAGED):
        card = card.evolve(again=i.encode(intent))
    if card.form is not None:
        card = card.evolve(form=card.form.model_copy(update={"title": card.title}))
    return marked(card, scene.about) if scene.about is not None else card


async def _journal_refusal(desk: Desk, person: str, intent: i.Intent, no: Refused, place: Place) -> None:
    if no.why is not Why.FORBIDDEN:
        return
    _log.info("refused", intent=intent.kind)
    async with desk.work() as work:
        incident = await about(work, intent, place)
        work.note(incident, person, Verb.REFUSED, f"{intent.kind}: {no.text}", f"person:{person}")


async def typed(desk: Desk, person: str, text: str, place: Place) -> Card:
    """Do what a typed line asks for; the words that stop a drill go before everything."""
    if is_call(text):
        return await perform(desk, person, i.RealIncident(), place)
    async with desk.read() as db:
        words = await vocabulary(db, desk.library.tabletops)
    try:
        intent = parse(text, words)
    except Refused as no:
        return await _in_words(desk, person, text, words, no, place)
    if isinstance(intent, i.Help) and (asked := await status.asked_for_help(desk, person)):
        return asked
    return await perform(desk, person, intent, place)


async def _in_words(desk: Desk, person: str, text: str, words: Vocabulary, no: Refused, place: Place) -> Card:
    """Answer what is no command: an agent by what they can press, words of a disaster with the form to declare it."""
    asked = await status.in_words(desk, person)
    offer = offered(text, words) if asked is None else None
    return asked or (await perform(desk, person, offer, place) if offer else refusal(no))


async def pressed(desk: Desk, person: str, encoded: str, place: Place) -> Card:
    """Do what a button carries; what it carries is hostile until parsed."""
    try:
        intent = i.decode(encoded)
    except ValidationError:
        return refusal(_GONE)
    return await perform(desk, person, intent, place)


async def submitted(
    desk: Desk,
    person: str,
    form: Form,
    values: Mapping[str, Sequence[str]],
    place: Place,
    known: Mapping[str, str] | None = None,
) -> Card:
    """Do what a filled-in form asks for; faults come back beside their fields. known: faults that the chat found."""
    if known:
        return _again(form, values, known)
    try:
        base = i.decode(form.intent)
        intent = i.INTENT.validate_python({**base.model_dump(exclude_none=True), **_filled(form, values)})
    except ValidationError as wrong:
        return _again(
            form, values, {str(e["loc"][1] if len(e["loc"]) > 1 else e["loc"][0]): _fault(e) for e in wrong.errors()}
        )
    missing = {f.name: "This is needed." for f in form.fields if f.required and not _said(values.get(f.name, ()))}
    if missing:
        return _again(form, values, missing)
    try:
        return await _do(desk, person, intent, place)
    except Refused as no:
        await _journal_refusal(desk, person, intent, no, place)
        return _again(form, values, no.fields, no) if no.fields else refusal(no)
    except Clash:
        return refusal(_CLASHED)


def _filled(form: Form, values: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in form.fields:
        said = _said(values.get(field.name, ()))
        if field.kind is FieldKind.MANY:
            found[field.name] = said
        elif said:
            found[field.name] = said[0]
    return found


def _said(values: Sequence[str]) -> list[str]:
    return [v for v in values if v.strip()]


def _again(
    form: Form, values: Mapping[str, Sequence[str]], errors: Mapping[str, str], no: Refused | None = None
) -> Card:
    text = (no.text,) if no else ("Some of it needs another look.",)
    shown = {name: tuple(clip(v, 4000) for v in said) for name, said in values.items()}
    title = f"Please look again: {form.title}" if form.title else "Please look again"
    return forms.again(Card(title=title, text=text, form=form), shown, errors)


_FAULTS = {
    "string_too_long": "This is too long.",
    "string_too_short": "This is needed.",
    "too_short": "This is needed.",
    "int_parsing": "This must be a whole number.",
    "literal_error": "Choose one of the list.",
    "enum": "Choose one of the list.",
    "string_pattern_mismatch": "Choose one of the list.",
    "bool_parsing": "Choose one of the two.",
}


def _fault(error: Any) -> str:
    sentence = _FAULTS.get(error["type"])
    if error["type"] in ("string_too_long", "too_long"):
        most, has = error["ctx"]["max_length"], len(str(error["input"]))
        return f"This is too long: at most {most:,} characters, this has {has:,}."
    if error["type"] in ("less_than_equal", "greater_than_equal"):
        bound = error["ctx"].get("le", error["ctx"].get("ge"))
        return f"This must be {'at most' if 'le' in error['ctx'] else 'at least'} {bound}."
    return sentence or f"{error['msg']}."


async def vocabulary(db: Db, tabletops: Iterable[str] = ()) -> Vocabulary:
    """Return the organisation's own words for sites, systems and queues, ids and names, and for its tabletops."""
    found: dict[str, tuple[str, str]] = {}
    for what, rows in (
        ("queues", await places.queues(db)),
        ("systems", await places.systems(db)),
        ("sites", await places.sites(db)),
    ):
        for key, row in rows.items():
            found[key.lower()] = (what, key)
            found[row.name.lower()] = (what, key)
    said = {name: key for key in tabletops for name in (key, key.replace("_", " "))}
    return Vocabulary(places=found, scenarios=said)
