"""The tables of regulatory clocks: one row per regime and stage, and what the clocks count from."""

import sqlalchemy as sa

from bot.domain.clock import ClockState
from bot.storage.columns import Utc, incident, json, key, metadata, state, text

clocks = sa.Table(
    "clocks",
    metadata,
    key(),
    incident(),
    sa.Column("regime", sa.Text, nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    json("plan", "{}"),
    *state("state", ClockState),
    sa.Column("started_at", Utc),
    sa.Column("due_at", Utc),
    sa.Column("reminded", sa.Integer, nullable=False, server_default="0"),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_at", Utc),
    text("reason"),
    sa.Column("submitted_at", Utc),
    sa.Column("submitted_by", sa.Text),
    text("reference"),
    sa.UniqueConstraint("incident_id", "regime", "stage"),
    sa.Index(
        "ix_clocks_due",
        "due_at",
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    ),
)
anchors = sa.Table(
    "anchors",
    metadata,
    incident(),
    sa.Column("regime", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("entered_by", sa.Text, nullable=False),
    sa.Column("entered_at", Utc, nullable=False),
    sa.PrimaryKeyConstraint("incident_id", "regime", "name"),
)
