"""What some steps show on their cards beside themselves."""

from hashlib import sha256

from bot.domain.card import Button, Fact, Frozen, Meter, Table


class Figures(Frozen):
    """Figures of a step that change while it is worked; sure: what is asked before it is called done."""

    text: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    meters: tuple[Meter, ...] = ()
    tables: tuple[Table, ...] = ()
    buttons: tuple[Button, ...] = ()
    sure: str = ""

    @property
    def digest(self) -> str:
        """Something that differs when anything of it does."""
        return sha256(self.model_dump_json().encode()).hexdigest()[:16]


NONE = Figures()
