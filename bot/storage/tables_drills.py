"""The tables of drills: planned, run, scored; of their injects; and of what they found wanting."""

import sqlalchemy as sa

from bot.domain.drill import DrillKind, DrillState
from bot.domain.drill_action import ActionState
from bot.domain.inject import InjectState, Judgement
from bot.storage.columns import Id, Json, Utc, incident, json, key, metadata, state, text

drills = sa.Table(
    "drills",
    metadata,
    key(),
    sa.Column("reference", sa.Text, nullable=False, unique=True),
    *state("kind", DrillKind),
    *state("state", DrillState),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("severity", sa.Integer, nullable=False),
    json("sites"),
    json("systems"),
    json("queues"),
    json("audiences"),
    text("story"),
    text("objectives"),
    sa.Column("announced", sa.Boolean, nullable=False),
    sa.Column("organiser", sa.Text, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("made_at", Utc, nullable=False),
    sa.Column("planned_at", Utc, nullable=False),
    sa.Column("started_at", Utc),
    sa.Column("ended_at", Utc),
    json("allowed"),
    sa.Column("incident_id", Id, sa.ForeignKey("incidents.id"), unique=True),
    sa.Column("score", Json),
    sa.Column("sample", sa.Boolean, nullable=False, server_default=sa.false()),
    text("scenario"),
    sa.Column("tabletop", Json),
    sa.Column("paused_at", Utc),
    sa.Index("ix_drills_due", "state", "planned_at"),
)
actions = sa.Table(
    "drill_actions",
    metadata,
    key(),
    sa.Column("drill_id", Id, sa.ForeignKey("drills.id"), nullable=False, index=True),
    sa.Column("gauge", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    *state("state", ActionState),
    sa.Column("chased", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_at", Utc),
    sa.Column("ended_at", Utc),
    sa.Column("ended_by", sa.Text),
    text("evidence"),
    sa.UniqueConstraint("drill_id", "gauge"),
    sa.Index("ix_drill_actions_due", "state", "next_at"),
)
injects = sa.Table(
    "injects",
    metadata,
    key(),
    sa.Column("drill_id", Id, sa.ForeignKey("drills.id"), nullable=False),
    incident(null=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    json("plan", "{}"),
    *state("state", InjectState),
    sa.Column("due_at", Utc, nullable=False),
    sa.Column("posted_at", Utc),
    sa.Column("posted_by", sa.Text),
    sa.Column("step_id", Id, sa.ForeignKey("steps.id")),
    text("answer"),
    sa.Column("answered_by", sa.Text),
    sa.Column("answered_at", Utc),
    *state("judgement", Judgement, null=True),
    sa.Column("judged_by", sa.Text),
    sa.UniqueConstraint("drill_id", "key"),
    sa.Index("ix_injects_due", "state", "due_at"),
)
