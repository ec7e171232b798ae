"""Run a mail server and an SMS gateway until standard input is closed; print their ports as the first line."""

import asyncio
import sys
from email import message_from_bytes, policy
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP

SEEN: list[dict[str, Any]] = []
FAULTS: dict[str, str] = {}  # by route, or by address: an SMTP answer, an HTTP status, "stall" or "reset"


def fault_of(route: str, to: str) -> str:
    """What is wrong with a route, or with one address on it."""
    return FAULTS.get(to) or FAULTS.get(route, "")


class Mail:
    """What a mail server does with what it is handed."""

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - as aiosmtpd calls it
        fault = fault_of("email", address)
        if fault[:1] in ("4", "5"):
            return f"{fault} no such mailbox here" if fault[0] == "5" else f"{fault} try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802 - the same
        (to,) = envelope.rcpt_tos
        if fault_of("email", to) == "reset":
            server.transport.abort()
            return "451 gone"
        mail = message_from_bytes(envelope.content, policy=policy.default)
        html = mail.get_body(("html",))
        text = mail.get_body(("plain",))
        SEEN.append({
            "route": "email", "to": to, "title": str(mail["subject"]),
            "html": html.get_content() if html else "", "text": text.get_content() if text else "",
        })  # fmt: skip
        return "250 taken"


async def take(request: web.Request) -> web.StreamResponse:
    """What an SMS gateway does with what it is handed."""
    said, route = await request.json(), request.match_info["route"]
    fault = fault_of(route, said["to"])
    if fault == "reset":
        request.transport.abort()
        return web.Response()
    if fault == "stall":
        await asyncio.sleep(60)
    if fault:
        return web.Response(status=int(fault))
    SEEN.append({"route": route, "to": said["to"], "title": said["title"], "text": said["message"], "html": ""})
    return web.Response()


async def seen(request: web.Request) -> web.Response:
    return web.json_response(SEEN)


async def change(request: web.Request) -> web.Response:
    FAULTS.clear()
    FAULTS.update(await request.json())
    return web.Response()


async def forget(request: web.Request) -> web.Response:
    SEEN.clear()
    FAULTS.clear()
    return web.Response()


async def main() -> None:
    """Serve on free ports of this machine."""
    app = web.Application()
    app.add_routes([web.get("/_seen", seen), web.put("/_faults", change), web.delete("/_seen", forget)])
    app.add_routes([web.post("/{route}", take)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    loop = asyncio.get_running_loop()
    mail = await loop.create_server(lambda: SMTP(Mail(), hostname="mail.example.org"), "127.0.0.1", 0)
    print(runner.addresses[0][1], mail.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    mail.close()
    await runner.cleanup()


asyncio.run(main())
