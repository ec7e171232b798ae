"""The tables of Microsoft Teams: conversations that the bot may write to, threads that it opened."""

import sqlalchemy as sa

from bot.domain.account import Reached
from bot.storage.columns import Utc, metadata, state, text

chats = sa.Table(
    "teams_chats",
    metadata,
    sa.Column("address", sa.Text, primary_key=True),
    text("user_id"),
    text("conversation"),
    text("service_url"),
    *state("state", Reached),
    sa.Column("at", Utc, nullable=False),
)
threads = sa.Table(
    "teams_threads",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("address", sa.Text, nullable=False, unique=True),
    sa.Column("at", Utc, nullable=False),
)
