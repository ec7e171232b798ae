"""Why an agent has no place, in words that are true of the finished plan."""

from collections.abc import Iterator, Sequence

from bot.domain.place import SiteKind
from bot.domain.relocation_classes import Classes, HomeFit, Out, Told, Where, speaks, stays
from bot.domain.relocation_model import Ints, Limit, Model
from bot.domain.relocation_plan import Unplaced
from bot.domain.relocation_terms import Agent, Demand, Destination
from bot.domain.text import listed

NO_QUEUE = "no queue asks for their skills and languages"
_FULL, _OUT = "fully staffed without them", "left out by wish"
_CLOSED, _HELD = f"{_OUT} or fully staffed", " but those held back"
_NONE_LEFT = {"seats": "no seat is left", "held": f"no seat is left{_HELD}", "cards": "no card-safe seat is left"}
_NONE_LEFT_AT = {
    "seats": "no seat is left at {}",
    "held": f"no seat is left at {{}}{_HELD}",
    "cards": "no card-safe seat is left at {}",
}
_LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "cs": "Czech", "cy": "Welsh", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fi": "Finnish", "fr": "French", "ga": "Irish",
    "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "it": "Italian", "ja": "Japanese", "ko": "Korean",
    "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch", "no": "Norwegian", "pa": "Punjabi", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sv": "Swedish",
    "ta": "Tamil", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


def as_told(reason: str) -> str:
    """Return a reason as the person themselves reads it: what planners wished is not for them."""
    return "" if reason == Out.WISHED else reason.replace(_CLOSED, _FULL).replace(_OUT, _FULL).replace(_HELD, "")


def unplaced(model: Model, given: Ints, seated: set[int]) -> Iterator[Unplaced]:
    """Yield everybody without a place, and why."""
    reasons, classes = _Reasons(model, given), model.classes
    known: dict[object, tuple[str, str]] = {}
    for number, agent in enumerate(classes.situation.agents):
        if number in seated:
            continue
        there = classes.there(agent, number)
        key = (id(classes.where[number]), agent.queue, agent.skills, agent.languages, there)
        if number in classes.out:
            yield Unplaced(agent.id, agent.queue, classes.out[number])
        else:
            known[key] = known.get(key) or reasons.why(agent, number, there)
            yield Unplaced(agent.id, agent.queue, *known[key])


class _Reasons:
    """What of the finished plan stands in the way."""

    def __init__(self, model: Model, given: Ints) -> None:
        self.classes: Classes = model.classes
        self.rules = model.classes.rules
        below, missing = model.gaps(given)
        self.short: list[bool] = ((below + missing) > 0).tolist()
        used = [int(given[uses].sum()) for uses in model.uses]
        spare = model.leads - sum(model.leads_needed(given).values())
        self.spent = [
            limit
            for limit, n in zip(model.limits, used, strict=True)
            if n >= limit.most and not (limit.ratio and (spare or (n - limit.most) % limit.ratio))
        ]

    def why(self, agent: Agent, number: int, there: Told | None) -> tuple[str, str]:
        """Return why an agent has no place, and the same as it is counted: without names of queues.

        there: where they may be only because they are there already.
        """
        able = [queue for queue, _ in self.classes.able[number]]
        able += [there.queue] if there and there.queue not in able else []
        first = next((queue for queue in able if self.short[queue]), None)
        if first is not None:
            words = self._nowhere(number, first, there)
            queue = self.classes.queues[first]
            return (words if queue.id == agent.queue else f"for {queue.name}: {words}"), words
        lacks = self._lacks(agent)
        if not able:
            return lacks or NO_QUEUE, ""
        lacks = f"{lacks}, and " if lacks else ""
        others = " and the other queues they can work are" if len(able) > 1 else " is"
        full = self._full(able)
        named = f"{self.classes.queues[able[0]].name}{others} {full}"
        return lacks + named, f"{lacks}every queue that they can work is {full}"

    def _nowhere(self, number: int, queue: int, there: Told | None) -> str:
        """Say what stands in the way for one queue: where they are, at home, at each site that they can get to."""
        parts = []
        if there and there.queue == queue:
            at = self.classes.places[there.destination].name
            parts.append(f"at {at}, where they are, {self._spent(queue, [there.destination], _NONE_LEFT['seats'])}")
        if any(queue == one for one, _ in self.classes.able[number]):
            where = self.classes.where[number]
            parts.append(f"{self._not_home(where, queue)}, and {self._no_site(where, queue)}")
        return "; ".join(parts)

    def _full(self, able: Sequence[int]) -> str:
        wished = self.classes.situation.wishes.queues_out
        out = {self.classes.queues[queue].id in wished for queue in able}
        return _CLOSED if len(out) > 1 else _OUT if True in out else _FULL

    def _lacks(self, agent: Agent) -> str:
        """Return what an agent would need for a queue that is short: a language, or a higher level of its skill."""
        levels = dict(agent.skills)
        for queue, short in zip(self.classes.queues, self.short, strict=True):
            if short and queue.id != agent.queue and queue.skill in levels:
                if not speaks(agent, queue):
                    return f"speaks no {language(queue)}"
                if levels[queue.skill] < queue.level:
                    return f"has level {levels[queue.skill]} of {queue.skill}, and {queue.name} asks for {queue.level}"
        return ""

    def _not_home(self, where: Where, queue: int) -> str:
        homes = [n for n, d in enumerate(self.classes.places) if d.kind is SiteKind.HOME]
        if not homes:
            return "working from home is not open"
        if self.classes.queues[queue].payment_cards and not self.classes.pay_at(where, self.classes.places[homes[0]]):
            return self._no_cards()
        if where.home is not HomeFit.FIT:
            return where.home.format(days=self.rules.home_test_days)
        fit = [n for n in homes if self.classes.allowed(where, queue, n)]
        if not fit:
            return f"the queue's data must stay in {self.classes.queues[queue].residency}"
        return self._spent(queue, fit, seats="every log-in from home is taken")

    def _no_cards(self) -> str:
        if self.rules.payments_from_home:
            return "takes card payments, the home is not cleared for them"
        return "takes card payments, policy forbids that at home"

    def _no_site(self, where: Where, queue: int) -> str:
        limit = self.rules.max_travel_min
        if not where.mobility:
            return "can't be sent to another site"
        near = [n for n, d in enumerate(self.classes.places) if _is_site(d) and self.classes.near(where, d)]
        if not near:
            return f"no open site is within {limit} min"
        fit = [n for n in near if self.classes.allowed(where, queue, n)]
        if not fit:
            asked, places = self.classes.queues[queue], self.classes.places
            lacking = [places[n].name for n in near if stays(asked, places[n])]
            none = f"no site within {limit} min may hold the queue's data"
            return f"{listed(lacking)} attested no {asked.skill}" if lacking else none
        return self._spent(queue, fit, seats=f"no seat is left within {limit} min")

    def _spent(self, queue: int, places: Sequence[int], seats: str) -> str:
        """Return what these places have none left of; seats are named first, being what people ask about."""
        found = [(next(self._at(queue, place), "seats"), self.classes.places[place].name) for place in places]
        if len({what for what, _ in found}) == 1:
            words = {**_NONE_LEFT, "seats": seats, "held": f"{seats}{_HELD}"}
        else:  # what is so of one place is said of that one alone
            words = _NONE_LEFT_AT
        return listed(list(dict.fromkeys(words[what].format(name) if what in words else what for what, name in found)))

    def _at(self, queue: int, place: int) -> Iterator[str]:
        """Yield what stands in the way at a place: what it has none left of, or that in words."""
        here = [limit for limit in self.spent if limit.kind != "pool" and limit.of == place]
        kinds = {limit.kind for limit in here}
        if "seats" in kinds:
            yield "held" if self.classes.situation.wishes.held_back.get(self.classes.places[place].id) else "seats"
        if "card-safe seats" in kinds and self.classes.queues[queue].payment_cards:
            yield "cards"
        yield from (
            f"{self.classes.situation.pools[limit.of].name} can take no more" for limit in self._pools(queue, place)
        )
        if "team leads" in kinds:
            yield f"no team lead is free for more people at {self.classes.places[place].name}"

    def _pools(self, queue: int, place: int) -> Iterator[Limit]:
        pools, queue_id, place_id = (
            self.classes.situation.pools,
            self.classes.queues[queue].id,
            self.classes.places[place].id,
        )
        for limit in self.spent:
            if limit.kind == "pool":
                pool = pools[limit.of]
                if (not pool.queues or queue_id in pool.queues) and (
                    not pool.destinations or place_id in pool.destinations
                ):
                    yield limit


def _is_site(place: Destination) -> bool:
    return place.kind is not SiteKind.HOME


def language(queue: Demand) -> str:
    """Return the languages that a queue asks for, in words."""
    return " or ".join(_LANGUAGES.get(code, code) for code in queue.languages)
