"""The way in: a link that is signed and expires becomes a cookie; nothing else opens the board."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import Request

from bot.web.access import COOKIE, Access, Visitor, from_here

NOW = datetime(2026, 6, 14, 13, 42, tzinfo=UTC)
SECRET = "only for tests"


@dataclass
class Clock:
    """A clock moved by hand."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def steady(self) -> float:
        return self.at.timestamp()


def access(clock: Clock, **more) -> Access:
    return Access(more.pop("secret", SECRET), clock, more.pop("url", "https://bot.example/"), 12, **more)


def asks(
    path: str = "/board", *, query: str = "", cookie: str = "", host: str = "bot.example", caller: str = "203.0.113.9"
):
    headers = [(b"host", host.encode())] + ([(b"cookie", f"{COOKIE}={cookie}".encode())] if cookie else [])
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": headers,
             "client": (caller, 4711), "server": ("x", 80), "scheme": "https"}  # fmt: skip
    return Request(scope)


def key_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["key"][0]


def cookie_of(answer) -> str:
    return answer.headers["set-cookie"].split(";")[0].split("=", 1)[1]


def test_a_link_is_exchanged_for_a_cookie_and_a_clean_address():
    doors = access(Clock())
    link = doors.link_for("L001")
    assert link.startswith("https://bot.example/board?key=")
    answer = doors.exchange(asks("/board/INC-2026-0001", query=f"key={key_of(link)}"))
    assert answer.status_code == 303
    assert answer.headers["location"] == "/board/INC-2026-0001"
    said = answer.headers["set-cookie"].lower()
    assert all(word in said for word in ("httponly", "samesite=lax", "secure", "path=/;", "max-age=43200"))
    assert doors.visitor(asks(cookie=cookie_of(answer))) == Visitor("L001")


def test_on_plain_http_the_cookie_can_still_be_sent():
    doors = access(Clock(), url="http://127.0.0.1:8080")
    answer = doors.exchange(asks(query=f"key={key_of(doors.link_for('L001'))}"))
    assert "secure" not in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize("hours", [13, 24 * 365])
def test_links_and_cookies_expire(hours: int):
    clock = Clock()
    doors = access(clock)
    key = key_of(doors.link_for("L001"))
    cookie = cookie_of(doors.exchange(asks(query=f"key={key}")))
    clock.at += timedelta(hours=hours)
    assert doors.exchange(asks(query=f"key={key}")) is None
    assert doors.visitor(asks(cookie=cookie)) is None


def test_nothing_else_opens_the_board():
    doors, clock = access(Clock()), Clock()
    key = key_of(doors.link_for("L001"))
    cookie = cookie_of(doors.exchange(asks(query=f"key={key}")))
    elsewhere = access(clock, secret="another")
    for bad in ("", "x", "....", key[:-2], key + "x", cookie, key_of(elsewhere.link_for("L001")), "%00%ff"):
        assert doors.exchange(asks(query=f"key={bad}")) is None
    for bad in ("", "x", key, cookie[:-1]):
        assert doors.visitor(asks(cookie=bad)) is None


def test_an_empty_secret_is_refused():
    with pytest.raises(ValueError, match="secret"):
        access(Clock(), secret="")


@pytest.mark.parametrize(
    ("host", "caller", "in_"),
    [
        ("127.0.0.1:8080", "127.0.0.1", True),
        ("localhost:8080", "127.0.0.1", True),
        ("[::1]:8080", "::1", True),
        ("127.0.0.1:8080", "192.168.1.7", False),
        ("rebound.example:8080", "127.0.0.1", False),
    ],
)
def test_the_demo_lets_only_this_machine_in(host: str, caller: str, in_):
    doors = access(Clock(), open_here=True)
    assert (doors.visitor(asks(host=host, caller=caller)) is not None) is in_
    assert access(Clock()).visitor(asks(host=host, caller=caller)) is None


def test_what_counts_as_this_machine():
    assert from_here("127.0.0.1")
    assert from_here("localhost:1")
    assert from_here("[::1]:9")
    assert not any(map(from_here, ("", "127.0.0.1.evil.example", "localhost.example", "10.0.0.1", "0.0.0.0", "::1:80")))
