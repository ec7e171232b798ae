"""The tables of the demo's own chat; they stand in for a platform's servers."""

import sqlalchemy as sa

from bot.storage.columns import Id, Json, Utc, json, key, metadata

messages = sa.Table(
    "console_messages",
    metadata,
    key(),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("only_for", sa.Text),
    sa.Column("text", sa.Text),
    sa.Column("card", Json),
    sa.Column("delivery_id", Id, unique=True),
    sa.Column("pinned", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("at", Utc, nullable=False),
    sa.Column("edited_at", Utc),
    sa.Column("repeats", sa.Integer, nullable=False, server_default="0"),
    sa.Index("ix_console_messages_place", "place", "id"),
)
rooms = sa.Table(
    "console_rooms",
    metadata,
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False, server_default=""),
    json("members"),
)
settings = sa.Table(
    "console_settings",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
looks = sa.Table(
    "console_looks",
    metadata,
    sa.Column("person_id", sa.Text, primary_key=True),
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("message_id", Id, nullable=False),
)
