"""A card in words: as an e-mail, as a short text, as something that is read out. Every word in it is escaped."""

from dataclasses import dataclass

from markupsafe import Markup, escape

from bot.domain.card import Card
from bot.domain.one_tap import answers
from bot.domain.text import clip

_BODY = 320  # characters of a text message for what is said; the link has the rest
_SPOKEN = 700
# One character outside of the GSM alphabet makes every text message of twice as many parts.
_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "·": "-"}
)
_BUTTON = (
    "display:inline-block;padding:14px 24px;background:#14549c;color:#ffffff;font-weight:bold;"
    "text-decoration:none;border-radius:8px"
)
_PAGE = "font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5;color:#1a1a1a;max-width:600px"


@dataclass(frozen=True)
class About:
    """What is said beside a card: by whom, the reader's link (none where there is nothing to press), whom to call.

    replies: whether a text message can be answered with a digit.
    """

    organisation: str
    hotline: str
    link: str = ""
    replies: bool = False


def subject(card: Card) -> str:
    """Return the subject of an e-mail."""
    return clip(f"EXERCISE: {card.title}" if card.banner else card.title, 180)


def mail(card: Card, about: About) -> str:
    """Return a card as the HTML of an e-mail: plain enough for any reader, with one button."""
    banner = _tag("p", card.banner, "font-weight:bold;letter-spacing:1px") if card.banner else Markup("")
    parts = [banner, _tag("h2", card.title), *(_tag("p", text) for text in _paragraphs(card))]
    if about.link:
        parts += [Markup('<p><a href="{}" style="{}">{}</a></p>').format(about.link, _BUTTON, _asks(card))]
        parts += [_tag("p", "The link is yours alone: don't pass it on. It opens on any phone, without an account.")]
    parts += [_tag("p", f"By phone: {about.hotline}. {about.organisation} sent this; nobody reads answers to it.")]
    return str(Markup('<div style="{}">{}</div>').format(_PAGE, Markup("").join([*parts, banner])))


def short(card: Card, about: About) -> str:
    """Return a card as a text message: what it is about, the link, how to answer."""
    said = clip(" ".join(_paragraphs(card)), _BODY)
    asks = f"{_asks(card)}: {about.link}" if about.link else ""
    digits = ", ".join(f"{n} {words}" for n, words in enumerate(answers(card), 1)) if about.replies else ""
    reply = f"Or reply {digits}." if digits and asks else f"Reply {digits}." if digits else ""
    first, last = ("EXERCISE - nothing real has happened", "EXERCISE") if card.banner else ("", "")
    lines = (first, _sentence(card.title), said, asks, reply, last)
    return _joined(lines).translate(_PLAIN)


def spoken(card: Card, about: About) -> str:
    """Return a card as it is read out on the phone, with the number to call; never the link."""
    said = clip(" ".join(_paragraphs(card)), _SPOKEN)
    drill = "Exercise. This is a drill, nothing real has happened." if card.banner else ""
    answer = "Please answer the message that we have sent you, or call" if answers(card) else "Questions? Call"
    end = "End of message. This was an exercise." if card.banner else "End of message."
    lines = (
        f"Message from {about.organisation}.",
        drill,
        _sentence(card.title),
        said,
        f"{answer} {about.hotline}.",
        end,
    )
    return _joined(lines).translate(_PLAIN)


def _paragraphs(card: Card) -> list[str]:
    """What a card says, without what only a screen can show."""
    meters = [f"{m.label}: {m.value:,} of {m.total:,}" for m in card.meters]
    tables = [" | ".join(row) for table in card.tables for row in table.rows]
    items = [": ".join(p for p in (item.title, item.text) if p) for item in card.items]
    return [*card.text, *(f"{f.label}: {f.value}" for f in card.facts), *meters, *tables, *items]


def _asks(card: Card) -> str:
    return "Answer here" if answers(card) else "Open it here"


def _sentence(title: str) -> str:
    return title if title[-1:] in ".!?" else f"{title}."


def _joined(lines: tuple[str, ...]) -> str:
    return "\n".join(line for line in lines if line)


def _tag(name: str, text: str, style: str = "") -> Markup:
    lines = Markup("<br>").join(map(escape, text.split("\n")))
    return Markup("<{0} style='{2}'>{1}</{0}>").format(Markup(name), lines, style)  # noqa: S704 - our own word
