"""Which message another one stands under, where the chat has threads. Only adds.

On SQLite the column comes with its key: a table that is made anew loses its triggers, and the drill wall is one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

KEY = "fk_deliveries_under_deliveries"


def upgrade() -> None:
    """Go forward."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"ALTER TABLE deliveries ADD COLUMN under INTEGER CONSTRAINT {KEY} REFERENCES deliveries (id)")
        return
    op.add_column("deliveries", sa.Column("under", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f(KEY), "deliveries", "deliveries", ["under"], ["id"])


def downgrade() -> None:
    """Go back."""
    op.drop_column("deliveries", "under")
