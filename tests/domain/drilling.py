"""Drills as rows have them, made the short way."""

from datetime import UTC, datetime

from bot.domain.drill import Drill

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def drill(**more) -> Drill:
    """A tabletop at Leeds that is done."""
    base = {
        "id": 1, "reference": "EX-2026-0001", "kind": "tabletop", "state": "done", "category": "facility_loss",
        "severity": 2, "sites": ("leeds",), "systems": (), "queues": (), "audiences": ("responders",), "story": "fire",
        "objectives": "", "announced": True, "organiser": "S001", "made_at": NOW, "planned_at": NOW, "started_at": NOW,
        "ended_at": NOW,
    }  # fmt: skip
    return Drill.model_validate({**base, **more})
