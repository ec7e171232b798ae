"""What a plan of moves weighs: areas, VPN, licences, spans, costs, levels of skill."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column('people', sa.Column('area', sa.Text(), server_default='', nullable=False))
    op.add_column('sites', sa.Column('area', sa.Text(), server_default='', nullable=False))
    op.add_column('sites', sa.Column('vpn', sa.Text(), server_default='', nullable=False))
    op.add_column('sites', sa.Column('licences', sa.Integer(), nullable=True))
    op.add_column('sites', sa.Column('ratio_max', sa.Integer(), server_default='0', nullable=False))
    op.add_column('sites', sa.Column('seat_cost', sa.Integer(), server_default='0', nullable=False))
    op.add_column('queues', sa.Column('skill_level', sa.Integer(), server_default='1', nullable=False))
    op.add_column('systems', sa.Column('max_users', sa.Integer(), nullable=True))
