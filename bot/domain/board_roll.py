"""The board's view of the roll: how many are safe, wait for help, or were not heard from."""

from bot.domain.card import Frozen
from bot.domain.chart import Part


class RollCount(Frozen):
    """How many of the expected people are accounted for; names are never on the board.

    help_beside: who waits for help though it did not hit them. called: whether the roll is called in this incident;
    asked: whether the first question has gone out.
    """

    expected: int = 0
    safe: int = 0
    help: int = 0
    unable: int = 0
    help_beside: int = 0
    called: bool = False
    asked: bool = False

    @property
    def accounted(self) -> int:
        """Heard from, whatever they said."""
        return self.safe + self.help + self.unable

    @property
    def silent(self) -> int:
        """Not yet heard from."""
        return max(0, self.expected - self.accounted)

    @property
    def waiting(self) -> int:
        """Who waits for help, whether it hit them or not."""
        return self.help + self.help_beside

    @property
    def unsafe(self) -> bool:
        """Whether somebody's call for help is open, or somebody is not accounted for where the roll is called."""
        return bool(self.waiting or (self.called and self.silent))


def roll_parts(roll: RollCount) -> tuple[Part, ...]:
    """Return the roll as the pieces of one bar, in order."""
    return (
        Part(label="Safe", value=roll.safe, kind="safe"),
        Part(label="Need help", value=roll.help, kind="help"),
        Part(label="Can't work", value=roll.unable, kind="unable"),
        Part(label="Not heard from", value=roll.silent, kind="silent"),
    )
