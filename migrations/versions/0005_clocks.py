"""Regulatory clocks, and the country of a site."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
UTC = sa.DateTime(timezone=True)
STATES = "'triage', 'not_yet_known', 'not_reportable', 'not_started', 'running', 'submitted'"


def upgrade() -> None:
    """Go forward."""
    op.add_column("sites", sa.Column("country", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "clocks",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("regime", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("plan", JSON, server_default="{}", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", UTC, nullable=True),
        sa.Column("due_at", UTC, nullable=True),
        sa.Column("reminded", sa.Integer(), server_default="0", nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", UTC, nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("submitted_at", UTC, nullable=True),
        sa.Column("submitted_by", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_clocks_state")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_clocks_incident_id_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
        sa.UniqueConstraint("incident_id", "regime", "stage", name=op.f("uq_clocks_incident_id_regime_stage")),
    )
    op.create_index(
        "ix_clocks_due",
        "clocks",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "anchors",
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("regime", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_anchors_incident_id_incidents")),
        sa.PrimaryKeyConstraint("incident_id", "regime", "name", name=op.f("pk_anchors")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("anchors")
    op.drop_index("ix_clocks_due", table_name="clocks")
    op.drop_table("clocks")
    op.drop_column("sites", "country")
