"""Whether a plan still fits: what it counted on, against how it is now."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from bot.domain.text import listed, plural


class Basis(NamedTuple):
    """What a plan counts on: sites hit, people off (who can't work or need help), places lost, live seats.

    seats are those that this incident can have, by destination; wishes are ids; shared is what it can have of
    card-safe seats, licences and gateways, by their ids. agents are those who lost their place, None where not kept.
    """

    hit: tuple[str, ...]
    off: int
    lost: int
    live: int
    seats: Mapping[str, int]
    wishes: tuple[int, ...]
    shared: Mapping[str, int] = {}
    agents: int | None = None

    def summary(self) -> dict[str, Any]:
        """Return it as JSON: what is kept with the plan."""
        whole = {"hit": list(self.hit), "seats": dict(self.seats), "wishes": list(self.wishes)}
        return {**self._asdict(), **whole, "shared": dict(self.shared)}


def basis_of(stored: Mapping[str, Any]) -> Basis:
    """Return a basis that was kept."""
    return Basis(**{**stored, "hit": tuple(stored["hit"]), "wishes": tuple(stored["wishes"])})


def stale(
    then: Basis, now: Basis, used: Mapping[str, int], names: Mapping[str, str], *, approved: bool
) -> dict[str, str]:
    """Return why a plan no longer fits, words by kind; nothing while it does.

    used: what the plan takes of seats, by destination, and of what is shared; names: of both. People who arrive make
    only a proposal stale: they are what an approved plan is for.
    """
    found = {
        "damage": _damage(then, now, used, names),
        "agents": _agents(then, now),
        "restored": _restored(then, now, names),
        "seats": _seats(then, now, used, names),
        "shared": _shared(then, now, used, names),
        "lost": _more(now.lost - then.lost, "can't get where they were sent"),
        "off": _more(now.off - then.off, "can't work or need help"),
        "back": _more(then.off - now.off, "can work again"),
        "arrived": "" if approved else _more(now.live - then.live, "started to work"),
        "wishes": "The wishes were changed." if then.wishes != now.wishes else "",
    }
    return {kind: words for kind, words in found.items() if words}


def _more(n: int, what: str) -> str:
    return f"{plural(n, 'more person', 'more people')} {what}." if n > 0 else ""


def _damage(then: Basis, now: Basis, used: Mapping[str, int], names: Mapping[str, str]) -> str:
    fresh = sorted(set(now.hit) - set(then.hit))
    if not fresh:
        return ""
    sent = sum(used.get(site, 0) for site in fresh)
    where, be = listed([names.get(site, site) for site in fresh]), "is" if len(fresh) == 1 else "are"
    places = f"{plural(sent, 'place')} of this plan {'is' if sent == 1 else 'are'} there" if sent else ""
    return f"{where} {be} hit now: {places or 'nobody can be sent there any more'}."


def _agents(then: Basis, now: Basis) -> str:
    more = (now.agents or 0) - (now.agents or 0 if then.agents is None else then.agents)
    return f"{plural(more, 'more agent')} lost their place: this plan has none for them." if more > 0 else ""


def _restored(then: Basis, now: Basis, names: Mapping[str, str]) -> str:
    back = sorted(set(then.hit) - set(now.hit))
    return f"{listed([names.get(site, site) for site in back])} can be used again." if back else ""


def _seats(then: Basis, now: Basis, used: Mapping[str, int], names: Mapping[str, str]) -> str:
    short = {site: used.get(site, 0) - now.seats.get(site, 0) for site in then.seats}
    gone = [f"{n:,} at {names.get(site, site)}" for site, n in sorted(short.items()) if n > 0 and site not in now.hit]
    if gone:
        return f"Seats that it counts on are no longer free: {listed(gone)}."
    more = [
        f"{now.seats[site] - n:,} at {names.get(site, site)}"
        for site, n in sorted(then.seats.items())
        if now.seats.get(site, 0) > n and site not in {*then.hit, *now.hit}
    ]
    return f"There are more seats now: {listed(more)}." if more else ""


def _shared(then: Basis, now: Basis, used: Mapping[str, int], names: Mapping[str, str]) -> str:
    gone = [
        f"{used[key] - left:,} of {names.get(key, key)}"
        for key, left in sorted(now.shared.items())
        if used.get(key, 0) > left and then.shared.get(key, left + 1) > left
    ]
    return f"What it counts on is used elsewhere now: {listed(gone)}." if gone else ""
