"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('console_messages',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('author', sa.Text(), nullable=False),
    sa.Column('only_for', sa.Text(), nullable=True),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('card', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=True),
    sa.Column('delivery_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('pinned', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('repeats', sa.Integer(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_console_messages')),
    sa.UniqueConstraint('delivery_id', name=op.f('uq_console_messages_delivery_id'))
    )
    op.create_index('ix_console_messages_place', 'console_messages', ['place', 'id'], unique=False)
    op.create_table('console_rooms',
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('topic', sa.Text(), server_default='', nullable=False),
    sa.Column('members', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), server_default='[]', nullable=False),
    sa.PrimaryKeyConstraint('address', name=op.f('pk_console_rooms'))
    )
    op.create_table('console_settings',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_console_settings'))
    )
    op.create_table('incidents',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('severity', sa.Integer(), nullable=False),
    sa.Column('drill', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('sites', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), server_default='[]', nullable=False),
    sa.Column('systems', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), server_default='[]', nullable=False),
    sa.Column('queues', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), server_default='[]', nullable=False),
    sa.Column('known', sa.Text(), server_default='', nullable=False),
    sa.Column('latest', sa.Text(), server_default='', nullable=False),
    sa.Column('declared_by', sa.Text(), nullable=False),
    sa.Column('detected_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('declared_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('runbook_title', sa.Text(), nullable=False),
    sa.Column('runbook_version', sa.Text(), nullable=False),
    sa.Column('runbook_values', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), server_default='{}', nullable=False),
    sa.Column('sitrep_state', sa.Text(), nullable=False),
    sa.Column('sitrep_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('sitrep_due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sitrep_nagged_for', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sitrep_drafted_for', sa.DateTime(timezone=True), nullable=True),
    sa.Column('roster_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('recovering_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('card_digest', sa.Text(), server_default='', nullable=False),
    sa.CheckConstraint("sitrep_state IN ('auto', 'held', 'ended')", name=op.f('ck_incidents_sitrep_state')),
    sa.CheckConstraint("state IN ('declared', 'active', 'recovering', 'stood_down', 'cancelled')", name=op.f('ck_incidents_state')),
    sa.CheckConstraint('severity BETWEEN 1 AND 3', name=op.f('ck_incidents_severity')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incidents')),
    sa.UniqueConstraint('reference', name=op.f('uq_incidents_reference'))
    )
    op.create_table('people',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('audience', sa.Text(), nullable=False),
    sa.Column('organisation', sa.Text(), server_default='', nullable=False),
    sa.Column('email', sa.Text(), server_default='', nullable=False),
    sa.Column('phone', sa.Text(), server_default='', nullable=False),
    sa.Column('team', sa.Text(), server_default='', nullable=False),
    sa.Column('site', sa.Text(), server_default='', nullable=False),
    sa.Column('queue', sa.Text(), server_default='', nullable=False),
    sa.Column('roles', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), server_default='[]', nullable=False),
    sa.Column('tz', sa.Text(), server_default='UTC', nullable=False),
    sa.Column('languages', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), server_default='[]', nullable=False),
    sa.Column('skills', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), server_default='{}', nullable=False),
    sa.Column('home', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), server_default='{}', nullable=False),
    sa.Column('travel', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), server_default='{}', nullable=False),
    sa.Column('shift', sa.Text(), server_default='', nullable=False),
    sa.Column('mobility', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('must_answer', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("audience IN ('agents', 'unplaced', 'responders', 'leaders', 'regulator', 'first_responders', 'customers', 'vendors', 'outsourcers', 'landlord', 'everyone')", name=op.f('ck_people_audience')),
    sa.CheckConstraint("kind IN ('agent', 'staff', 'outside')", name=op.f('ck_people_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people'))
    )
    op.create_index('ix_people_audience', 'people', ['audience', 'kind'], unique=False)
    op.create_index(op.f('ix_people_name'), 'people', ['name'], unique=False)
    op.create_index(op.f('ix_people_team'), 'people', ['team'], unique=False)
    op.create_table('queues',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('tier', sa.Integer(), nullable=False),
    sa.Column('rto_min', sa.Integer(), nullable=False),
    sa.Column('mtpd_min', sa.Integer(), nullable=False),
    sa.Column('mbco', sa.Integer(), nullable=False),
    sa.Column('full_seats', sa.Integer(), nullable=False),
    sa.Column('channels', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), server_default='[]', nullable=False),
    sa.Column('languages', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), server_default='[]', nullable=False),
    sa.Column('skill', sa.Text(), server_default='', nullable=False),
    sa.Column('payment_cards', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('residency', sa.Text(), server_default='', nullable=False),
    sa.Column('script_url', sa.Text(), server_default='', nullable=False),
    sa.Column('script_version', sa.Text(), server_default='', nullable=False),
    sa.Column('script_reviewed_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_queues'))
    )
    op.create_table('sites',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('city', sa.Text(), server_default='', nullable=False),
    sa.Column('address', sa.Text(), server_default='', nullable=False),
    sa.Column('tz', sa.Text(), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('card_safe_seats', sa.Integer(), server_default='0', nullable=False),
    sa.Column('ready_min', sa.Integer(), server_default='0', nullable=False),
    sa.Column('residency', sa.Text(), server_default='', nullable=False),
    sa.Column('log_in', sa.Text(), server_default='', nullable=False),
    sa.Column('phone', sa.Text(), server_default='', nullable=False),
    sa.CheckConstraint("kind IN ('site', 'home', 'recovery', 'outsourcer')", name=op.f('ck_sites_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sites'))
    )
    op.create_table('systems',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('vendor', sa.Text(), server_default='', nullable=False),
    sa.Column('queues', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), server_default='[]', nullable=False),
    sa.Column('standby', sa.Text(), server_default='', nullable=False),
    sa.Column('starts_by_itself', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('starter', sa.Text(), server_default='', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_systems'))
    )
    op.create_table('teams',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('lead', sa.Text(), server_default='', nullable=False),
    sa.Column('deputy', sa.Text(), server_default='', nullable=False),
    sa.Column('channel', sa.Text(), server_default='', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_teams'))
    )
    op.create_table('identities',
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('outside', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_identities_person_id_people')),
    sa.PrimaryKeyConstraint('person_id', 'platform', name=op.f('pk_identities')),
    sa.UniqueConstraint('platform', 'address', name=op.f('uq_identities_platform_address'))
    )
    op.create_table('journal',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('verb', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), server_default='', nullable=False),
    sa.Column('text', sa.Text(), server_default='', nullable=False),
    sa.CheckConstraint("verb IN ('declared', 'joined', 'state', 'role', 'step', 'decision', 'notice', 'answer', 'proxy', 'help', 'chase', 'plan', 'move', 'sitrep', 'update', 'refused', 'delivery')", name=op.f('ck_journal_verb')),
    sa.ForeignKeyConstraint(['incident_id'], ['incidents.id'], name=op.f('fk_journal_incident_id_incidents')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal'))
    )
    op.create_index('ix_journal_incident', 'journal', ['incident_id', 'verb', 'id'], unique=False)
    op.create_table('roles',
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incidents.id'], name=op.f('fk_roles_incident_id_incidents')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_roles_person_id_people')),
    sa.PrimaryKeyConstraint('incident_id', 'role', name=op.f('pk_roles'))
    )
    op.create_table('roll',
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('team_id', sa.Text(), server_default='', nullable=False),
    sa.Column('site_id', sa.Text(), server_default='', nullable=False),
    sa.Column('queue_id', sa.Text(), server_default='', nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('said_by', sa.Text(), nullable=True),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("scope IN ('hit', 'rest')", name=op.f('ck_roll_scope')),
    sa.CheckConstraint("state IN ('silent', 'safe', 'help', 'unable')", name=op.f('ck_roll_state')),
    sa.ForeignKeyConstraint(['incident_id'], ['incidents.id'], name=op.f('fk_roll_incident_id_incidents')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_roll_person_id_people')),
    sa.PrimaryKeyConstraint('incident_id', 'person_id', name=op.f('pk_roll'))
    )
    op.create_index('ix_roll_team', 'roll', ['incident_id', 'team_id', 'scope', 'state'], unique=False)
    op.create_table('rooms',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.CheckConstraint("state IN ('wanted', 'open')", name=op.f('ck_rooms_state')),
    sa.ForeignKeyConstraint(['incident_id'], ['incidents.id'], name=op.f('fk_rooms_incident_id_incidents')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rooms')),
    sa.UniqueConstraint('platform', 'address', name=op.f('uq_rooms_platform_address'))
    )
    op.create_index(op.f('ix_rooms_incident_id'), 'rooms', ['incident_id'], unique=False)
    op.create_table('steps',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('plan', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), server_default='{}', nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('assignee', sa.Text(), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ready_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.Text(), nullable=True),
    sa.Column('evidence', sa.Text(), server_default='', nullable=False),
    sa.Column('reminded', sa.Integer(), server_default='0', nullable=False),
    sa.CheckConstraint("state IN ('waiting', 'ready', 'in_progress', 'done', 'skipped', 'not_applicable')", name=op.f('ck_steps_state')),
    sa.ForeignKeyConstraint(['assignee'], ['people.id'], name=op.f('fk_steps_assignee_people')),
    sa.ForeignKeyConstraint(['incident_id'], ['incidents.id'], name=op.f('fk_steps_incident_id_incidents')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_steps')),
    sa.UniqueConstraint('incident_id', 'key', name=op.f('uq_steps_incident_id_key'))
    )
    op.create_index('ix_steps_due', 'steps', ['state', 'due_at'], unique=False)
    op.create_table('tallies',
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('noun', sa.Text(), nullable=False),
    sa.Column('part', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incidents.id'], name=op.f('fk_tallies_incident_id_incidents')),
    sa.PrimaryKeyConstraint('incident_id', 'noun', 'part', 'state', name=op.f('pk_tallies'))
    )
    op.create_table('notices',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('step_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('audience', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('ask', sa.Text(), nullable=False),
    sa.Column('drill', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('sent_by', sa.Text(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('size', sa.Integer(), server_default='0', nullable=False),
    sa.Column('card', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=True),
    sa.CheckConstraint("ask IN ('nothing', 'ack', 'safety', 'move')", name=op.f('ck_notices_ask')),
    sa.CheckConstraint("audience IN ('agents', 'unplaced', 'responders', 'leaders', 'regulator', 'first_responders', 'customers', 'vendors', 'outsourcers', 'landlord', 'everyone')", name=op.f('ck_notices_audience')),
    sa.CheckConstraint("state IN ('live', 'closed')", name=op.f('ck_notices_state')),
    sa.ForeignKeyConstraint(['incident_id'], ['incidents.id'], name=op.f('fk_notices_incident_id_incidents')),
    sa.ForeignKeyConstraint(['step_id'], ['steps.id'], name=op.f('fk_notices_step_id_steps')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('incident_id', 'number', name=op.f('uq_notices_incident_id_number'))
    )
    op.create_table('plans',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('step_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('summary', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), server_default='{}', nullable=False),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('approved_by', sa.Text(), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lost_known', sa.Integer(), server_default='0', nullable=False),
    sa.CheckConstraint("state IN ('proposed', 'approved', 'superseded')", name=op.f('ck_plans_state')),
    sa.ForeignKeyConstraint(['incident_id'], ['incidents.id'], name=op.f('fk_plans_incident_id_incidents')),
    sa.ForeignKeyConstraint(['step_id'], ['steps.id'], name=op.f('fk_plans_step_id_steps')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plans')),
    sa.UniqueConstraint('incident_id', 'version', name=op.f('uq_plans_incident_id_version'))
    )
    op.create_table('room_members',
    sa.Column('room_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.CheckConstraint("state IN ('wanted', 'in')", name=op.f('ck_room_members_state')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_room_members_person_id_people')),
    sa.ForeignKeyConstraint(['room_id'], ['rooms.id'], name=op.f('fk_room_members_room_id_rooms')),
    sa.PrimaryKeyConstraint('room_id', 'person_id', name=op.f('pk_room_members'))
    )
    op.create_table('moves',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('plan_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('queue_id', sa.Text(), nullable=False),
    sa.Column('destination_id', sa.Text(), nullable=True),
    sa.Column('wave', sa.Integer(), nullable=False),
    sa.Column('report_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('unplaced', 'proposed', 'approved', 'told', 'moving', 'arrived', 'logged_in', 'taking_contacts', 'failed', 'released')", name=op.f('ck_moves_state')),
    sa.ForeignKeyConstraint(['destination_id'], ['sites.id'], name=op.f('fk_moves_destination_id_sites')),
    sa.ForeignKeyConstraint(['incident_id'], ['incidents.id'], name=op.f('fk_moves_incident_id_incidents')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_moves_person_id_people')),
    sa.ForeignKeyConstraint(['plan_id'], ['plans.id'], name=op.f('fk_moves_plan_id_plans')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_moves')),
    sa.UniqueConstraint('plan_id', 'person_id', name=op.f('uq_moves_plan_id_person_id'))
    )
    op.create_index('ix_moves_destination', 'moves', ['destination_id', 'state'], unique=False)
    op.create_index('ix_moves_person', 'moves', ['person_id', 'state'], unique=False)
    op.create_index('uq_moves_one_seat', 'moves', ['person_id'], unique=True, sqlite_where=sa.text("state IN ('approved','told','moving','arrived','logged_in','taking_contacts')"), postgresql_where=sa.text("state IN ('approved','told','moving','arrived','logged_in','taking_contacts')"))
    op.create_table('recipients',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('notice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_by', sa.Text(), nullable=True),
    sa.Column('rung', sa.Integer(), server_default='0', nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("answer IN ('safe', 'help', 'unable', 'ack')", name=op.f('ck_recipients_answer')),
    sa.CheckConstraint("state IN ('told', 'waiting', 'answered', 'proxied', 'unreachable')", name=op.f('ck_recipients_state')),
    sa.ForeignKeyConstraint(['incident_id'], ['incidents.id'], name=op.f('fk_recipients_incident_id_incidents')),
    sa.ForeignKeyConstraint(['notice_id'], ['notices.id'], name=op.f('fk_recipients_notice_id_notices')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_recipients_person_id_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recipients')),
    sa.UniqueConstraint('notice_id', 'person_id', name=op.f('uq_recipients_notice_id_person_id'))
    )
    op.create_index('ix_recipients_chase', 'recipients', ['next_at'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_index('ix_recipients_person', 'recipients', ['person_id', 'incident_id'], unique=False)
    op.create_table('deliveries',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('notice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('recipient_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('step_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('plan_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('person_id', sa.Text(), nullable=True),
    sa.Column('room_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('card', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('drill', sa.Boolean(), nullable=False),
    sa.Column('outside', sa.Boolean(), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('edits', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('pinned', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=True),
    sa.Column('claimed_by', sa.Text(), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('repeats', sa.Integer(), server_default='0', nullable=False),
    sa.Column('external_id', sa.Text(), nullable=True),
    sa.Column('error', sa.Text(), server_default='', nullable=False),
    sa.Column('queued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed', 'unknown')", name=op.f('ck_deliveries_state')),
    sa.CheckConstraint("subject IN ('card', 'notice', 'incident', 'step', 'plan', 'call_list')", name=op.f('ck_deliveries_subject')),
    sa.CheckConstraint('NOT (drill AND outside)', name=op.f('ck_deliveries_drill_stays_inside')),
    sa.ForeignKeyConstraint(['edits'], ['deliveries.id'], name=op.f('fk_deliveries_edits_deliveries')),
    sa.ForeignKeyConstraint(['incident_id'], ['incidents.id'], name=op.f('fk_deliveries_incident_id_incidents')),
    sa.ForeignKeyConstraint(['notice_id'], ['notices.id'], name=op.f('fk_deliveries_notice_id_notices')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_deliveries_person_id_people')),
    sa.ForeignKeyConstraint(['plan_id'], ['plans.id'], name=op.f('fk_deliveries_plan_id_plans')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipients.id'], name=op.f('fk_deliveries_recipient_id_recipients')),
    sa.ForeignKeyConstraint(['room_id'], ['rooms.id'], name=op.f('fk_deliveries_room_id_rooms')),
    sa.ForeignKeyConstraint(['step_id'], ['steps.id'], name=op.f('fk_deliveries_step_id_steps')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deliveries'))
    )
    op.create_index('ix_deliveries_edits', 'deliveries', ['edits'], unique=False, sqlite_where=sa.text("edits IS NOT NULL"), postgresql_where=sa.text("edits IS NOT NULL"))
    op.create_index('ix_deliveries_lease', 'deliveries', ['lease_until'], unique=False, sqlite_where=sa.text("state IN ('sending', 'unknown')"), postgresql_where=sa.text("state IN ('sending', 'unknown')"))
    op.create_index('ix_deliveries_live', 'deliveries', ['incident_id', 'subject', 'step_id'], unique=False)
    op.create_index(op.f('ix_deliveries_notice_id'), 'deliveries', ['notice_id'], unique=False)
    op.create_index('ix_deliveries_queue', 'deliveries', ['priority', 'id'], unique=False, sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
    op.create_index(op.f('ix_deliveries_recipient_id'), 'deliveries', ['recipient_id'], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f('ix_deliveries_recipient_id'), table_name='deliveries')
    op.drop_index('ix_deliveries_queue', table_name='deliveries', sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
    op.drop_index(op.f('ix_deliveries_notice_id'), table_name='deliveries')
    op.drop_index('ix_deliveries_live', table_name='deliveries')
    op.drop_index('ix_deliveries_lease', table_name='deliveries', sqlite_where=sa.text("state IN ('sending', 'unknown')"), postgresql_where=sa.text("state IN ('sending', 'unknown')"))
    op.drop_index('ix_deliveries_edits', table_name='deliveries', sqlite_where=sa.text("edits IS NOT NULL"), postgresql_where=sa.text("edits IS NOT NULL"))
    op.drop_table('deliveries')
    op.drop_index('ix_recipients_person', table_name='recipients')
    op.drop_index('ix_recipients_chase', table_name='recipients', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.drop_table('recipients')
    op.drop_index('uq_moves_one_seat', table_name='moves', sqlite_where=sa.text("state IN ('approved','told','moving','arrived','logged_in','taking_contacts')"), postgresql_where=sa.text("state IN ('approved','told','moving','arrived','logged_in','taking_contacts')"))
    op.drop_index('ix_moves_person', table_name='moves')
    op.drop_index('ix_moves_destination', table_name='moves')
    op.drop_table('moves')
    op.drop_table('room_members')
    op.drop_table('plans')
    op.drop_table('notices')
    op.drop_table('tallies')
    op.drop_index('ix_steps_due', table_name='steps')
    op.drop_table('steps')
    op.drop_index(op.f('ix_rooms_incident_id'), table_name='rooms')
    op.drop_table('rooms')
    op.drop_index('ix_roll_team', table_name='roll')
    op.drop_table('roll')
    op.drop_table('roles')
    op.drop_index('ix_journal_incident', table_name='journal')
    op.drop_table('journal')
    op.drop_table('identities')
    op.drop_table('teams')
    op.drop_table('systems')
    op.drop_table('sites')
    op.drop_table('queues')
    op.drop_index(op.f('ix_people_team'), table_name='people')
    op.drop_index(op.f('ix_people_name'), table_name='people')
    op.drop_index('ix_people_audience', table_name='people')
    op.drop_table('people')
    op.drop_table('incidents')
    op.drop_table('console_settings')
    op.drop_table('console_rooms')
    op.drop_index('ix_console_messages_place', table_name='console_messages')
    op.drop_table('console_messages')
