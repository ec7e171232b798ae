"""Which message another one stands under, where the chat has threads. Only adds."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go forward."""
    op.add_column("deliveries", sa.Column("under", ID, nullable=True))
    with op.batch_alter_table("deliveries") as table:
        table.create_foreign_key(op.f("fk_deliveries_under_deliveries"), "deliveries", ["under"], ["id"])


def downgrade() -> None:
    """Go back."""
    op.drop_column("deliveries", "under")
