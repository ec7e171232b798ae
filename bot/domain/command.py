"""What people type after /disaster: the same words in every chat."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from bot.domain import intent as i
from bot.domain.card import Button, Frozen, Style
from bot.domain.command_drill import KINDS, Said
from bot.domain.nearest import nearest, slip
from bot.domain.refusal import Refused
from bot.domain.runbook import Category
from bot.domain.text import clean, clip, listed
from bot.domain.wording.categories import MEANINGS

MAX_TYPED = 3000
EXAMPLE = '/disaster declare facility_loss leeds sev1 "fire on floor 2"'
_WORD = re.compile(r"\"([^\"]*)\"|“([^”]*)”|(\S+)")
_LONGEST = 4
_FEW, _SENTENCE = 3, 300
_NAMED = 3
_SMALL = frozenset({"a", "an", "and", "at", "in", "of", "on", "our", "the", "-", "–"})
_SEVERITY = re.compile(r"^(?:sev(?:erity)?)[-:]?([0-9]+)$", re.IGNORECASE)
_REFERENCE = re.compile(r"^INC-\d{4}-\d{4,}$", re.IGNORECASE)


@dataclass(frozen=True)
class Vocabulary:
    """The organisation's own words: (what, id) by every lower-case name; what is sites, systems or queues.

    scenarios: what people type for a tabletop, and its name.
    """

    places: Mapping[str, tuple[str, str]]
    scenarios: Mapping[str, str] = field(default_factory=dict)


_Parser = Callable[[str, Vocabulary], i.Intent]


@dataclass(frozen=True)
class _Word:
    text: str
    quoted: bool


def split(text: str) -> list[_Word]:
    """Return the words of a line; what stands in quotes is one word."""
    found = [(m[1] or m[2] or m[3] or "", m[3] is None) for m in _WORD.finditer(text)]
    return [_Word(text=word, quoted=quoted) for word, quoted in found if word]


def parse(text: str, words: Vocabulary) -> i.Intent:
    """Return what a typed line asks for; raises Refused with the nearest right words and an example."""
    typed = clean(text)
    if len(typed) > MAX_TYPED:
        raise Refused(f"That is {len(typed):,} characters; at most {MAX_TYPED:,} are taken.", instead="Shorten it.")
    typed = re.sub(r"^/?disaster\b", "", typed, count=1, flags=re.IGNORECASE).strip()
    if not typed:
        return i.Help()
    verb, _, rest = typed.partition(" ")
    name = verb.lower()
    if name not in _VERBS:
        near = nearest(name, VERBS)
        meant = f'Did you mean "/disaster {near}"? ' if near else ""
        raise Refused(f'I don\'t know "{clip(verb, 40)}".', instead=f"{meant}/disaster help lists what you can type.")
    return _valid(_VERBS[name], rest.strip(), words)


def _valid(verb: _Parser, rest: str, words: Vocabulary) -> i.Intent:
    try:
        return verb(rest, words)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "that"
        raise Refused(f"{where}: {first['msg']}.", instead=f"Example: {EXAMPLE}") from error


@dataclass
class _Line:
    """What a line says: fields, places by their kind, what its words can mean, and the words that say nothing."""

    found: dict[str, object] = field(default_factory=dict)
    hits: dict[str, list[str]] = field(default_factory=lambda: {"sites": [], "systems": [], "queues": []})
    meant: list[tuple[Category, ...]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def _declare(rest: str, words: Vocabulary) -> i.Intent:
    line = _phrases(split(rest), words)
    read = _read(line, words)
    if read.lost:
        known = [*MEANINGS, *words.places, *words.scenarios, "sev1", "sev2", "sev3", "drill", "real"]
        meant = _read(_put_right(line, read.lost, known), words)
        raise _misspelt(read.lost, known, _declared(meant, words, ask=True))
    return _declared(read, words)


def _declared(read: _Line, words: Vocabulary, *, ask: bool = False) -> i.Declare:
    """Return the declaration that a line asks for; what was read out of a sentence, or guessed, is asked about."""
    declared = {**read.found, **{what: keys for what, keys in read.hits.items() if keys}, **_category(read.meant)}
    out = _read_out_of(str(read.found.get("known", "")), words)
    left = {k: v for k, v in out.items() if not (read.meant if k in ("category", "maybe") else any(read.hits.values()))}
    return i.Declare.model_validate({**declared, **left, "ask": ask or bool(left)})


def offered(text: str, words: Vocabulary) -> i.Declare | None:
    """Return the declaration that a line without a verb may ask for, as a form: "fire in leeds"; None for no such."""
    said = re.sub(r"^/?disaster\b", "", clean(text), count=1, flags=re.IGNORECASE).strip(' "“”')
    found = _read_out_of(said, words)
    meant = "category" in found or "maybe" in found
    if not meant or len(said) > _SENTENCE or said.split()[0].lower() in _VERBS:
        return None
    known = {"known": said} if len(said.split()) > _FEW else {}
    return i.Declare.model_validate({**found, **known, "ask": True})


def _read_out_of(sentence: str, words: Vocabulary) -> dict[str, object]:
    """Return what a sentence seems to say of category, places and severity: to be looked at in the form."""
    line = [_Word(text=word.strip(".,;:!?()\"“”'"), quoted=False) for word in sentence.split()]
    meant: list[tuple[Category, ...]] = []
    found: dict[str, list[str]] = {}
    for word in _phrases([w for w in line if w.text], words):
        low = word.text.lower()
        if low in words.places:
            what, key = words.places[low]
            found.setdefault(what, []).append(key)
        elif low in MEANINGS:
            meant.append(MEANINGS[low])
    return {**found, **_category(meant)}


def _drill(rest: str, words: Vocabulary) -> i.Intent:
    """Read a drill: its kind, then what a declaration takes, whom it is for, whether they know, and when."""
    line = _phrases(split(rest), words, {**KINDS, **words.scenarios})
    said = Said()
    read = _read(line, words, said)
    if read.lost:
        known = [*KINDS, *MEANINGS, *words.places, *words.scenarios, "sev1", "sev2", "sev3", "announced", "unannounced"]
        fresh = Said()
        meant = _read(_put_right(line, read.lost, known), words, fresh)
        raise _misspelt(read.lost, known, _practised(meant, fresh, ask=True))
    return _practised(read, said)


def _practised(read: _Line, said: Said, *, ask: bool = False) -> i.Drill:
    found = {**read.found, "story": read.found.get("known")}
    more = {"category": _category(read.meant).get("category"), **said.fields(), "ask": ask}
    return i.Drill.model_validate(
        {**{k: v for k, v in found.items() if k not in ("known", "drill")}, **read.hits, **more}
    )


def _read(line: Sequence[_Word], words: Vocabulary, drill: Said | None = None) -> _Line:
    """Read a line word by word; drill: the words of one are known too, and what they say stands there."""
    read = _Line()
    for word in line:
        low = "" if word.quoted else word.text.lower()
        if drill is not None and low in words.scenarios:
            read.found["scenario"] = words.scenarios[low]
        elif drill is not None and low and low not in words.places and drill.takes(low):
            continue
        elif low in MEANINGS and low not in words.places:
            read.meant.append(MEANINGS[low])
        elif not _takes(word, words, read):
            read.lost.append(word.text)
    return read


def _phrases(line: list[_Word], words: Vocabulary, more: Collection[str] = ()) -> list[_Word]:
    """Return the words of a line, those that belong together as one: "power cut", "Bradford recovery site"."""
    found: list[_Word] = []
    while line:
        n = next((n for n in range(min(_LONGEST, len(line)), 1, -1) if _known(line[:n], words, more)), 1)
        found.append(line[0] if n == 1 else _Word(text=" ".join(w.text for w in line[:n]), quoted=False))
        line = line[n:]
    return found


def _known(phrase: list[_Word], words: Vocabulary, more: Collection[str]) -> bool:
    text = " ".join(w.text for w in phrase).lower()
    return not any(w.quoted for w in phrase) and (text in MEANINGS or text in words.places or text in more)


def _category(meant: list[tuple[Category, ...]]) -> dict[str, object]:
    """Return the one category that all the words said can mean, else those to be chosen from."""
    if not meant:
        return {}
    shared = [c for c in Category if all(c in one for one in meant)]
    if len(shared) == 1:
        return {"category": shared[0]}
    return {"maybe": shared or [c for c in Category if any(c in one for one in meant)]}


def _takes(word: _Word, words: Vocabulary, read: _Line) -> bool:
    """Take a word that every declaration may have; whether it is one."""
    low, found = word.text.lower(), read.found
    severity = _SEVERITY.match(low)
    if word.quoted:
        found["known"] = f"{found['known']} {word.text}" if "known" in found else word.text
    elif severity and severity[1] in ("1", "2", "3"):
        found["severity"] = int(severity[1])
    elif low in ("drill", "exercise", "real"):
        found["drill"] = low != "real"
    elif low in words.places:
        what, key = words.places[low]
        read.hits[what].append(key)
    else:
        return low in _SMALL
    return True


def _put_right(line: Sequence[_Word], lost: Sequence[str], known: Sequence[str]) -> list[_Word]:
    """Return a line with its slips of the pen put right; what may mean anything is left out, no severity is guessed."""
    right = {word: slip(word.lower(), known) for word in lost if not _SEVERITY.match(word)}
    kept = [word for word in line if word.quoted or word.text not in lost or right.get(word.text)]
    return [word if word.quoted else _Word(right.get(word.text) or word.text, quoted=False) for word in kept]


def _misspelt(lost: Sequence[str], known: Sequence[str], meant: i.Declare | i.Drill) -> Refused:
    """Name every word that nobody knows, and offer the form filled in with what was understood."""
    wrong = [match[1] for word in lost if (match := _SEVERITY.match(word))]
    unknown = list(dict.fromkeys(word for word in lost if not _SEVERITY.match(word)))
    named = [f'"{clip(word, 40)}"' for word in unknown[:_NAMED]]
    more = [f"{len(unknown) - _NAMED} more"] if len(unknown) > _NAMED else []
    text = [f"I don't know {listed([*named, *more])}."] if unknown else []
    text += [f"There is no severity {clip(wrong[0], 10)}: it is sev1 (worst), sev2 or sev3."] if wrong else []
    form = Button(label="Open the form with what I understood…", intent=i.encode(meant), style=Style.PRIMARY)
    ways = f"What happened goes in quotes. Example: {EXAMPLE}"
    return Refused(" ".join(text), instead=f"{_did_you_mean(unknown[:_NAMED], known)}{ways}", offer=(form,))


def _did_you_mean(unknown: Sequence[str], known: Sequence[str]) -> str:
    """Return the nearest right word for each of a few; for one that is like nothing, all categories."""
    near = {word: found for word in unknown if len(word) > 2 and (found := nearest(word.lower(), known))}
    if not near:
        return f"Categories: {listed([c.value for c in Category])}. " if unknown else ""
    if len(unknown) == 1:
        return f'Did you mean "{clip(near[unknown[0]], 40)}"? '
    pairs = [f'"{clip(right, 40)}" for "{clip(word, 40)}"' for word, right in near.items()]
    return f"Did you mean {listed(pairs)}? "


def _referred(rest: str) -> tuple[str | None, str]:
    """Take a leading incident reference off the rest of a line."""
    first, _, more = rest.partition(" ")
    if first.upper().startswith("INC") and not _REFERENCE.match(first):
        raise Refused(f"{clip(first, 40)} is no incident.", instead="References look like INC-2026-0007.")
    return (first.upper(), more.strip()) if _REFERENCE.match(first) else (None, rest)


def _about(kind: type[Frozen]) -> _Parser:
    def parse_(rest: str, words: Vocabulary) -> i.Intent:  # noqa: ARG001
        incident, more = _referred(rest)
        if more:
            raise Refused(
                f'I don\'t know "{clip(more, 40)}" here.',
                instead="Only an incident may follow, such as INC-2026-0007; nothing was done.",
            )
        return i.INTENT.validate_python(kind.model_validate({"incident": incident}).model_dump())

    return parse_


def _plain(kind: type[Frozen]) -> _Parser:
    return lambda _rest, _words: i.INTENT.validate_python(kind().model_dump())


def _update(rest: str, words: Vocabulary) -> i.Intent:  # noqa: ARG001
    incident, text = _referred(rest)
    return i.Update(incident=incident, text=text.strip('"“” ') or None)


def _role(rest: str, words: Vocabulary) -> i.Intent:  # noqa: ARG001
    incident, more = _referred(rest)
    code, _, person = more.partition(" ")
    return i.AssignRole(incident=incident, role=code.upper() or None, person=person.strip('"“”@ ') or None)


def _step(rest: str, words: Vocabulary) -> i.Intent:  # noqa: ARG001
    incident, title = _referred(re.sub(r"^add\b", "", rest, flags=re.IGNORECASE).strip())
    return i.AddStep(incident=incident, title=title.strip('"“” ') or None)


def _readiness(rest: str, words: Vocabulary) -> i.Intent:  # noqa: ARG001
    said = rest.strip('"“” ').lower().replace(" ", "_")
    if said in ("mine", "my"):
        return i.MyDuties()
    if said == "vendors":
        return i.Vendors()
    if said and said not in set(Category):
        near = nearest(said, ["mine", "vendors", *Category])
        raise Refused(
            f'I don\'t know "{clip(rest, 40)}" here.',
            instead=f"{f'Did you mean {near}? ' if near else ''}Type mine, vendors, or a category such as data_loss.",
        )
    return i.Readiness(category=Category(said) if said else None)


def _reach(rest: str, words: Vocabulary) -> i.Intent:  # noqa: ARG001
    said = rest.strip('"“” ').lower().removeprefix("by ").rstrip("s")
    if said not in ("", "site", "team"):
        raise Refused(f'I don\'t know "{clip(rest, 40)}" here.', instead="Type /disaster reach team, or reach site.")
    return i.Reach(by="team" if said == "team" else "site")


_VERBS: dict[str, _Parser] = {
    "help": _plain(i.Help), "declare": _declare, "where": _plain(i.Where), "board": _plain(i.Board),
    "status": _about(i.Status), "steps": _about(i.Steps), "roll": _about(i.Roll), "moves": _about(i.Moves),
    "calls": _about(i.CallList), "clocks": _about(i.Clocks), "plan": _about(i.PlanAgain), "sitrep": _about(i.Sitrep),
    "recover": _about(i.Recover), "resume": _about(i.Resume), "take-command": _about(i.TakeCommand),
    "stand-down": _about(i.StandDown), "standdown": _about(i.StandDown), "cancel": _about(i.Cancel),
    "runbook": _about(i.ReviewRunbook), "drill": _drill, "drills": _plain(i.Drills), "real": _plain(i.RealIncident),
    "readiness": _readiness, "reach": _reach, "digest": _plain(i.Digest), "channel": _plain(i.TeamChannel),
    "calendar": _plain(i.Calendar),
    "update": _update, "role": _role, "step": _step,
}  # fmt: skip
VERBS = tuple(v for v in _VERBS if v != "standdown")
