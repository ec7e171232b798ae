"""Drills: planned, run, scored. Only adds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
UTC = sa.DateTime(timezone=True)
KINDS = "'notification_test', 'roll_call', 'tabletop', 'functional', 'full_relocation', 'vendor_joint'"
STATES = "'planned', 'held', 'running', 'done', 'stopped', 'called_off'"


def upgrade() -> None:
    """Go forward."""
    lists = [sa.Column(name, JSON, server_default="[]", nullable=False) for name in ("sites", "systems", "queues", "audiences")]
    op.create_table(
        "drills",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        *lists,
        sa.Column("story", sa.Text(), server_default="", nullable=False),
        sa.Column("objectives", sa.Text(), server_default="", nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.Column("organiser", sa.Text(), nullable=False),
        sa.Column("made_at", UTC, nullable=False),
        sa.Column("planned_at", UTC, nullable=False),
        sa.Column("started_at", UTC, nullable=True),
        sa.Column("ended_at", UTC, nullable=True),
        sa.Column("allowed", JSON, server_default="[]", nullable=False),
        sa.Column("incident_id", ID, nullable=True),
        sa.Column("score", JSON, nullable=True),
        sa.Column("sample", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_drills_kind")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_drills_state")),
        sa.ForeignKeyConstraint(["organiser"], ["people.id"], name=op.f("fk_drills_organiser_people")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_drills_incident_id_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drills")),
        sa.UniqueConstraint("reference", name=op.f("uq_drills_reference")),
        sa.UniqueConstraint("incident_id", name=op.f("uq_drills_incident_id")),
    )
    op.create_index("ix_drills_due", "drills", ["state", "planned_at"])


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_drills_due", table_name="drills")
    op.drop_table("drills")
