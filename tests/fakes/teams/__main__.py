"""Run the fake Teams until standard input is closed; print its port as the first line."""

import asyncio
import sys

from aiohttp import web

from tests.fakes.teams.server import application


async def main() -> None:
    """Serve on a free port of this machine."""
    runner = web.AppRunner(application(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


asyncio.run(main())
