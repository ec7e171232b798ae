"""Conversations and threads on Microsoft Teams. Only adds."""

import sqlalchemy as sa
from alembic import op
revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('teams_chats',
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('user_id', sa.Text(), server_default='', nullable=False),
    sa.Column('conversation', sa.Text(), server_default='', nullable=False),
    sa.Column('service_url', sa.Text(), server_default='', nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('known', 'reached', 'blocked', 'uninstalled')", name=op.f('ck_teams_chats_state')),
    sa.PrimaryKeyConstraint('address', name=op.f('pk_teams_chats'))
    )
    op.create_table('teams_threads',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_teams_threads')),
    sa.UniqueConstraint('address', name=op.f('uq_teams_threads_address'))
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('teams_threads')
    op.drop_table('teams_chats')
