"""The words of a typed drill that a declaration does not have: its kind, whom it is for, whether they know, when."""

import re
from dataclasses import dataclass, field

from bot.domain.drill import DrillKind

KINDS = {
    "notification test": DrillKind.NOTIFICATION, "notification": DrillKind.NOTIFICATION,
    "roll-call": DrillKind.ROLL_CALL, "roll call": DrillKind.ROLL_CALL,
    "table-top": DrillKind.TABLETOP,
    "full relocation": DrillKind.RELOCATION, "relocation": DrillKind.RELOCATION,
    "vendor joint": DrillKind.VENDOR, "vendor-joint": DrillKind.VENDOR, "joint": DrillKind.VENDOR,
    **{kind.value: kind for kind in DrillKind},
}  # fmt: skip
_NUMBERS = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[:.]\d{2}|\d{1,2}\.?|20\d\d")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_DAYS = frozenset({"now", "today", "tomorrow", "utc"})


@dataclass
class Said:
    """What was said so far."""

    what: DrillKind | None = None
    announced: bool = True
    audiences: list[str] = field(default_factory=list)
    when: list[str] = field(default_factory=list)

    def takes(self, word: str) -> bool:
        """Take a word, if it is one of a drill's."""
        if word in KINDS and self.what is None:
            self.what = KINDS[word]
        elif word in ("announced", "unannounced"):
            self.announced = word == "announced"
        elif word in ("agents", "leaders", "responders"):
            self.audiences.append(word)
        elif _is_time(word):
            self.when.append(word)
        else:
            return False
        return True

    def fields(self) -> dict[str, object]:
        """Return it as the intent's fields."""
        when = " ".join(self.when) or None
        return {"what": self.what, "announced": self.announced, "audiences": self.audiences, "when": when}


def _is_time(word: str) -> bool:
    month = len(word) >= 3 and any(name.startswith(word) for name in _MONTHS)
    return word in _DAYS or month or _NUMBERS.fullmatch(word) is not None
