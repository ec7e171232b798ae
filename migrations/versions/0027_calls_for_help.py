"""Whose call for help a message is, so that every copy of it can say when it is over. Only adds."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("deliveries", sa.Column("about", sa.Text(), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("deliveries", "about")
