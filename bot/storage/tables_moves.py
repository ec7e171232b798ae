"""The tables of moves: plans, what is wished of them, and the moves themselves."""

import sqlalchemy as sa

from bot.domain.move import MoveState, PlanKind, PlanState
from bot.domain.wish import Target, WishKind, WishState
from bot.storage.columns import Id, Utc, incident, json, key, metadata, state, text

plans = sa.Table(
    "plans",
    metadata,
    key(),
    incident(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("step_id", Id, sa.ForeignKey("steps.id")),
    *state("state", PlanState),
    json("summary", "{}"),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("made_at", Utc, nullable=False),
    sa.Column("approved_by", sa.Text),
    sa.Column("approved_at", Utc),
    sa.Column("lost_known", sa.Integer, nullable=False, server_default="0"),
    sa.Column("kind", sa.Text, nullable=False, server_default=PlanKind.MOVE.value),
    sa.CheckConstraint("kind IN ('move', 'return')", name="kind"),
    sa.Column("wave_due_at", Utc),
    json("stale", "{}"),
    sa.UniqueConstraint("incident_id", "version"),
)
wishes = sa.Table(
    "wishes",
    metadata,
    key(),
    incident(),
    *state("kind", WishKind),
    *state("target", Target),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("n", sa.Integer, nullable=False, server_default="0"),
    text("destination"),
    *state("state", WishState),
    text("price"),
    sa.Column("taken_by", sa.Text, nullable=False),
    sa.Column("taken_at", Utc, nullable=False),
    sa.Column("undone_by", sa.Text),
    sa.Column("undone_at", Utc),
    sa.Index(
        "uq_wishes_one_of_a_kind",
        "incident_id",
        "kind",
        "target",
        "subject",
        unique=True,
        sqlite_where=sa.text("state = 'standing'"),
        postgresql_where=sa.text("state = 'standing'"),
    ),
)
moves = sa.Table(
    "moves",
    metadata,
    key(),
    incident(),
    sa.Column("plan_id", Id, sa.ForeignKey("plans.id"), nullable=False),
    sa.Column("person_id", sa.Text, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("queue_id", sa.Text, nullable=False),
    sa.Column("destination_id", sa.Text, sa.ForeignKey("sites.id")),
    sa.Column("wave", sa.Integer, nullable=False),
    sa.Column("report_at", Utc),
    *state("state", MoveState),
    text("reason"),
    sa.Column("at", Utc),
    sa.UniqueConstraint("plan_id", "person_id"),
    sa.Index("ix_moves_person", "person_id", "state"),
    sa.Index("ix_moves_destination", "destination_id", "state"),
    sa.Index(
        "uq_moves_one_seat",
        "person_id",
        unique=True,
        sqlite_where=sa.text("state IN ('approved','told','moving','arrived','logged_in','taking_contacts')"),
        postgresql_where=sa.text("state IN ('approved','told','moving','arrived','logged_in','taking_contacts')"),
    ),
)
