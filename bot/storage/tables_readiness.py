"""The tables of readiness: what people are asked for from time to time, and what became of it each time."""

import sqlalchemy as sa

from bot.domain.digest import DigestState
from bot.domain.duty import DutyState, Outcome
from bot.domain.feed import FeedState
from bot.domain.readiness import Kind
from bot.storage.columns import Id, Utc, json, key, metadata, state, text

duties = sa.Table(
    "duties",
    metadata,
    key(),
    *state("kind", Kind),
    sa.Column("key", sa.Text, nullable=False),
    text("subject"),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("owner_id", sa.Text, sa.ForeignKey("people.id")),
    *state("state", DutyState),
    sa.Column("anchor_on", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("next_at", Utc),
    sa.Column("asked_id", sa.Text, sa.ForeignKey("people.id")),
    sa.Column("gap", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("score", sa.Integer),
    sa.Column("evidence_on", sa.Date),
    sa.Column("ended_at", Utc),
    sa.Column("ended_by", sa.Text),
    sa.CheckConstraint("score BETWEEN 0 AND 4", name="score"),
    sa.UniqueConstraint("kind", "key", "subject"),
    sa.Index(
        "ix_duties_next",
        "next_at",
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    ),
)
duty_records = sa.Table(
    "duty_records",
    metadata,
    key(),
    sa.Column("duty_id", Id, sa.ForeignKey("duties.id"), nullable=False, index=True),
    *state("outcome", Outcome),
    sa.Column("score", sa.Integer),
    text("text"),
    text("link"),
    sa.Column("evidence_on", sa.Date),
    sa.Column("expires_on", sa.Date),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("sample", sa.Boolean, nullable=False, server_default=sa.false()),
)
vendors = sa.Table(
    "vendors",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    text("services"),
    text("contract"),
    text("invocation"),
    sa.Column("rto_min", sa.Integer),
    sa.Column("tested_on", sa.Date),
    sa.Column("expires_on", sa.Date),
    text("plan_link"),
    text("report_link"),
    sa.Column("seats", sa.Integer),
    json("skills"),
    text("attested_by"),
    sa.Column("attested_at", Utc),
    sa.Column("asked_again_at", Utc),
)
digests = sa.Table(
    "digests",
    metadata,
    key(),
    *state("state", DigestState),
    sa.Column("due_at", Utc, nullable=False, unique=True),
    sa.Column("sent_at", Utc),
    sa.Column("told", sa.Integer, nullable=False, server_default="0"),
    json("reading", "{}"),
)
feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("person_id", sa.Text, sa.ForeignKey("people.id"), primary_key=True),
    *state("state", FeedState),
    sa.Column("serial", sa.Integer, nullable=False),
    sa.Column("made_at", Utc, nullable=False),
)
