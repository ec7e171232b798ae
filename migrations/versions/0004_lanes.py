"""Lanes, why an address takes no messages, and the order in which incidents take turns. Only adds."""

import sqlalchemy as sa
from alembic import op
revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

_QUEUED = sa.text("state = 'queued'")
_REASONS = "'no_address', 'blocked', 'uninstalled', 'left', 'no_room', 'not_allowed', 'refused', 'unwritable'"


def upgrade() -> None:
    """Go forward."""
    op.create_table('lanes',
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('tenant', sa.Text(), nullable=False),
    sa.Column('rate', sa.Float(), nullable=False),
    sa.Column('tokens', sa.Float(), nullable=False),
    sa.Column('refilled_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ceiling', sa.Float(), nullable=True),
    sa.Column('cut_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('held_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('why', sa.Text(), server_default='', nullable=False),
    sa.Column('limited', sa.Integer(), server_default='0', nullable=False),
    sa.Column('taken', sa.Integer(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('platform', 'tenant', name=op.f('pk_lanes'))
    )
    op.execute(f"ALTER TABLE deliveries ADD COLUMN reason TEXT CONSTRAINT ck_deliveries_reason CHECK (reason IN ({_REASONS}))")
    op.drop_index('ix_deliveries_queue', table_name='deliveries')
    op.create_index('ix_deliveries_turn', 'deliveries', ['platform', 'incident_id', 'priority', 'id'], unique=False, sqlite_where=_QUEUED, postgresql_where=_QUEUED)
    op.create_index('ix_deliveries_sent_at', 'deliveries', ['platform', 'sent_at'], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_index('ix_deliveries_sent_at', table_name='deliveries')
    op.drop_index('ix_deliveries_turn', table_name='deliveries')
    op.create_index('ix_deliveries_queue', 'deliveries', ['priority', 'id'], unique=False, sqlite_where=_QUEUED, postgresql_where=_QUEUED)
    op.drop_column('deliveries', 'reason')
    op.drop_table('lanes')
