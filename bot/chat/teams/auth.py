"""Who may call us: the Bot Framework's own checks, with keys that never stop the loop and are kept when good."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog
from botbuilder.core import CloudAdapterBase
from botbuilder.schema import Activity
from botframework.connector.auth import (
    AuthenticateRequestResult,
    BotFrameworkAuthentication,
    BotFrameworkAuthenticationFactory,
    PasswordServiceClientCredentialFactory,
)
from botframework.connector.auth.app_credentials import AppCredentials
from botframework.connector.auth.emulator_validation import EmulatorValidation
from botframework.connector.auth.jwt_token_extractor import JwtTokenExtractor, _OpenIdMetadata
from botframework.connector.auth.skill_validation import SkillValidation

from bot.chat.teams.connector import Cloud, Credentials
from bot.clock import Clock

_log = structlog.get_logger()
_FRESH, _AGAIN = timedelta(hours=12), timedelta(minutes=1)
_PATIENCE = aiohttp.ClientTimeout(total=10)


class Unauthenticated(Exception):
    """A request that nobody we trust has signed."""


class SigningKeys(_OpenIdMetadata):  # type: ignore[misc]
    """The channel's keys: fetched at most once a minute, and kept while the channel can't be reached."""

    def __init__(self, url: str, clock: Clock) -> None:
        super().__init__(url)
        self.keys: list[Any] = []
        self._clock, self._lock = clock, asyncio.Lock()
        self._asked: datetime | None = None
        self._fetched: datetime | None = None

    async def get(self, key_id: str) -> Any:
        """Return a key by its id; an unknown one is asked for anew, for keys change."""
        now = self._clock.now()
        known = any(key.get("kid") == key_id for key in self.keys)
        if not known or self._fetched is None or now - self._fetched > _FRESH:
            await self.renew()
        return self._find(key_id)

    async def keep(self) -> None:
        """Fetch them until they are here, then before they are old, so that nobody who writes waits for it."""
        while True:
            well = await self.renew()
            await asyncio.sleep((_FRESH / 2 if well else _AGAIN).total_seconds())

    async def renew(self) -> bool:
        """Fetch the keys, unless that was tried a moment ago; the last good ones stay when it fails."""
        async with self._lock:
            now = self._clock.now()
            if self._asked is not None and now - self._asked < _AGAIN:
                return bool(self.keys)
            self._asked = now
            try:
                self.keys = await _fetched(self.url)
                self._fetched = now
            except Exception as error:  # noqa: BLE001 - whatever it was, the last good keys are what we have
                _log.warning("keys of Teams can't be fetched", error=type(error).__name__, kept=len(self.keys))
            return bool(self.keys)


async def _fetched(url: str) -> list[Any]:
    """Return the keys that the channel signs with; the SDK's own way would stop the loop."""
    async with aiohttp.ClientSession(timeout=_PATIENCE, raise_for_status=True) as http:
        async with http.get(url) as metadata:
            where = (await metadata.json(content_type=None))["jwks_uri"]
        async with http.get(where) as keys:
            return list((await keys.json(content_type=None))["keys"])


class _NoCredentials(PasswordServiceClientCredentialFactory):  # type: ignore[misc]
    """The SDK checks with our app id, and never sends: that is the sender's, with one token."""

    async def create_credentials(self, *_: Any, **__: Any) -> AppCredentials:
        return AppCredentials()


class Adapter(CloudAdapterBase):  # type: ignore[misc]
    """Takes activities for us; authentication first, and apart from what is then done."""

    def __init__(self, cloud: Cloud, who: Credentials, clock: Clock) -> None:
        self._cloud, self._who = cloud, who
        self.keys = JwtTokenExtractor.metadataCache[cloud.keys] = SigningKeys(cloud.keys, clock)
        super().__init__(_authentication(cloud, who))

    async def authenticated(self, activity: Activity, header: str) -> AuthenticateRequestResult:
        """Return who called, or raise Unauthenticated whatever is wrong: the SDK raises all kinds of things."""
        if not self._who.app_id:
            return await self.bot_framework_authentication.authenticate_request(activity, None)
        try:
            _from_the_channel(header)
            found = await self.bot_framework_authentication.authenticate_request(activity, header)
        except Exception as error:
            raise Unauthenticated(type(error).__name__) from error
        if activity.service_url and not self._cloud.allows(activity.service_url):
            raise Unauthenticated("ServiceUrl")
        return found


def _from_the_channel(header: str) -> None:
    """Refuse tokens of the emulator and of other bots, which the SDK would take with weaker checks."""
    if not header:
        raise PermissionError("no token")
    if EmulatorValidation.is_token_from_emulator(header) or SkillValidation.is_skill_token(header):
        raise PermissionError("not the channel's token")


def _authentication(cloud: Cloud, who: Credentials) -> BotFrameworkAuthentication:
    return BotFrameworkAuthenticationFactory.create(
        channel_service="",
        validate_authority=True,
        to_channel_from_bot_login_url=f"{cloud.login}/{who.tenant}",
        to_channel_from_bot_oauth_scope=cloud.scope,
        to_bot_from_channel_token_issuer=cloud.issuer,
        oauth_url=f"{cloud.issuer}/oauth",
        to_bot_from_channel_open_id_metadata_url=cloud.keys,
        to_bot_from_emulator_open_id_metadata_url=cloud.keys,
        caller_id="",
        credential_factory=_NoCredentials(who.app_id, who.password),
    )
