"""What a platform tells us: each once; intents too long for a button; rooms that are archived at the end."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('heard',
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('taken', 'done')", name=op.f('ck_heard_state')),
    sa.PrimaryKeyConstraint('platform', 'key', name=op.f('pk_heard'))
    )
    op.create_table('kept_intents',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('intent', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_kept_intents'))
    )
    op.add_column('rooms', sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True))
