"""What drills found wanting: whose it is, until when, how often they were reminded. Only adds."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "drill_actions",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("drill_id", ID, nullable=False),
        sa.Column("gauge", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("chased", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", UTC, nullable=True),
        sa.Column("ended_at", UTC, nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("state IN ('open', 'done')", name=op.f("ck_drill_actions_state")),
        sa.ForeignKeyConstraint(["drill_id"], ["drills.id"], name=op.f("fk_drill_actions_drill_id_drills")),
        sa.ForeignKeyConstraint(["owner"], ["people.id"], name=op.f("fk_drill_actions_owner_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_actions")),
        sa.UniqueConstraint("drill_id", "gauge", name=op.f("uq_drill_actions_drill_id_gauge")),
    )
    op.create_index(op.f("ix_drill_actions_drill_id"), "drill_actions", ["drill_id"])
    op.create_index("ix_drill_actions_due", "drill_actions", ["state", "next_at"])


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_drill_actions_due", table_name="drill_actions")
    op.drop_index(op.f("ix_drill_actions_drill_id"), table_name="drill_actions")
    op.drop_table("drill_actions")
