"""Everybody in the directory, through Microsoft Graph, where the organisation's administrators permit it."""

from typing import Any

from bot.chat.teams.answering import Account
from bot.chat.teams.connector import Answer, Connector, Unsent, Unsure
from bot.domain.language import code

_ASKED = "id,mail,userPrincipalName,userType,accountEnabled,preferredLanguage"
_PAGE, _PAGES = 999, 1_000  # more than any directory has


class NoDirectory(Exception):
    """Graph does not tell who is in the directory: it was not permitted, or can't be reached."""


async def everybody(connector: Connector) -> list[Account]:
    """Return the people of the directory, guests and closed accounts left out. Raises NoDirectory."""
    graph = connector.cloud.graph
    url, found = f"{graph}/v1.0/users?$select={_ASKED}&$top={_PAGE}", list[Account]()
    try:
        token, _ = await connector.fresh(f"{graph}/.default")
        for _ in range(_PAGES):
            answer = _taken(await connector.ask("GET", url, headers={"authorization": f"Bearer {token}"}))
            found += [account for user in answer.body.get("value") or () if (account := _account(user))]
            url = str(answer.body.get("@odata.nextLink") or "")
            if not url.startswith(f"{graph}/"):  # the end, or an address that our token may not be sent to
                return found
    except (Unsent, Unsure) as why:
        raise NoDirectory(str(why)) from why
    return found


def _taken(answer: Answer) -> Answer:
    if not answer.ok:
        raise NoDirectory(f"{answer.status} {answer.code}".strip())
    return answer


def _account(user: Any) -> Account | None:
    """Return a member of the organisation; None for guests, closed accounts, and whatever has no e-mail address."""
    if not isinstance(user, dict) or not user.get("id") or user.get("accountEnabled") is False:
        return None
    emails = tuple(str(user[key]) for key in ("mail", "userPrincipalName") if user.get(key))
    if str(user.get("userType") or "Member").lower() != "member" or not emails:
        return None
    return Account(str(user["id"]), "", emails, language=code(str(user.get("preferredLanguage") or "")))
