"""What a step would say: previewed, reworded, sent by a person."""

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.permission import Standing
from bot.domain.refusal import Refused, Why
from bot.domain.runbook import Message
from bot.domain.step import StepState
from bot.domain.template import BadTemplate, frame, literal, misspelt
from bot.domain.text import listed, plural
from bot.domain.when import told
from bot.domain.wording import forms
from bot.domain.wording.incidents import taken
from bot.domain.wording.notices import nobody, notice_card
from bot.domain.wording.notices import preview as preview_card
from bot.domain.wording.parts import done, how_long
from bot.domain.wording.steps import STATE_WORDS
from bot.operations import estimating, picture, progress, reading, sending
from bot.operations.scene import Scene
from bot.storage import notices as stored
from bot.storage import people, steps


async def preview(scene: Scene, intent: i.Preview) -> Card:  # noqa: ARG001
    """Show exactly what would go out."""
    step, incident = scene.step, scene.incident
    facts = (await picture.picture(scene.desk, scene.db, incident)).facts
    drafts = await sending.drafts(scene.desk, scene.db, incident, step, facts)
    who = Standing(scene.actor, scene.desk.policy, scene.roles, scene.names, step)
    owns = who.commands or scene.actor.id == step.assignee or who.holds(step.plan.owner, *step.plan.fallback)
    return preview_card(step, drafts, drill=incident.drill, may_send=owns)


async def mine(scene: Scene, intent: i.WhereDoIGo) -> Card:
    """Show the asker their own copy of a notice that was posted to their team."""
    db, person = scene.db, scene.actor.id
    notice = await stored.find(db, intent.notice)
    if notice is None or await stored.recipient(db, notice.id, person) is None:
        raise Refused("That message was not for you.", instead="/disaster where tells what you do now.")
    (seen,) = await reading.readings(db, notice.incident_id, [(notice, person)])
    return notice_card(notice, seen)


async def send(scene: Scene, intent: i.SendStep) -> Card:  # noqa: ARG001
    """Send it: from here on the outbox has it."""
    step, incident = scene.step, scene.incident
    facts = (await picture.picture(scene.desk, scene.work, incident)).facts
    sent = await sending.send_step(scene.desk, scene.work, incident, step, facts, scene.actor.id)
    if sent is None:
        raise await _sent_before(scene)
    ready = await progress.changed(scene.desk, scene.work, incident, step)
    total = sum(n.size for n in sent)
    how = how_long(max((row.seconds for row in await estimating.standing(scene.desk, scene.db)), default=0))
    if not total:
        return done("Nobody is written to", nobody(drill=incident.drill), *progress.summary(ready))
    return done(
        f"Sending to {plural(total, 'person', 'people')}",
        f"It takes {how}. You can leave: nothing is lost.",
        *progress.summary(ready),
    )


async def _sent_before(scene: Scene) -> Refused:
    step = await steps.find(scene.db, scene.step.id) or scene.step
    if step.state is StepState.WAITING:
        return Refused(f"{step.code} is not ready yet.", instead="/disaster steps shows what it waits for.")
    by = step.ended_by or step.assignee
    names = await people.named(scene.db, {by} if by else set())
    text = taken(
        f"{step.code} is {STATE_WORDS[step.state]} already:",
        by,
        step.ended_at or step.started_at,
        names,
    )
    return Refused(text, why=Why.TAKEN)


async def reword(scene: Scene, intent: i.Reword) -> Card:
    """Change one message of this incident's own copy of the step."""
    step = scene.step
    message = next((m for m in step.plan.messages if m.audience == intent.audience), None)
    if message is None:
        raise Refused("This step says nothing to them.", instead="/disaster steps shows what it says.")
    if step.state not in (StepState.READY, StepState.WAITING):
        raise Refused(
            f"{step.code} has ended; what it said was sent.", instead="Write an update instead: /disaster update."
        )
    if intent.text is None or intent.subject is None:
        return await _ask(scene, message)
    _check_names(intent)
    said = {"subject": literal(intent.subject), "text": literal(intent.text), "translations": {}}
    changed = message.model_copy(update=said)
    messages = tuple(changed if m.audience == message.audience else m for m in step.plan.messages)
    plan = step.plan.model_copy(update={"messages": messages})
    await steps.write(scene.work, step.id, plan=plan.model_dump(mode="json"))
    lost = ("Its translations say what stood there before: they are left out.",) if message.translations else ()
    return done("The wording is kept", "Press Preview and send on the step's card to look at it again.", *lost)


async def _ask(scene: Scene, message: Message) -> Card:
    facts = (await picture.picture(scene.desk, scene.db, scene.incident)).facts
    try:
        subject, text = frame(message.subject, facts), frame(message.text, facts).strip()
    except BadTemplate as bad:
        raise Refused(f"The runbook's wording can't be shown: {bad}.", instead="Tell the runbook's owner.") from bad
    subject, text = (told(words, scene.actor.tz, scene.db.now) for words in (subject, text))
    return forms.reword(scene.step, message.audience, subject, text)


def _check_names(intent: i.Reword) -> None:
    wrong = [*misspelt(intent.text or ""), *misspelt(intent.subject or "")]
    if wrong:
        text = f"I don't know {listed(['{' + name + '}' for name in wrong])}."
        raise Refused(text, fields={"text": text})
