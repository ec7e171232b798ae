"""Every table; states are words with a CHECK, times are UTC, people's lists are JSON."""

import sqlalchemy as sa

from bot.domain.delivery import Gone
from bot.domain.incident import IncidentState, SitrepState
from bot.domain.journal import Verb
from bot.domain.notice import Answer, NoticeState, RecipientState
from bot.domain.person import Audience, PersonKind
from bot.domain.place import SiteKind
from bot.domain.roll import RollScope, RollState
from bot.domain.runbook import Ask
from bot.domain.step import StepState
from bot.storage import (
    tables_clocks,
    tables_console,
    tables_delivery,
    tables_drills,
    tables_heard,
    tables_moves,
    tables_readiness,
    tables_runbooks,
    tables_teams,
)
from bot.storage.columns import Id, Json, Utc, incident, json, key, metadata, state, text

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, index=True),
    *state("kind", PersonKind),
    *state("audience", Audience),
    text("organisation"),
    text("email"),
    text("phone"),
    text("team", index=True),
    text("site"),
    text("queue"),
    json("roles"),
    sa.Column("tz", sa.Text, nullable=False, server_default="UTC"),
    json("languages"),
    json("skills", "{}"),
    json("home", "{}"),
    json("travel", "{}"),
    text("shift"),
    sa.Column("mobility", sa.Boolean, nullable=False, server_default=sa.true()),
    text("area"),
    text("language"),
    sa.Column("must_answer", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("left_at", Utc),
    sa.Index("ix_people_audience", "audience", "kind"),
)
identities = sa.Table(
    "identities",
    metadata,
    sa.Column("person_id", sa.Text, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("outside", sa.Boolean, nullable=False),
    sa.Column("lost_at", Utc),
    text("language"),
    *state("lost_why", Gone, null=True),
    sa.PrimaryKeyConstraint("person_id", "platform"),
    sa.UniqueConstraint("platform", "address"),
)
teams = sa.Table(
    "teams",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("site", sa.Text, nullable=False),
    text("lead"),
    text("deputy"),
    text("channel"),
)
sites = sa.Table(
    "sites",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    *state("kind", SiteKind),
    text("city"),
    text("address"),
    sa.Column("tz", sa.Text, nullable=False),
    sa.Column("seats", sa.Integer, nullable=False),
    sa.Column("card_safe_seats", sa.Integer, nullable=False, server_default="0"),
    sa.Column("ready_min", sa.Integer, nullable=False, server_default="0"),
    text("residency"),
    text("country"),
    text("log_in"),
    text("phone"),
    text("area"),
    text("vpn"),
    sa.Column("licences", sa.Integer),
    sa.Column("ratio_max", sa.Integer, nullable=False, server_default="0"),
    sa.Column("seat_cost", sa.Integer, nullable=False, server_default="0"),
)
queues = sa.Table(
    "queues",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("tier", sa.Integer, nullable=False),
    sa.Column("rto_min", sa.Integer, nullable=False),
    sa.Column("mtpd_min", sa.Integer, nullable=False),
    sa.Column("mbco", sa.Integer, nullable=False),
    sa.Column("full_seats", sa.Integer, nullable=False),
    json("channels"),
    json("languages"),
    text("skill"),
    sa.Column("payment_cards", sa.Boolean, nullable=False, server_default=sa.false()),
    text("residency"),
    text("script_url"),
    text("script_version"),
    sa.Column("script_reviewed_on", sa.Date),
    text("lead"),
    sa.Column("skill_level", sa.Integer, nullable=False, server_default="1"),
)
systems = sa.Table(
    "systems",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    text("vendor"),
    json("queues"),
    text("standby"),
    sa.Column("starts_by_itself", sa.Boolean, nullable=False, server_default=sa.false()),
    text("starter"),
    sa.Column("max_users", sa.Integer),
    text("starter_deputy"),
    sa.Column("start_min", sa.Integer),
    *(sa.Column(name, sa.Boolean) for name in ("redundant", "redundancy_needed", "carries_all", "shares_load")),
    text("second_location"),
)

incidents = sa.Table(
    "incidents",
    metadata,
    key(),
    sa.Column("reference", sa.Text, nullable=False, unique=True),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("drill", sa.Boolean, nullable=False),
    *state("state", IncidentState),
    json("sites"),
    json("systems"),
    json("queues"),
    text("known"),
    text("latest"),
    sa.Column("declared_by", sa.Text, nullable=False),
    sa.Column("detected_at", Utc, nullable=False),
    sa.Column("declared_at", Utc, nullable=False),
    sa.Column("runbook_title", sa.Text, nullable=False),
    sa.Column("runbook_version", sa.Text, nullable=False),
    json("runbook_values", "{}"),
    text("runbook_digest"),
    text("runbook_offered"),
    *state("sitrep_state", SitrepState),
    sa.Column("sitrep_count", sa.Integer, nullable=False, server_default="0"),
    sa.Column("sitrep_due_at", Utc),
    sa.Column("sitrep_nagged_for", Utc),
    sa.Column("sitrep_drafted_for", Utc),
    sa.Column("roster_count", sa.Integer, nullable=False, server_default="0"),
    sa.Column("recovering_at", Utc),
    sa.Column("ended_at", Utc),
    sa.Column("card_digest", sa.Text, nullable=False, server_default=""),
    sa.Column("private", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.CheckConstraint("severity BETWEEN 1 AND 3", name="severity"),
)
roles = sa.Table(
    "roles",
    metadata,
    incident(),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("person_id", sa.Text, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("since", Utc, nullable=False),
    sa.PrimaryKeyConstraint("incident_id", "role"),
)
rooms = sa.Table(
    "rooms",
    metadata,
    key(),
    incident(index=True),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("address", sa.Text),
    sa.CheckConstraint("state IN ('wanted', 'open')", name="state"),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("archived_at", Utc),
    sa.Column("lease_until", Utc),
    sa.UniqueConstraint("platform", "address"),
)
room_members = sa.Table(
    "room_members",
    metadata,
    sa.Column("room_id", Id, sa.ForeignKey("rooms.id"), nullable=False),
    sa.Column("person_id", sa.Text, sa.ForeignKey("people.id"), nullable=False),
    sa.CheckConstraint("state IN ('wanted', 'in')", name="state"),
    sa.Column("state", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("room_id", "person_id"),
)
steps = sa.Table(
    "steps",
    metadata,
    key(),
    incident(),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    json("plan", "{}"),
    *state("state", StepState),
    sa.Column("assignee", sa.Text, sa.ForeignKey("people.id")),
    sa.Column("due_at", Utc),
    sa.Column("ready_at", Utc),
    sa.Column("started_at", Utc),
    sa.Column("ended_at", Utc),
    sa.Column("ended_by", sa.Text),
    text("evidence"),
    sa.Column("reminded", sa.Integer, nullable=False, server_default="0"),
    sa.Column("percent", sa.Integer, nullable=False, server_default="0"),
    text("figures"),
    sa.UniqueConstraint("incident_id", "key"),
    sa.Index("ix_steps_due", "state", "due_at"),
)
roll = sa.Table(
    "roll",
    metadata,
    incident(),
    sa.Column("person_id", sa.Text, sa.ForeignKey("people.id"), nullable=False),
    text("team_id"),
    text("site_id"),
    text("queue_id"),
    sa.Column("kind", sa.Text, nullable=False),
    *state("scope", RollScope),
    *state("state", RollState),
    sa.Column("said_by", sa.Text),
    sa.Column("said_at", Utc),
    sa.PrimaryKeyConstraint("incident_id", "person_id"),
    sa.Index("ix_roll_team", "incident_id", "team_id", "scope", "state"),
)
notices = sa.Table(
    "notices",
    metadata,
    key(),
    incident(),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("step_id", Id, sa.ForeignKey("steps.id")),
    *state("audience", Audience),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    *state("ask", Ask),
    sa.Column("drill", sa.Boolean, nullable=False),
    *state("state", NoticeState),
    sa.Column("sent_by", sa.Text, nullable=False),
    sa.Column("sent_at", Utc, nullable=False),
    sa.Column("size", sa.Integer, nullable=False, server_default="0"),
    sa.Column("card", Json),
    json("forecast"),
    json("words", "{}"),
    sa.UniqueConstraint("incident_id", "number"),
)
recipients = sa.Table(
    "recipients",
    metadata,
    key(),
    sa.Column("notice_id", Id, sa.ForeignKey("notices.id"), nullable=False),
    incident(),
    sa.Column("person_id", sa.Text, sa.ForeignKey("people.id"), nullable=False),
    *state("state", RecipientState),
    *state("answer", Answer, null=True),
    sa.Column("answered_at", Utc),
    sa.Column("answered_by", sa.Text),
    sa.Column("answered_on", sa.Text),
    sa.Column("rung", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_at", Utc),
    sa.UniqueConstraint("notice_id", "person_id"),
    sa.Index("ix_recipients_person", "person_id", "incident_id"),
    sa.Index(
        "ix_recipients_chase",
        "next_at",
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    ),
)
journal = sa.Table(
    "journal",
    metadata,
    key(),
    incident(null=True),
    sa.Column("at", Utc, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    *state("verb", Verb),
    text("subject"),
    text("text"),
    sa.Index("ix_journal_incident", "incident_id", "verb", "id"),
)
tallies = sa.Table(
    "tallies",
    metadata,
    incident(),
    sa.Column("noun", sa.Text, nullable=False),
    sa.Column("part", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("incident_id", "noun", "part", "state"),
)
clocks, anchors = tables_clocks.clocks, tables_clocks.anchors
runbook_versions, runbook_bad_files = tables_runbooks.versions, tables_runbooks.bad_files
letters = tables_runbooks.letters
duties, duty_records = tables_readiness.duties, tables_readiness.duty_records
vendors, digests, feeds = tables_readiness.vendors, tables_readiness.digests, tables_readiness.feeds
console_messages, console_rooms, console_settings, console_looks = (
    tables_console.messages,
    tables_console.rooms,
    tables_console.settings,
    tables_console.looks,
)
heard, kept_intents, pictures = tables_heard.heard, tables_heard.kept_intents, tables_heard.pictures
deliveries, lanes, channels = tables_delivery.deliveries, tables_delivery.lanes, tables_delivery.channels
QUEUED, UNDER_WAY = tables_delivery.QUEUED, tables_delivery.UNDER_WAY
plans, moves, wishes = tables_moves.plans, tables_moves.moves, tables_moves.wishes
drills, drill_actions, injects = tables_drills.drills, tables_drills.actions, tables_drills.injects
teams_chats, teams_threads = tables_teams.chats, tables_teams.threads
