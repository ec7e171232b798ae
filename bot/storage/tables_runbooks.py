"""The tables of runbooks: versions that incidents were declared with, files found bad, letters to people."""

import sqlalchemy as sa

from bot.domain.letter import LetterState
from bot.storage.columns import Json, Utc, json, key, metadata, state

versions = sa.Table(
    "runbook_versions",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("kept_at", Utc, nullable=False),
    json("book", "{}"),
)
bad_files = sa.Table(
    "runbook_bad_files",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("found_at", Utc, nullable=False),
)
letters = sa.Table(
    "letters",
    metadata,
    key(),
    sa.Column("person_id", sa.Text, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("card", Json, nullable=False),
    *state("state", LetterState),
    sa.Column("queued_at", Utc, nullable=False),
    sa.Column("tried_at", Utc),
    sa.Index("ix_letters_state", "state", "tried_at"),
)
