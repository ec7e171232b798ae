"""Block Kit's parts and limits, as data. People's words stand in plain text only: nothing of them is ever markup."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain import when

Block = dict[str, Any]

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
ALL_TEXT = 11_000  # Slack refuses "blocks too long" somewhere above 13,000; it does not say where
HEADER = 150
TEXT = 2_900  # of 3,000: Slack counts an escaped "&" as five
BUTTON = 75
VALUE = 2_000
OPTION = 75
OPTIONS = 100
HINT = 1_900
TITLE = 24
METADATA = 2_900
INPUT = 3_000
CONFIRM = 300
IN_A_ROW = 5
TOGETHER = 2_500  # characters that one block of lines or of a table holds
BUTTONS = 40
_TIMES = {when.Form.AT: "{time}", when.Form.DAY: "{date_short} {time}", when.Form.SOON: "{date_short_pretty} {time}"}
_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,1900}[^\s<>\".,;:!?)]")


@dataclass(frozen=True)
class Reader:
    """In whose zone times are said where Slack can't put them into each reader's own; now: the moment."""

    tz: str
    now: datetime

    def told(self, text: str) -> str:
        """Return text with its times in words."""
        return when.told(text, self.tz, self.now)

    def fitted(self, text: str, most: int) -> str:
        """Return text cut to what fits; its times stay marks where nothing had to be cut."""
        return text if text.strip() and size(text) <= most else short(self.told(text), most)


def size(text: str) -> int:
    """Return how long Slack takes a text to be: it counts UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def short(text: str, most: int) -> str:
    """Return the text, cut to what fits; never empty, because Slack refuses nothing."""
    text = text if text.strip() else "–"
    if size(text) <= most:
        return text
    cut = text[: most - 1]
    while size(cut) > most - 1:
        cut = cut[:-1]
    return f"{cut.rstrip()}…"


def pieces(text: str, most: int = TEXT) -> Iterator[str]:
    """Yield a long text in parts that fit, broken at a space where there is one."""
    while size(text) > most:
        cut = text[: most // 2] if size(text[:most]) > most else text[:most]
        at = max(cut.rfind("\n"), cut.rfind(" "))
        end = at if at > len(cut) // 2 else len(cut)
        yield text[:end]
        text = text[end:].lstrip()
    if text.strip():
        yield text


def escaped(text: str) -> str:
    """Return a text for the one place that Slack reads as markup: a notification's words."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str, most: int) -> Block:
    """Return a plain-text object."""
    return {"type": "plain_text", "text": short(text, most), "emoji": False}


def header(text: str) -> Block:
    """Return a title."""
    return {"type": "header", "text": plain(text, HEADER)}


def context(text: str) -> Block:
    """Return small print."""
    return {"type": "context", "elements": [plain(text, 2_000)]}


def picture(file: str, alt: str) -> Block:
    """Return a picture that was uploaded; alt: what stands for it where it can't be seen."""
    return {"type": "image", "slack_file": {"id": file}, "alt_text": short(alt, 2_000)}


def words(text: str, reader: Reader, *, bold: bool = False) -> list[Block]:
    """Return a text as a rich text's elements: times in each reader's zone, web addresses to follow, all else bare."""
    style = {"style": {"bold": True}} if bold else {}
    dates: list[Block] = []

    def date(form: when.Form, moment: datetime) -> str:
        fallback = reader.told(_MARKS[form](moment))
        found = {"type": "date", "timestamp": int(moment.timestamp()), "format": _TIMES[form], "fallback": fallback}
        dates.append({**found, **style})
        return _HERE

    parts = when.marked(text, date).split(_HERE)
    found = _linked(parts[0], style)
    for part, one in zip(parts[1:], dates, strict=False):
        found += [one, *_linked(part, style)]
    return found


_HERE = "\ue001"
_MARKS = {when.Form.AT: when.at, when.Form.DAY: when.day_and_time, when.Form.SOON: when.soon}


def _linked(text: str, style: Block) -> list[Block]:
    found: list[Block] = []
    start = 0
    for match in _ADDRESS.finditer(text):
        if match.start() > start:
            found.append({"type": "text", "text": text[start : match.start()], **style})
        found.append({"type": "link", "url": match[0], **style})
        start = match.end()
    return [*found, {"type": "text", "text": text[start:], **style}] if text[start:] else found


def rich(*sections: Sequence[Block]) -> Block:
    """Return a rich text of some lines; each is a list of elements."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(s)} for s in sections]}


def fixed(text: str) -> Block:
    """Return text in a fixed width, for tables."""
    elements = [{"type": "text", "text": short(text, TEXT)}]
    return {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": elements}]}


def texts(node: Any) -> int:
    """Return how much text blocks hold."""
    if isinstance(node, dict):
        return sum(
            size(v) if k in ("text", "url", "fallback") and isinstance(v, str) else texts(v) for k, v in node.items()
        )
    return sum(map(texts, node)) if isinstance(node, list) else 0


def lines(each: Sequence[list[Block]], most: int = TOGETHER) -> Iterator[Block]:
    """Yield lines together, as many in one block as fit well."""
    held: list[list[Block]] = []
    for line in each:
        if held and texts(held) + texts(line) > most:
            yield rich(_broken(held))
            held = []
        held.append(line)
    if held:
        yield rich(_broken(held))


def _broken(lines: Sequence[list[Block]]) -> list[Block]:
    """All in one section, a line's end within the words before each line: sections alone run into each other."""
    first, *rest = lines
    return [*first, *(element for line in rest for element in _on_its_own(line))]


def _on_its_own(line: list[Block]) -> list[Block]:
    begins = line[0]
    if begins["type"] != "text":
        return [{"type": "text", "text": "\n"}, *line]
    return [{**begins, "text": f"\n{begins['text']}"}, *line[1:]]
