"""Who chose a team's channel in the chat, where the roster's name does not say which it is. Only adds."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("channels", sa.Column("chosen_by", sa.Text(), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("channels", "chosen_by")
