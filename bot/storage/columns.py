"""What columns are made of: times, words of state, lists, keys; the same on every database."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

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


Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")  # None is NULL, not "null"
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def state(name: str, words: type[StrEnum], *, null: bool = False) -> list[Any]:
    """A column for one word of an enum, and the CHECK that holds it to them."""
    listed = ", ".join(f"'{w.value}'" for w in words)
    return [sa.Column(name, sa.Text, nullable=null), sa.CheckConstraint(f"{name} IN ({listed})", name=name)]


def key() -> sa.Column[int]:
    """The primary key of a row that counts up."""
    return sa.Column("id", Id, primary_key=True, autoincrement=True)


def incident(*, null: bool = False, index: bool = False) -> sa.Column[int]:
    """The incident that a row belongs to."""
    return sa.Column("incident_id", Id, sa.ForeignKey("incidents.id"), nullable=null, index=index)


def text(name: str, **more: Any) -> sa.Column[str]:
    """A column of text, empty unless said."""
    return sa.Column(name, sa.Text, nullable=False, server_default="", **more)


def json(name: str, empty: str = "[]") -> sa.Column[Any]:
    """A column of JSON, an empty list unless said."""
    return sa.Column(name, Json, nullable=False, server_default=empty)
