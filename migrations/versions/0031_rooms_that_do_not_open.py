"""Why a room that is wanted can't be opened, so that the board and the doctor can say so. Only adds."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("rooms", sa.Column("trouble", sa.Text(), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("rooms", "trouble")
