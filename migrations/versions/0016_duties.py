"""What people are asked for between disasters, and what became of it. Only adds."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)
DUE = sa.text("next_at IS NOT NULL")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "duties",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("next_at", UTC, nullable=True),
        sa.Column("asked_id", sa.Text(), nullable=True),
        sa.Column("gap", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("evidence_on", sa.Date(), nullable=True),
        sa.Column("ended_at", UTC, nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('question', 'review', 'maintenance', 'attestation', 'overlap')", name=op.f("ck_duties_kind")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'asked', 'reminded', 'escalated', 'retired')", name=op.f("ck_duties_state")
        ),
        sa.CheckConstraint("score BETWEEN 0 AND 4", name=op.f("ck_duties_score")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_duties_owner_id_people")),
        sa.ForeignKeyConstraint(["asked_id"], ["people.id"], name=op.f("fk_duties_asked_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duties")),
        sa.UniqueConstraint("kind", "key", "subject", name=op.f("uq_duties_kind_key_subject")),
    )
    op.create_index("ix_duties_next", "duties", ["next_at"], sqlite_where=DUE, postgresql_where=DUE)
    op.create_table(
        "duty_records",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("duty_id", ID, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("link", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("sample", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('answered', 'approved', 'changed', 'done', 'agreed', 'attested', 'missed')",
            name=op.f("ck_duty_records_outcome"),
        ),
        sa.ForeignKeyConstraint(["duty_id"], ["duties.id"], name=op.f("fk_duty_records_duty_id_duties")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_records")),
    )
    op.create_index("ix_duty_records_duty_id", "duty_records", ["duty_id"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("duty_records")
    op.drop_table("duties")
