"""What platforms tell us: each thing once; what they keep for us: intents too long for a button, pictures."""

import sqlalchemy as sa

from bot.storage.columns import Utc, metadata

heard = sa.Table(
    "heard",
    metadata,
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.CheckConstraint("state IN ('taken', 'done')", name="state"),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.PrimaryKeyConstraint("platform", "key"),
)
kept_intents = sa.Table(
    "kept_intents",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("intent", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
)
pictures = sa.Table(
    "pictures",
    metadata,
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.PrimaryKeyConstraint("platform", "digest"),
)
