"""Tabletops: the scenario of a drill, its clock, its injects with what was answered. Only adds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward."""
    op.add_column("drills", sa.Column("scenario", sa.Text(), server_default="", nullable=False))
    op.add_column("drills", sa.Column("tabletop", JSON, nullable=True))
    op.add_column("drills", sa.Column("paused_at", UTC, nullable=True))
    op.create_table(
        "injects",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("drill_id", ID, nullable=False),
        sa.Column("incident_id", ID, nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("plan", JSON, server_default="{}", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", UTC, nullable=False),
        sa.Column("posted_at", UTC, nullable=True),
        sa.Column("posted_by", sa.Text(), nullable=True),
        sa.Column("step_id", ID, nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", UTC, nullable=True),
        sa.Column("judgement", sa.Text(), nullable=True),
        sa.Column("judged_by", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'posted', 'answered', 'left_out')", name=op.f("ck_injects_state")),
        sa.CheckConstraint("judgement IN ('open', 'right', 'partly', 'wrong')", name=op.f("ck_injects_judgement")),
        sa.ForeignKeyConstraint(["drill_id"], ["drills.id"], name=op.f("fk_injects_drill_id_drills")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_injects_incident_id_incidents")),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_injects_step_id_steps")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_injects")),
        sa.UniqueConstraint("drill_id", "key", name=op.f("uq_injects_drill_id_key")),
    )
    op.create_index("ix_injects_due", "injects", ["state", "due_at"])


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_injects_due", table_name="injects")
    op.drop_table("injects")
    for column in ("paused_at", "tabletop", "scenario"):
        op.drop_column("drills", column)
