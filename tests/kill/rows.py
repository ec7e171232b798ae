"""What the rows say, in plain SQL and none of the product's code: who got what, who answered, do the counts hold."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from tests.kill.player import Button

_UNDER_WAY = "state IN ('sending', 'unknown') OR (state = 'queued' AND address IS NOT NULL)"


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    """Open the database beside whoever else has it."""
    with closing(sqlite3.connect(file, timeout=20)) as connection:
        yield connection


def ask(file: Path, query: str, *values: Any) -> list[Any]:
    """Return the rows of a query."""
    with reading(file) as db:
        return db.execute(query, values).fetchall()


def one(file: Path, query: str, *values: Any) -> Any:
    """Return the first value of a query's first row, if any."""
    found = ask(file, query, *values)
    return found[0][0] if found else None


def outbox(file: Path) -> int:
    """Return how many messages are still to be sent, or have no known end."""
    return int(one(file, f"SELECT count(*) FROM deliveries WHERE {_UNDER_WAY}"))


class Moment(NamedTuple):
    """Where a notice stood when the process died; written: on the platform, and not yet recorded as sent."""

    committed: bool
    queued: int
    sending: int
    written: int
    sent: int

    @property
    def under_way(self) -> bool:
        """Whether messages were still queued or being sent."""
        return self.queued + self.sending > 0


def moment(file: Path, notice: int | None) -> Moment:
    """Return where a notice stands; None: there is no such notice."""
    if notice is None:
        return Moment(committed=False, queued=0, sending=0, written=0, sent=0)
    query = """SELECT d.state, m.id IS NOT NULL, count(*) FROM deliveries d
        LEFT JOIN console_messages m ON m.delivery_id = d.id
        WHERE d.notice_id = ? AND d.edits IS NULL GROUP BY 1, 2"""
    n: Counter[str] = Counter()
    for state, there, count in ask(file, query, notice):
        n[state] += count
        if state in ("sending", "unknown") and there:
            n["written"] += count
    sending = n["sending"] + n["unknown"]
    return Moment(committed=True, queued=n["queued"], sending=sending, written=n["written"], sent=n["sent"])


def verdict(file: Path) -> tuple[list[str]] | None:
    """Return what is wrong with the rows, all seen at one moment; None while messages are still to be sent."""
    with reading(file) as db:
        db.execute("BEGIN")
        if _all(db, f"SELECT 1 FROM deliveries WHERE {_UNDER_WAY} LIMIT 1"):
            return None
        return ([*_messages(db), *_ends(db), *_tallies(db), *_answers(db)],)


def _all(db: sqlite3.Connection, query: str) -> list[Any]:
    return db.execute(query).fetchall()


_PER_RECIPIENT = """
    SELECT r.notice_id, r.person_id, i.platform, count(d.id), count(m.id), coalesce(sum(d.repeats), 0),
           coalesce(sum(m.repeats > 0), 0)
    FROM recipients r JOIN identities i ON i.person_id = r.person_id
    LEFT JOIN deliveries d ON d.recipient_id = r.id AND d.platform = i.platform AND d.edits IS NULL
    LEFT JOIN console_messages m ON m.delivery_id = d.id
    GROUP BY 1, 2, 3"""


def _messages(db: sqlite3.Connection) -> list[str]:
    """Every recipient with an address has one message per notice and route, or a repeat that is counted and shown."""
    wrong = []
    for notice, person, platform, queued, arrived, repeats, shown in _all(db, _PER_RECIPIENT):
        if queued != 1 or not 1 <= arrived <= 1 + repeats or (arrived > 1 and not shown):
            found = f"{queued} in the outbox, {arrived} arrived, {repeats} repeats"
            wrong.append(f"notice {notice} to {person} on {platform}: {found}")
    known = "SELECT 1 FROM deliveries d WHERE d.id = m.delivery_id"
    strange = f"SELECT m.id FROM console_messages m WHERE m.delivery_id IS NOT NULL AND NOT EXISTS ({known})"
    return wrong + [f"message {message} belongs to no delivery" for (message,) in _all(db, strange)]


def _ends(db: sqlite3.Connection) -> list[str]:
    """Every delivery was sent, and the platform knows it."""
    ends = "SELECT state, error, count(*) FROM deliveries WHERE state <> 'sent' GROUP BY 1, 2"
    wrong = [f"{n} deliveries are {state}: {error}" for state, error, n in _all(db, ends)]
    lost = """SELECT d.id FROM deliveries d LEFT JOIN console_messages m ON m.delivery_id = coalesce(d.edits, d.id)
        WHERE d.state = 'sent' AND (m.id IS NULL OR cast(m.id AS text) IS NOT d.external_id)"""
    return wrong + [f"delivery {key} was called sent and is not on the platform" for (key,) in _all(db, lost)]


_FRESH = """
    SELECT incident_id, 'recipient', cast(notice_id AS text), state, count(*) FROM recipients GROUP BY 1, 3, 4
    UNION ALL SELECT incident_id, 'delivery',
        CASE WHEN edits IS NOT NULL THEN 'edit' ELSE coalesce(cast(notice_id AS text), 'other') END, state, count(*)
        FROM deliveries GROUP BY 1, 3, 4
    UNION ALL SELECT incident_id, 'reached', cast(notice_id AS text), 'sent', count(DISTINCT recipient_id)
        FROM deliveries WHERE state = 'sent' AND edits IS NULL AND recipient_id IS NOT NULL GROUP BY 1, 3
    UNION ALL SELECT incident_id, 'repeat', coalesce(cast(notice_id AS text), 'other'), 'repeat', sum(repeats)
        FROM deliveries WHERE repeats > 0 GROUP BY 1, 3
    UNION ALL SELECT incident_id, 'roll', site_id, state, count(*) FROM roll WHERE scope = 'hit' GROUP BY 1, 3, 4
    UNION ALL SELECT incident_id, 'agents', queue_id, scope, count(*) FROM roll WHERE kind = 'agent' GROUP BY 1, 3, 4
    UNION ALL SELECT incident_id, 'answered', cast(notice_id AS text), 'in all', count(*)
        FROM recipients WHERE answer IS NOT NULL GROUP BY 1, 3"""
_KEPT = """
    SELECT incident_id, noun, part, CASE WHEN noun = 'answered' THEN 'in all' ELSE state END, sum(n) FROM tallies
    WHERE noun IN ('recipient', 'delivery', 'reached', 'repeat', 'roll', 'agents', 'answered') GROUP BY 1, 2, 3, 4"""


def _tallies(db: sqlite3.Connection) -> list[str]:
    """The counts that were kept are those that counting afresh gives."""
    fresh = {tuple(row[:4]): row[4] for row in _all(db, _FRESH) if row[4]}
    kept = {tuple(row[:4]): row[4] for row in _all(db, _KEPT) if row[4]}
    differ = sorted(key for key in {*fresh, *kept} if fresh.get(key, 0) != kept.get(key, 0))
    return [f"tally {key}: kept {kept.get(key, 0)}, counted {fresh.get(key, 0)}" for key in differ]


def _answers(db: sqlite3.Connection) -> list[str]:
    """An answer is one recipient, one state on the roll and one line in the journal, or nothing of it."""
    query = """SELECT r.incident_id, r.person_id, r.answer, l.state,
            (SELECT count(*) FROM journal j
             WHERE j.incident_id = r.incident_id AND j.verb = 'answer' AND j.actor = r.person_id)
        FROM recipients r JOIN roll l ON l.incident_id = r.incident_id AND l.person_id = r.person_id
        JOIN notices n ON n.id = r.notice_id WHERE n.ask = 'safety'"""
    wrong = []
    for incident, person, answer, state, lines in _all(db, query):
        if (answer or "silent") != state or lines != int(answer is not None):
            wrong.append(
                f"{person} in incident {incident}: answered {answer}, roll {state}, {lines} lines in the journal"
            )
    return wrong


def steps(file: Path) -> dict[tuple[int, str], tuple[Any, ...]]:
    """Return what must not change by itself of each step."""
    query = "SELECT incident_id, key, state, evidence, ended_by, assignee FROM steps"
    return {(row[0], row[1]): tuple(row[2:]) for row in ask(file, query)}


def sitreps(file: Path, incident: int) -> tuple[int, datetime]:
    """Return how many SITREPs an incident has had, and when the next is due."""
    ((count, due),) = ask(file, "SELECT sitrep_count, sitrep_due_at FROM incidents WHERE id = ?", incident)
    return count, datetime.fromisoformat(due).replace(tzinfo=UTC)


def pretend_it_was_down(file: Path, incident: int, hours: int) -> None:
    """Move the next SITREP's time into the past, as if the process had been dead since long before it."""
    _, due = sitreps(file, incident)
    earlier = (due - timedelta(hours=hours)).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    with reading(file) as db, db:
        db.execute("UPDATE incidents SET sitrep_due_at = ? WHERE id = ?", (earlier, incident))


def declared(file: Path, incident: int) -> datetime:
    """Return when an incident was declared."""
    word = one(file, "SELECT declared_at FROM incidents WHERE id = ?", incident)
    return datetime.fromisoformat(word).replace(tzinfo=UTC)


def asked(file: Path, notice: int, limit: int) -> list[tuple[str, Button]]:
    """Return people whom a notice asks whether they are safe, each with the button that says so."""
    query = """SELECT r.person_id, m.id FROM recipients r JOIN deliveries d ON d.recipient_id = r.id
        JOIN console_messages m ON m.delivery_id = d.id
        WHERE r.notice_id = ? AND r.state = 'waiting' ORDER BY r.id LIMIT ?"""
    return [(person, Button(message, 0)) for person, message in ask(file, query, notice, limit)]


def answered(file: Path, notice: int) -> set[str]:
    """Return whose answer to a notice is in the rows."""
    query = "SELECT person_id FROM recipients WHERE notice_id = ? AND state = 'answered' AND answer = 'safe'"
    return {person for (person,) in ask(file, query, notice)}
