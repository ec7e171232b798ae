"""Every table; states are words with a CHECK, times are UTC, people's lists are JSON."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from bot.domain.delivery import DeliveryState, Subject
from bot.domain.incident import IncidentState, SitrepState
from bot.domain.journal import Verb
from bot.domain.move import MoveState, PlanState
from bot.domain.notice import Answer, NoticeState, RecipientState
from bot.domain.person import Audience, PersonKind
from bot.domain.place import SiteKind
from bot.domain.roll import RollScope, RollState
from bot.domain.runbook import Ask
from bot.domain.step import StepState

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """An aware UTC time on every database; a naive one is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value!r}")
        return value.astimezone(UTC) if dialect.name == "postgresql" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """From the database."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


Json = sa.JSON().with_variant(JSONB(), "postgresql")
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _state(name: str, words: type[StrEnum], *, null: bool = False) -> list[Any]:
    """A column for one word of an enum, and the CHECK that holds it to them."""
    listed = ", ".join(f"'{w.value}'" for w in words)
    return [sa.Column(name, sa.Text, nullable=null), sa.CheckConstraint(f"{name} IN ({listed})", name=name)]


def _id() -> sa.Column[int]:
    return sa.Column("id", Id, primary_key=True, autoincrement=True)


def _incident(*, null: bool = False, index: bool = False) -> sa.Column[int]:
    return sa.Column("incident_id", Id, sa.ForeignKey("incidents.id"), nullable=null, index=index)


def _text(name: str, **more: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="", **more)


def _json(name: str, empty: str = "[]") -> sa.Column[Any]:
    return sa.Column(name, Json, nullable=False, server_default=empty)


people = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, index=True),
    *_state("kind", PersonKind),
    *_state("audience", Audience),
    _text("organisation"),
    _text("email"),
    _text("phone"),
    _text("team", index=True),
    _text("site"),
    _text("queue"),
    _json("roles"),
    sa.Column("tz", sa.Text, nullable=False, server_default="UTC"),
    _json("languages"),
    _json("skills", "{}"),
    _json("home", "{}"),
    _json("travel", "{}"),
    _text("shift"),
    sa.Column("mobility", sa.Boolean, nullable=False, server_default=sa.true()),
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
    sa.PrimaryKeyConstraint("person_id", "platform"),
    sa.UniqueConstraint("platform", "address"),
)
teams = sa.Table(
    "teams",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("site", sa.Text, nullable=False),
    _text("lead"),
    _text("deputy"),
    _text("channel"),
)
sites = sa.Table(
    "sites",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    *_state("kind", SiteKind),
    _text("city"),
    _text("address"),
    sa.Column("tz", sa.Text, nullable=False),
    sa.Column("seats", sa.Integer, nullable=False),
    sa.Column("card_safe_seats", sa.Integer, nullable=False, server_default="0"),
    sa.Column("ready_min", sa.Integer, nullable=False, server_default="0"),
    _text("residency"),
    _text("log_in"),
    _text("phone"),
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
    _json("channels"),
    _json("languages"),
    _text("skill"),
    sa.Column("payment_cards", sa.Boolean, nullable=False, server_default=sa.false()),
    _text("residency"),
    _text("script_url"),
    _text("script_version"),
    sa.Column("script_reviewed_on", sa.Date),
)
systems = sa.Table(
    "systems",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    _text("vendor"),
    _json("queues"),
    _text("standby"),
    sa.Column("starts_by_itself", sa.Boolean, nullable=False, server_default=sa.false()),
    _text("starter"),
)

incidents = sa.Table(
    "incidents",
    metadata,
    _id(),
    sa.Column("reference", sa.Text, nullable=False, unique=True),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("drill", sa.Boolean, nullable=False),
    *_state("state", IncidentState),
    _json("sites"),
    _json("systems"),
    _json("queues"),
    _text("known"),
    _text("latest"),
    sa.Column("declared_by", sa.Text, nullable=False),
    sa.Column("detected_at", Utc, nullable=False),
    sa.Column("declared_at", Utc, nullable=False),
    sa.Column("runbook_title", sa.Text, nullable=False),
    sa.Column("runbook_version", sa.Text, nullable=False),
    _json("runbook_values", "{}"),
    *_state("sitrep_state", SitrepState),
    sa.Column("sitrep_count", sa.Integer, nullable=False, server_default="0"),
    sa.Column("sitrep_due_at", Utc),
    sa.Column("sitrep_nagged_for", Utc),
    sa.Column("sitrep_drafted_for", Utc),
    sa.Column("roster_count", sa.Integer, nullable=False, server_default="0"),
    sa.Column("recovering_at", Utc),
    sa.Column("ended_at", Utc),
    sa.Column("card_digest", sa.Text, nullable=False, server_default=""),
    sa.CheckConstraint("severity BETWEEN 1 AND 3", name="severity"),
)
roles = sa.Table(
    "roles",
    metadata,
    _incident(),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("person_id", sa.Text, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("since", Utc, nullable=False),
    sa.PrimaryKeyConstraint("incident_id", "role"),
)
rooms = sa.Table(
    "rooms",
    metadata,
    _id(),
    _incident(index=True),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("address", sa.Text),
    sa.CheckConstraint("state IN ('wanted', 'open', 'archived')", name="state"),
    sa.Column("state", sa.Text, nullable=False),
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
    _id(),
    _incident(),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    _json("plan", "{}"),
    *_state("state", StepState),
    sa.Column("assignee", sa.Text, sa.ForeignKey("people.id")),
    sa.Column("due_at", Utc),
    sa.Column("ready_at", Utc),
    sa.Column("started_at", Utc),
    sa.Column("ended_at", Utc),
    sa.Column("ended_by", sa.Text),
    _text("evidence"),
    sa.Column("reminded", sa.Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("incident_id", "key"),
    sa.Index("ix_steps_due", "state", "due_at"),
)
roll = sa.Table(
    "roll",
    metadata,
    _incident(),
    sa.Column("person_id", sa.Text, sa.ForeignKey("people.id"), nullable=False),
    _text("team_id"),
    _text("site_id"),
    _text("queue_id"),
    sa.Column("kind", sa.Text, nullable=False),
    *_state("scope", RollScope),
    *_state("state", RollState),
    sa.Column("said_by", sa.Text),
    sa.Column("said_at", Utc),
    sa.PrimaryKeyConstraint("incident_id", "person_id"),
    sa.Index("ix_roll_team", "incident_id", "team_id", "scope", "state"),
)
notices = sa.Table(
    "notices",
    metadata,
    _id(),
    _incident(),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("step_id", Id, sa.ForeignKey("steps.id")),
    *_state("audience", Audience),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    *_state("ask", Ask),
    sa.Column("drill", sa.Boolean, nullable=False),
    *_state("state", NoticeState),
    sa.Column("sent_by", sa.Text, nullable=False),
    sa.Column("sent_at", Utc, nullable=False),
    sa.Column("size", sa.Integer, nullable=False, server_default="0"),
    sa.Column("card", Json),
    sa.UniqueConstraint("incident_id", "number"),
)
recipients = sa.Table(
    "recipients",
    metadata,
    _id(),
    sa.Column("notice_id", Id, sa.ForeignKey("notices.id"), nullable=False),
    _incident(),
    sa.Column("person_id", sa.Text, sa.ForeignKey("people.id"), nullable=False),
    *_state("state", RecipientState),
    *_state("answer", Answer, null=True),
    sa.Column("answered_at", Utc),
    sa.Column("answered_by", sa.Text),
    sa.Column("rung", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_at", Utc),
    sa.UniqueConstraint("notice_id", "person_id"),
    sa.Index("ix_recipients_person", "person_id", "incident_id"),
    sa.Index(
        "ix_recipients_chase",
        "next_at",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    ),
)
plans = sa.Table(
    "plans",
    metadata,
    _id(),
    _incident(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("step_id", Id, sa.ForeignKey("steps.id")),
    *_state("state", PlanState),
    _json("summary", "{}"),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("made_at", Utc, nullable=False),
    sa.Column("approved_by", sa.Text),
    sa.Column("approved_at", Utc),
    sa.UniqueConstraint("incident_id", "version"),
)
moves = sa.Table(
    "moves",
    metadata,
    _id(),
    _incident(),
    sa.Column("plan_id", Id, sa.ForeignKey("plans.id"), nullable=False),
    sa.Column("person_id", sa.Text, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("queue_id", sa.Text, nullable=False),
    sa.Column("destination_id", sa.Text, sa.ForeignKey("sites.id")),
    sa.Column("wave", sa.Integer, nullable=False),
    sa.Column("report_at", Utc),
    *_state("state", MoveState),
    _text("reason"),
    sa.Column("at", Utc),
    sa.UniqueConstraint("plan_id", "person_id"),
    sa.Index("ix_moves_person", "person_id", "state"),
    sa.Index("ix_moves_destination", "destination_id", "state"),
    sa.Index(
        "uq_moves_one_seat",
        "person_id",
        unique=True,
        sqlite_where=sa.text("state IN ('approved','told','moving','arrived','logged_in','taking_contacts')"),
        postgresql_where=sa.text("state IN ('approved','told','moving','arrived','logged_in','taking_contacts')"),
    ),
)
deliveries = sa.Table(
    "deliveries",
    metadata,
    _id(),
    _incident(),
    sa.Column("notice_id", Id, sa.ForeignKey("notices.id"), index=True),
    sa.Column("recipient_id", Id, sa.ForeignKey("recipients.id"), index=True),
    sa.Column("step_id", Id, sa.ForeignKey("steps.id")),
    sa.Column("plan_id", Id, sa.ForeignKey("plans.id")),
    sa.Column("person_id", sa.Text, sa.ForeignKey("people.id")),
    sa.Column("room_id", Id, sa.ForeignKey("rooms.id")),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("address", sa.Text),
    *_state("subject", Subject),
    sa.Column("card", Json),
    *_state("state", DeliveryState),
    sa.Column("drill", sa.Boolean, nullable=False),
    sa.Column("outside", sa.Boolean, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("edits", Id, sa.ForeignKey("deliveries.id"), index=True),
    sa.Column("pinned", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("not_before", Utc),
    sa.Column("claimed_by", sa.Text),
    sa.Column("lease_until", Utc),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("repeats", sa.Integer, nullable=False, server_default="0"),
    sa.Column("external_id", sa.Text),
    _text("error"),
    sa.Column("queued_at", Utc, nullable=False),
    sa.Column("sent_at", Utc),
    sa.CheckConstraint("NOT (drill AND outside)", name="drill_stays_inside"),
    sa.Index(
        "ix_deliveries_queue",
        "priority",
        "id",
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    ),
    sa.Index(
        "ix_deliveries_lease",
        "lease_until",
        sqlite_where=sa.text("state IN ('sending', 'unknown')"),
        postgresql_where=sa.text("state IN ('sending', 'unknown')"),
    ),
    sa.Index("ix_deliveries_live", "incident_id", "subject", "step_id"),
)
journal = sa.Table(
    "journal",
    metadata,
    _id(),
    _incident(null=True),
    sa.Column("at", Utc, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    *_state("verb", Verb),
    _text("subject"),
    _text("text"),
    sa.Index("ix_journal_incident", "incident_id", "verb", "id"),
)
tallies = sa.Table(
    "tallies",
    metadata,
    _incident(),
    sa.Column("noun", sa.Text, nullable=False),
    sa.Column("part", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("incident_id", "noun", "part", "state"),
)
console_messages = sa.Table(
    "console_messages",
    metadata,
    _id(),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("only_for", sa.Text),
    sa.Column("text", sa.Text),
    sa.Column("card", Json),
    sa.Column("delivery_id", Id, unique=True),
    sa.Column("pinned", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("at", Utc, nullable=False),
    sa.Column("edited_at", Utc),
    sa.Column("repeats", sa.Integer, nullable=False, server_default="0"),
    sa.Index("ix_console_messages_place", "place", "id"),
)
console_rooms = sa.Table(
    "console_rooms",
    metadata,
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False, server_default=""),
    _json("members"),
)
console_settings = sa.Table(
    "console_settings",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
