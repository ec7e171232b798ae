"""How each system is redundant: what runbooks tell whoever starts its standby. Only adds."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ANSWERS = ("redundant", "redundancy_needed", "carries_all", "shares_load")


def upgrade() -> None:
    """Go forward."""
    for name in ANSWERS:
        op.add_column("systems", sa.Column(name, sa.Boolean(), nullable=True))
    for name in ("second_location", "starter_deputy"):
        op.add_column("systems", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("systems", sa.Column("start_min", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Go back."""
    for name in (*ANSWERS, "second_location", "starter_deputy", "start_min"):
        op.drop_column("systems", name)
