"""Channels of teams, posts in them, and addresses that take no messages. Only adds."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

_REASONS = "'no_address', 'blocked', 'uninstalled', 'left', 'no_room', 'not_allowed', 'refused', 'unwritable'"


def upgrade() -> None:
    """Go forward."""
    op.create_table('channels',
    sa.Column('team_id', sa.Text(), nullable=False),
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('team_id', 'platform', name=op.f('pk_channels')),
    sa.UniqueConstraint('platform', 'address', name=op.f('uq_channels_platform_address'))
    )
    op.add_column('deliveries', sa.Column('team_id', sa.Text(), nullable=True))
    op.add_column('identities', sa.Column('lost_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(f"ALTER TABLE identities ADD COLUMN lost_why TEXT CONSTRAINT ck_identities_lost_why CHECK (lost_why IN ({_REASONS}))")
