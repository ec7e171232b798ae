"""Versions of runbooks that incidents were declared with, bad files that were found, letters to people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward."""
    op.add_column("incidents", sa.Column("runbook_digest", sa.Text(), server_default="", nullable=False))
    op.add_column("incidents", sa.Column("runbook_offered", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "runbook_versions",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("kept_at", UTC, nullable=False),
        sa.Column("book", JSON, server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_runbook_versions")),
    )
    op.create_table(
        "runbook_bad_files",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("found_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_runbook_bad_files")),
    )
    op.create_table(
        "letters",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("card", JSON, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("queued_at", UTC, nullable=False),
        sa.Column("tried_at", UTC, nullable=True),
        sa.CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed')", name=op.f("ck_letters_state")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_letters_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
    op.create_index("ix_letters_state", "letters", ["state", "tried_at"])


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_letters_state", table_name="letters")
    op.drop_table("letters")
    op.drop_table("runbook_bad_files")
    op.drop_table("runbook_versions")
    op.drop_column("incidents", "runbook_offered")
    op.drop_column("incidents", "runbook_digest")
