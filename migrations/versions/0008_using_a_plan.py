"""Using a plan: wishes, waves by time, staleness, the way back, contacts with their agents, a queue's lead."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql')
_STANDING = sa.text("state = 'standing'")


def upgrade() -> None:
    """Go forward."""
    # A CHECK on a new column: said as both databases take it, because SQLite adds no constraint afterwards.
    op.execute(
        "ALTER TABLE plans ADD COLUMN kind TEXT DEFAULT 'move' NOT NULL "
        "CONSTRAINT ck_plans_kind CHECK (kind IN ('move', 'return'))"
    )
    op.add_column('plans', sa.Column('wave_due_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('plans', sa.Column('stale', _JSON, server_default='{}', nullable=False))
    op.add_column('steps', sa.Column('percent', sa.Integer(), server_default='0', nullable=False))
    op.add_column('steps', sa.Column('figures', sa.Text(), server_default='', nullable=False))
    op.add_column('queues', sa.Column('lead', sa.Text(), server_default='', nullable=False))
    op.create_table('wishes',
    sa.Column('id', _KEY, autoincrement=True, nullable=False),
    sa.Column('incident_id', _KEY, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.CheckConstraint("kind IN ('hold', 'close', 'lock', 'exclude', 'priority')", name=op.f('ck_wishes_kind')),
    sa.Column('target', sa.Text(), nullable=False),
    sa.CheckConstraint("target IN ('destination', 'person', 'team', 'queue')", name=op.f('ck_wishes_target')),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('n', sa.Integer(), server_default='0', nullable=False),
    sa.Column('destination', sa.Text(), server_default='', nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.CheckConstraint("state IN ('standing', 'undone')", name=op.f('ck_wishes_state')),
    sa.Column('price', sa.Text(), server_default='', nullable=False),
    sa.Column('taken_by', sa.Text(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_by', sa.Text(), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['incident_id'], ['incidents.id'], name=op.f('fk_wishes_incident_id_incidents')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wishes'))
    )
    op.create_index('uq_wishes_one_of_a_kind', 'wishes', ['incident_id', 'kind', 'target', 'subject'], unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING)
