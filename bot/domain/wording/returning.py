"""The way back: what people read when their wave returns, where the runbook has no words of its own."""

from collections.abc import Mapping

from bot.domain.card import Card, Choice, Fact, Field, FieldKind, Form, Meter, Style, Tone
from bot.domain.incident import Incident
from bot.domain.intent import PlanReturn, encode
from bot.domain.person import Audience
from bot.domain.runbook import Ask, Message
from bot.domain.step import Step
from bot.domain.wording.figures import Figures
from bot.domain.wording.parts import banner, button

COME_BACK = Message(
    audience=Audience.AGENTS,
    ask=Ask.MOVE,
    subject="You go back",
    text="""\
Hello {{ first_name }},
you go back to your usual place of work.
Where: {{ destination }}
Address: {{ destination_address }}
Be back by: {{ report_time }}
Queue: {{ queue }}
Log in: {{ log_in }}
What we know: {{ latest or 'the place was checked and is fit for use' }}
What to do: if you are in a contact, finish it and log out. Press "I'm safe and moving" when you set off.
If you need any help, press "Need help"; if you can't work, "Can't work". You need not say why.
If you had a seat elsewhere or worked from home until now, that seat is given back.
Call your team lead: {{ team_lead }} {{ team_lead_phone }}
Hotline: {{ hotline }}
Next update: here, if anything changes for you.
""",
)


def ask_times(incident: Incident, step: int | None, sites: Mapping[str, str]) -> Card:
    """Ask when the first wave is to be back, what lies between two and, of several sites, which are fit for use."""
    options = tuple(Choice(value=key, label=name) for key, name in sites.items())
    where = Field(
        name="to", label="Which of them are declared fit for use", kind=FieldKind.MANY, options=options,
        hint="Nobody is sent back to a place that is not chosen: its people stay where they are.",
    )  # fmt: skip
    fields = (
        *((where,) if len(sites) > 1 else ()),
        Field(
            name="first_min", label="Each wave is to be back so many minutes after it is told", value=("120",),
            hint="Long enough to finish, travel and log in: 120 is two hours. Who is off shift comes for the next.",
        ),
        Field(
            name="every_min", label="Minutes from one wave to the next", value=("60",),
            hint="0: each wave is told when somebody presses the button.",
        ),
    )  # fmt: skip
    text = "Tier 3 goes back first, then tier 2, then tier 1 in two halves. Nobody is told before you approve."
    form = Form(intent=encode(PlanReturn(incident=incident.id, step=step)), fields=fields, submit="Plan it")
    return Card(title="Plan the return", banner=banner(drill=incident.drill), text=(text,), form=form)


def figures(step: Step, back: int, told: int, left: int, *, planned: bool) -> Figures:
    """Return what the return's step shows: who is back, who was told, who still works elsewhere."""
    plan = button("Plan the return…", PlanReturn(step=step.id), Style.PRIMARY)
    if not planned:
        return Figures(buttons=(plan,))
    total = back + told + left
    facts = (Fact(label="Told, not back yet", value=f"{told:,}"), Fact(label="Not told yet", value=f"{left:,}"))
    tone = Tone.GOOD if back == total else Tone.WARN
    sure = "" if back == total else f"{total - back:,} of {total:,} are not back yet. Is the step done all the same?"
    again = button("Plan the return again…", PlanReturn(step=step.id))
    return Figures(
        meters=(Meter(label="Back", value=back, total=total, tone=tone),), facts=facts, buttons=(again,), sure=sure
    )
