"""The tables that sending works on: the outbox, and the lanes with their paces."""

import sqlalchemy as sa

from bot.domain.delivery import DeliveryState, Gone, Subject
from bot.storage.columns import Id, Json, Utc, incident, key, metadata, state, text

deliveries = sa.Table(
    "deliveries",
    metadata,
    key(),
    incident(),
    sa.Column("notice_id", Id, sa.ForeignKey("notices.id"), index=True),
    sa.Column("recipient_id", Id, sa.ForeignKey("recipients.id"), index=True),
    sa.Column("step_id", Id, sa.ForeignKey("steps.id")),
    sa.Column("plan_id", Id, sa.ForeignKey("plans.id")),
    sa.Column("person_id", sa.Text, sa.ForeignKey("people.id")),
    sa.Column("room_id", Id, sa.ForeignKey("rooms.id")),
    sa.Column("team_id", sa.Text),
    sa.Column("about", sa.Text),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("address", sa.Text),
    *state("subject", Subject),
    sa.Column("card", Json),
    *state("state", DeliveryState),
    sa.Column("drill", sa.Boolean, nullable=False),
    sa.Column("outside", sa.Boolean, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("edits", Id, sa.ForeignKey("deliveries.id")),
    sa.Column("under", Id, sa.ForeignKey("deliveries.id")),
    sa.Column("pinned", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("not_before", Utc),
    sa.Column("claimed_by", sa.Text),
    sa.Column("lease_until", Utc),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("repeats", sa.Integer, nullable=False, server_default="0"),
    sa.Column("external_id", sa.Text),
    text("error"),
    *state("reason", Gone, null=True),
    sa.Column("queued_at", Utc, nullable=False),
    sa.Column("sent_at", Utc),
    sa.CheckConstraint("NOT (drill AND outside)", name="drill_stays_inside"),
    sa.Index(  # of rewrites alone: SQLite would take it for "is no rewrite", which is true of nearly all
        "ix_deliveries_edits",
        "edits",
        sqlite_where=sa.text("edits IS NOT NULL"),
        postgresql_where=sa.text("edits IS NOT NULL"),
    ),
    sa.Index(
        "ix_deliveries_turn",
        "platform",
        "incident_id",
        "priority",
        "id",
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    ),
    sa.Index(
        "ix_deliveries_lease",
        "lease_until",
        sqlite_where=sa.text("state IN ('sending', 'unknown')"),
        postgresql_where=sa.text("state IN ('sending', 'unknown')"),
    ),
    sa.Index("ix_deliveries_sent_at", "platform", "sent_at"),
    sa.Index("ix_deliveries_live", "incident_id", "subject", "step_id"),
)
# As the partial indexes have it, word for word, so that every database sees that they serve; as a literal of its own,
# a condition would be compared with 1 on SQLite, which serves nobody.
QUEUED = deliveries.c.state == sa.literal_column("'queued'")
UNDER_WAY = deliveries.c.state.in_([sa.literal_column("'sending'"), sa.literal_column("'unknown'")])
channels = sa.Table(
    "channels",
    metadata,
    sa.Column("team_id", sa.Text, nullable=False),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("team_id", "platform"),
    sa.UniqueConstraint("platform", "address"),
)
lanes = sa.Table(
    "lanes",
    metadata,
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("tenant", sa.Text, nullable=False),
    sa.Column("rate", sa.Float, nullable=False),
    sa.Column("tokens", sa.Float, nullable=False),
    sa.Column("refilled_at", Utc, nullable=False),
    sa.Column("ceiling", sa.Float),
    sa.Column("cut_at", Utc),
    sa.Column("held_until", Utc),
    text("why"),
    sa.Column("limited", sa.Integer, nullable=False, server_default="0"),
    sa.Column("taken", sa.Integer, nullable=False, server_default="0"),
    sa.Column("met", sa.Integer, nullable=False, server_default="0"),
    sa.Column("troubles", sa.Integer, nullable=False, server_default="0"),
    sa.Column("trouble_since", Utc),
    sa.Column("down_since", Utc),
    sa.PrimaryKeyConstraint("platform", "tenant"),
)
