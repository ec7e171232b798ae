"""What `disaster check` says of e-mail, SMS and voice."""

from pathlib import Path
from urllib.parse import urlsplit

from bot import app as product
from bot.cli.tools import out
from bot.domain.text import listed
from bot.domain.wording.delivery import lane_name
from bot.settings import Settings, loopback


async def check_outreach(settings: Settings, data: Path) -> bool:
    """Print which ways there are; whether all is well, or none is used. Raises BadConfig for one that can't be read."""
    routes = settings.outreach.routes
    if not routes:
        out.print("outreach     not used: docs/outreach.md says how to begin")
        return True
    async with product.opened(settings, data) as store:
        product.build(settings, store, product.library(settings), "unused")
    heard = (
        "answers by SMS are heard" if settings.outreach.secret.get_secret_value() else "answers by SMS are not heard"
    )
    _print("outreach     fine: " + listed([lane_name(route) for route in routes]) + f"; {heard}")
    address = urlsplit(settings.server.public_url)
    if address.scheme == "https" and not loopback(address.hostname or ""):
        return True
    _print(
        f"outreach     NOT WELL: no phone opens {settings.server.public_url}; set server.public_url to an https address"
    )
    return False


def _print(line: str) -> None:
    out.print(line, style="bold red" if "NOT WELL" in line else None, markup=False, highlight=False, soft_wrap=True)
