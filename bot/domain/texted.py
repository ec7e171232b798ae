"""What a text message says: one of the answers that were asked for, or nothing that can be relied on."""

import re
from collections.abc import Iterator

from bot.domain.notice import ANSWERS, Answer
from bot.domain.runbook import Ask

STOP = frozenset({"stop", "stopall", "unsubscribe", "end", "quit"})
_WORDS: dict[Answer, str] = {
    Answer.HELP: r"help|sos|hurt|injured|trapped|stuck|emergency|danger",
    Answer.UNABLE: r"can'?t|cannot|can not|unable|not able",
    Answer.SAFE: r"safe|ok|okay|fine|moving|on my way|on the way",
    Answer.ACK: r"read|received|got it|seen|ok|okay|yes|understood|thanks|thank you",
}
_NOT = re.compile(r"\b(no|not|never|nobody|don'?t|isn'?t|aren'?t|without|unsafe)\b")


def stops(text: str) -> bool:
    """Whether somebody asks for no more messages, in the word that every carrier knows."""
    return _plain(text) in STOP


def answer_in(text: str, ask: Ask) -> Answer | None:
    """Return what a text answers; None when it may mean several things, or none.

    A digit is the answer's place. A call for help is heard beside other words, unless they say no.
    """
    said, may = _plain(text), ANSWERS[ask]
    meant = set(_digits(said, may)) | {answer for answer in may if _says(said, answer)}
    if Answer.HELP in meant and not _NOT.search(said):
        return Answer.HELP
    denied = _NOT.search(re.sub(_WORDS[Answer.UNABLE], "", said)) is not None
    return meant.pop() if len(meant) == 1 and not denied else None


def _digits(said: str, may: tuple[Answer, ...]) -> Iterator[Answer]:
    """Yield what the digits stand for; a number that is longer, a time say, stands for nothing."""
    for digit in re.findall(r"(?<![\d:.])\d(?![\d:])", said):
        if 1 <= int(digit) <= len(may):
            yield may[int(digit) - 1]


def _says(said: str, answer: Answer) -> bool:
    return re.search(rf"\b({_WORDS[answer]})\b", said) is not None


def _plain(text: str) -> str:
    straight = text.lower().replace("’", "'")
    return " ".join(re.sub(r"[^\w' :]+", " ", straight).split())
