"""The forms of regulatory clocks."""

from bot.domain import intent as i
from bot.domain.card import Card, Field, FieldKind, Form
from bot.domain.clock import Decision
from bot.domain.regime import Stage
from bot.domain.typed_time import EXAMPLES
from bot.domain.wording.clocks import Case, limit, weekend
from bot.domain.wording.parts import banner


def _card(case: Case, title: str, intent: i.Intent, fields: tuple[Field, ...], submit: str, *text: str) -> Card:
    return Card(
        title=f"{case.regime.title}: {title}",
        banner=banner(drill=case.incident.drill),
        text=text,
        form=Form(intent=i.encode(intent), fields=fields, submit=submit),
    )


def _time(label: str, zone: str, value: str = "", *, required: bool = True, hint: str = "") -> Field:
    shown = f"{hint}In {zone} time: {EXAMPLES}."
    return Field(name="at", label=label, value=(value,) if value else (), required=required, hint=shown)


def reportable(case: Case, zone: str) -> Card:
    """Ask from when the clock counts, if that is known, and what speaks for it."""
    label = f"When was it that {case.anchor(case.regime.entered[0])}"
    fields = (
        _time(label, zone, required=False, hint="Left empty, the clock is not started. "),
        Field(name="reason", label="Because", kind=FieldKind.PARAGRAPH, max_length=2000, hint="A few words will do."),
    )
    intent = i.DecideRegime(incident=case.incident.id, regime=case.regime.id, decision=Decision.REPORTABLE)
    first = case.regime.stages[0]
    text = " ".join(filter(None, (limit(first, case), weekend(first, case.regime))))
    return _card(case, "reportable", intent, fields, "It is reportable", text)


def not_reportable(case: Case) -> Card:
    """Ask why the authority need not be told."""
    hint = "It stands in the journal and the report, with your name."
    field = Field(name="reason", label="Because", kind=FieldKind.PARAGRAPH, max_length=2000, hint=hint)
    intent = i.DecideRegime(incident=case.incident.id, regime=case.regime.id, decision=Decision.NOT_REPORTABLE)
    ask = f"Reportable when: {case.regime.reportable_when}."
    return _card(case, "not reportable", intent, (field,), "It is not reportable", ask)


def anchor(case: Case, name: str, zone: str, value: str) -> Card:
    """Ask from when clocks count; value: what was entered before, or for another regime."""
    intent = i.SetAnchor(incident=case.incident.id, regime=case.regime.id, anchor=name)
    field = _time(f"When was it that {case.anchor(name)}", zone, value)
    return _card(case, f"when {case.anchor(name)}", intent, (field,), "Enter", "The deadlines count from this moment.")


def submission(case: Case, stage: Stage, zone: str, value: str, reference: str) -> Card:
    """Ask when a stage was submitted, and under which reference."""
    intent = i.SubmitStage(incident=case.incident.id, regime=case.regime.id, stage=stage.id)
    fields = (
        _time("When was it submitted", zone, value),
        Field(
            name="reference",
            label="The authority's reference",
            value=(reference,) if reference else (),
            hint="The receipt's number, or who took it by phone.",
        ),
    )
    text = f"To {stage.to}. The bot files nothing: record here what a person submitted."
    return _card(case, f"{stage.title.lower()} submitted", intent, fields, "Record it", text)
