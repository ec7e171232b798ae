"""A lane knows trouble and being down; an answer knows the way by which it came. Only adds."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column('lanes', sa.Column('troubles', sa.Integer(), server_default='0', nullable=False))
    op.add_column('lanes', sa.Column('trouble_since', sa.DateTime(timezone=True), nullable=True))
    op.add_column('lanes', sa.Column('down_since', sa.DateTime(timezone=True), nullable=True))
    op.add_column('recipients', sa.Column('answered_on', sa.Text(), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column('recipients', 'answered_on')
    for name in ('down_since', 'trouble_since', 'troubles'):
        op.drop_column('lanes', name)
