"""Whose call for help a message is, so that every copy of it can say when it is over. Only adds."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("deliveries", sa.Column("about", sa.Text(), nullable=True))
    op.execute(
        "INSERT INTO tallies (incident_id, noun, part, state, n) "
        "SELECT incident_id, 'help_beside', site_id, 'help', count(*) FROM roll "
        "WHERE scope = 'rest' AND state = 'help' GROUP BY incident_id, site_id"
    )


def downgrade() -> None:
    """Go back."""
    op.execute("DELETE FROM tallies WHERE noun = 'help_beside'")
    op.drop_column("deliveries", "about")
