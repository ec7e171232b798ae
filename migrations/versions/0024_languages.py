"""In which language people are written to, and messages in several. Only adds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """Go forward."""
    for table in ("people", "identities"):
        op.add_column(table, sa.Column("language", sa.Text(), server_default="", nullable=False))
    op.add_column("notices", sa.Column("words", JSON, server_default="{}", nullable=False))


def downgrade() -> None:
    """Go back."""
    for table in ("people", "identities"):
        op.drop_column(table, "language")
    op.drop_column("notices", "words")
