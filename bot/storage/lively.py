"""Connections to PostgreSQL that notice when the other machine is gone: no word of it for half a minute ends them."""

import socket
from typing import Any

import asyncpg

OPEN_SECONDS = 10.0  # to a server that does not answer
_KEEP_ALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 4, "TCP_USER_TIMEOUT": 30_000}  # s, s, n, ms


class Lively(asyncpg.Connection):  # type: ignore[misc]  # the library has no types
    """A connection that is asked every few seconds whether it lives, by the system, not by a statement.

    Without it, what waits for a machine that lost its power or its network waits for a quarter of an hour.
    """

    __slots__ = ()

    def __init__(self, protocol: Any, transport: Any, *rest: Any) -> None:
        super().__init__(protocol, transport, *rest)
        keep_alive(transport.get_extra_info("socket"))


def keep_alive(wire: Any) -> None:
    """Have the system ask a TCP connection whether it lives; options that it does not know are left out."""
    if wire is None or wire.family not in (socket.AF_INET, socket.AF_INET6):
        return
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEP_ALIVE.items():
        if (option := getattr(socket, name, None)) is not None:
            wire.setsockopt(socket.IPPROTO_TCP, option, value)
