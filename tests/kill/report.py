"""What was seen: how often it was killed, when, and what became of messages and answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.kill import rows


@dataclass(frozen=True)
class Kill:
    """One kill -9: during what, and where the notice stood."""

    kind: str
    at: rows.Moment


@dataclass
class Report:
    """The counts, and everything that was wrong."""

    kills: list[Kill] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    answer_kills: int = 0
    confirmed: int = 0
    answers: int = 0
    caught_up: int | None = None
    notices: int = 0
    smallest: int = 0
    recipients: int = 0
    messages: int = 0
    repeats: int = 0
    starts: int = 0
    seconds: float = 0.0

    @property
    def under_way(self) -> int:
        """How many kills met messages that were queued or being sent."""
        return sum(kill.at.under_way for kill in self.kills)

    def blame(self, faults: Sequence[str]) -> None:
        """Add what is wrong, each fault once."""
        self.faults += [fault for fault in faults if fault not in self.faults]

    def count(self, file: Path) -> None:
        """Count the rows that are left at the end."""
        big = "SELECT id FROM notices WHERE ask = 'safety' OR audience = 'everyone'"
        self.notices = rows.one(file, f"SELECT count(*) FROM ({big})")
        self.smallest = rows.one(file, f"SELECT min(size) FROM notices WHERE id IN ({big})")
        self.recipients = rows.one(file, f"SELECT count(*) FROM recipients WHERE notice_id IN ({big})")
        self.messages = rows.one(
            file,
            "SELECT count(*) FROM console_messages m JOIN deliveries d ON d.id = m.delivery_id "
            f"WHERE d.edits IS NULL AND d.notice_id IN ({big})",
        )
        self.repeats = rows.one(file, "SELECT coalesce(sum(repeats), 0) FROM deliveries")
        self.answers = rows.one(file, "SELECT count(*) FROM recipients WHERE answer IS NOT NULL")

    def lines(self) -> list[str]:
        """Return the counts in words."""
        waiting = [k.at for k in self.kills if k.at.under_way]
        held, written = sum(at.sending > 0 for at in waiting), sum(at.written > 0 for at in waiting)
        early = sum(not k.at.committed for k in self.kills)
        late = len(self.kills) - early - len(waiting)
        return [
            f"kill -9 during notifications: {len(self.kills)} times",
            f"    {len(waiting)} with messages queued or being sent",
            f"        {held} with a batch in hand, {written} with messages on the platform and not yet recorded",
            f"    {early} before the commit, {late} after the last message",
            f"{self.notices} notices to {self.recipients:,} recipients in all, the smallest to {self.smallest:,}",
            f"    {self.messages:,} messages on the platform, {self.repeats} repeats",
            f"kill -9 during answers: {self.answer_kills} times",
            f"    {self.confirmed} answers were confirmed to people, {self.answers} are in the rows",
            f"SITREPs after three hours of missed ones: {self.caught_up}",
            f"faults found in the rows: {len(self.faults)}; {self.starts} starts, {self.seconds:.0f} s",
            *self.faults[:20],
        ]
