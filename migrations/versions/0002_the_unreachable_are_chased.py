"""The index of whom to chase holds those too whom no message reaches."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

_CHASED = sa.text("next_at IS NOT NULL")


def upgrade() -> None:
    """Go forward."""
    op.drop_index('ix_recipients_chase', table_name='recipients')
    op.create_index('ix_recipients_chase', 'recipients', ['next_at'], unique=False, sqlite_where=_CHASED, postgresql_where=_CHASED)
