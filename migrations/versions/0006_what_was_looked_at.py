"""What the console has had on its screen, so that it can mark what is new. Only adds."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('console_looks',
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('person_id', 'place', name=op.f('pk_console_looks'))
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('console_looks')
