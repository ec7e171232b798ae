"""What vendors and outsourcers attest of their own plans. Only adds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """Go forward."""
    words = [
        sa.Column(name, sa.Text(), server_default="", nullable=False)
        for name in ("services", "contract", "invocation", "plan_link", "report_link", "attested_by")
    ]
    op.create_table(
        "vendors",
        sa.Column("id", sa.Text(), nullable=False),
        *words,
        sa.Column("rto_min", sa.Integer(), nullable=True),
        sa.Column("tested_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("skills", JSON, server_default="[]", nullable=False),
        sa.Column("attested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_again_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendors")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("vendors")
