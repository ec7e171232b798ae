"""A room is opened by one process at a time. Only adds."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column('rooms', sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True))
