"""What was expected of a message; pictures that a platform holds already. Only adds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None
_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql')


def upgrade() -> None:
    """Go forward."""
    op.add_column('notices', sa.Column('forecast', _JSON, server_default='[]', nullable=False))
    op.create_table('pictures',
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('file', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('platform', 'digest', name=op.f('pk_pictures'))
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('pictures')
    op.drop_column('notices', 'forecast')
