"""Settings of this installation: app.yaml, with overrides from the environment; every key is in docs/settings.md."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from bot.domain import calendars
from bot.domain.nearest import did_you_mean
from bot.domain.outreach import Route
from bot.domain.policy import ChaseBy, Policy
from bot.domain.refusal import BadConfig, Problem
from bot.domain.runbook import Written
from bot.domain.zones import zones
from bot.storage.files import Place, Source, as_far, read

PREFIX = "DISASTER_"
SEVERITIES = (1, 2, 3)


def _web_address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
        msg = "should be a web address: https://disaster.example.org"
        raise ValueError(msg)
    return value


def _maybe_address(value: str) -> str:
    return _web_address(value) if value else value


def _database_url(value: str) -> str:
    if value and not value.startswith(("sqlite+aiosqlite://", "postgresql+asyncpg://")):
        msg = "should be empty, or begin with postgresql+asyncpg:// or sqlite+aiosqlite://"
        raise ValueError(msg)
    return value


class Server(Written):
    """Where the bot listens, and under which address people reach it."""

    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    host: str = "127.0.0.1"
    public_url: Annotated[str, AfterValidator(_web_address)] = "http://127.0.0.1:8080"


class Database(Written):
    """Where the rows are; an empty url is an embedded SQLite file under the data folder."""

    url: Annotated[str, AfterValidator(_database_url)] = ""


class Console(Written):
    """The demo's own chat."""

    enabled: bool = False


class Board(Written):
    """The leaders' board."""

    link_hours: Annotated[int, Field(ge=1, le=168)] = 12


class Slack(Written):
    """What is done in Slack; its tokens come from the environment (SlackKeys)."""

    archive_hours: Annotated[int, Field(ge=0, le=8760)] = 0
    workspace: Annotated[str, Field(pattern=r"^(T[A-Z0-9]{2,30})?$")] = ""


class SlackKeys(BaseSettings):
    """What opens the Slack workspace: SLACK_BOT_TOKEN and so on, from the environment only."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_prefix="SLACK_")

    bot_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    app_token: SecretStr | None = None
    api_url: str = "https://slack.com/api/"

    def faults(self) -> Iterator[str]:
        """Yield what is wrong with them; no value is ever shown."""
        for name, prefix in (("bot_token", "xoxb-"), ("signing_secret", ""), ("app_token", "xapp-")):
            given: SecretStr | None = getattr(self, name)
            if given is not None and not given.get_secret_value().strip():
                yield f"SLACK_{name.upper()} is empty: give it its value, or remove it"
            elif given is not None and not given.get_secret_value().startswith(prefix):
                yield f"SLACK_{name.upper()} should begin with {prefix}"
        if self.bot_token is not None and self.signing_secret is None and self.app_token is None:
            yield "SLACK_BOT_TOKEN alone hears nothing: set SLACK_APP_TOKEN or SLACK_SIGNING_SECRET"
        if self.bot_token is None and (self.signing_secret is not None or self.app_token is not None):
            yield "SLACK_BOT_TOKEN is missing: the other SLACK_ values do nothing without it"
        if not re.fullmatch(r"https?://\S+/", self.api_url):
            yield "SLACK_API_URL should be a web address that ends in /, such as https://slack.com/api/"


def slack_keys() -> SlackKeys | None:
    """Return what opens Slack, None where it is not used; raises BadConfig."""
    keys = SlackKeys()
    faults = [Problem("environment", 0, fault.split()[0], "", " ".join(fault.split()[1:])) for fault in keys.faults()]
    if faults:
        raise BadConfig(faults)
    return keys if keys.bot_token is not None else None


class Teams(Written):
    """What is done on Microsoft Teams; its secrets come from the environment (TeamsKeys)."""

    enabled: bool = False
    cloud: Literal["public", "gcc", "gcc_high", "dod", "china"] = "public"
    team: str = ""
    channel: str = ""
    private_channel: str = ""
    dialogs: bool = True
    directory: bool = True
    allow_unauthenticated: bool = False
    login_url: Annotated[str, AfterValidator(_maybe_address)] = ""
    service_url: Annotated[str, AfterValidator(_maybe_address)] = ""
    keys_url: Annotated[str, AfterValidator(_maybe_address)] = ""
    graph_url: Annotated[str, AfterValidator(_maybe_address)] = ""


class Outreach(Written):
    """The ways to people that are no chat; where each goes comes from the environment, because it holds a secret.

    email, sms …: the address for Apprise, with {to} where the person's own goes; empty: there is no such way.
    secret: what an SMS gateway proves itself with that passes answers on to us; empty: none does.
    """

    link_hours: Annotated[int, Field(ge=1, le=336)] = 72
    email: SecretStr = SecretStr("")
    sms: SecretStr = SecretStr("")
    whatsapp: SecretStr = SecretStr("")
    signal: SecretStr = SecretStr("")
    voice: SecretStr = SecretStr("")
    secret: SecretStr = SecretStr("")

    @property
    def routes(self) -> dict[Route, str]:
        """Where each route goes that there is, in the order in which they are tried."""
        given = {route: getattr(self, route).get_secret_value().strip() for route in Route}
        return {route: url for route, url in given.items() if url}


class TeamsKeys(BaseSettings):
    """Who the bot is on Teams: TEAMS_APP_ID and so on, from the environment only."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_prefix="TEAMS_")

    app_id: str = ""
    app_password: SecretStr = SecretStr("")
    app_certificate: SecretStr = SecretStr("")
    tenant_id: str = ""


class Settings(BaseSettings):
    """Everything that is set; DISASTER_SERVER_PORT in the environment goes before server.port in the file."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=PREFIX, env_nested_delimiter="_", env_nested_max_split=1
    )

    server: Server = Server()
    database: Database = Database()
    console: Console = Console()
    board: Board = Board()
    slack: Slack = Slack()
    teams: Teams = Teams()
    outreach: Outreach = Outreach()
    policy: Policy
    secret: SecretStr = SecretStr("")
    metrics_token: SecretStr = SecretStr("")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the environment before the file."""
        return env_settings, init_settings


def load(path: Path) -> Settings:
    """Return the settings; raises BadConfig with every fault, whether of the file or of the environment."""
    source = read(path)
    if not isinstance(source.data, dict):
        raise BadConfig([source.problem((), "write keys with values, as in docs/settings.md")])
    problems = _secrets_in(source)
    try:
        settings = Settings(**source.data)
    except SettingsError as error:
        raise BadConfig([*problems, _unreadable(error)]) from error
    except ValidationError as error:
        secret = {problem.key for problem in problems}  # whatever else is wrong with one, it is not printed
        said = [_placed(problem) for problem in source.problems(error, Settings) if problem.key not in secret]
        raise BadConfig([*problems, *said, *_of_the_rest(source)]) from error
    problems += [_placed(source.problem(place, fix)) for place, fix in faults(settings)]
    if problems:
        raise BadConfig(problems)
    return settings


def _secrets_in(source: Source) -> list[Problem]:
    """Return what only the environment may say."""
    section = source.value(("outreach",))
    keys = sorted({*Route, "secret"} & section.keys()) if isinstance(section, dict) else []
    fix = f"it holds a secret, so it comes from the environment: set {PREFIX}OUTREACH_%s"
    return [
        *(source.problem((key,), f"secrets come from the environment: set {PREFIX}{key.upper()}", "")
          for key in ("secret", "metrics_token") if key in source.data),
        *(source.problem(("outreach", key), fix % key.upper(), "") for key in keys),
    ]  # fmt: skip


# What stands for keys of the policy that can't be read, while the others are examined.
_STAND_INS: dict[str, Any] = {
    "organisation": "?", "hotline": "?", "tz": "UTC", "roles": {}, "may_declare": (), "commander": (), "room_roles": (),
    "cadence": {}, "ladder": {}, "step_reminders_min": (), "sitrep_draft_min": 5, "paces": {}, "keep_share": 0,
    "payments_from_home": False, "home_test_days": 90, "max_travel_min": 60, "wave_size": 50,
}  # fmt: skip
_BOUND = frozenset({"roles", "ladder", "paces"})  # what others are held against


def _policy(source: Source) -> tuple[Policy, frozenset[str]]:
    """Return the policy as far as it can be read, and which of its keys could be."""
    written = source.value(("policy",))
    made, kept = as_far(Policy, written if isinstance(written, dict) else {}, _STAND_INS)
    return Policy.model_validate(made), kept


def _of_the_rest(source: Source) -> list[Problem]:
    """Return what is wrong between settings whose form is right, where that is sure."""
    policy, kept = _policy(source)
    found = _policy_faults(policy) if kept >= _BOUND else ()
    return [source.problem(place, fix) for place, fix in found if place[1] in kept]


def readable_policy(path: Path) -> Policy | None:
    """Return the policy of a file with faults, for examining what depends on it; None where too little can be read."""
    try:
        policy, kept = _policy(read(path))
    except BadConfig:
        return None
    return policy if kept >= _BOUND else None


def faults(settings: Settings) -> Iterator[tuple[Place, str]]:
    """Yield what is wrong between one setting and another: where, and what would be right."""
    if settings.console.enabled and not loopback(settings.server.host):
        yield (
            ("server", "host"),
            "the console plays people, so only ever on 127.0.0.1; or turn console.enabled off",
        )
    for route, url in settings.outreach.routes.items():
        if "{to}" not in url:
            yield ("outreach", route), "write {to} where the person's address goes: docs/outreach.md has examples"
    yield from _policy_faults(settings.policy)


def _policy_faults(policy: Policy) -> Iterator[tuple[Place, str]]:
    yield from _role_faults(policy)
    yield from _time_faults(policy)
    yield from _ladder_faults(policy)
    yield from _profile_faults(policy)


def teams_keys(settings: Settings) -> TeamsKeys | None:
    """Return who the bot is on Teams, None where it is not used; raises BadConfig."""
    keys = TeamsKeys()
    if not settings.teams.enabled:
        return None
    faults = [Problem("app.yaml", 0, f"teams.{key}", "", fix) for key, fix in _teams_faults(settings, keys)]
    if faults:
        raise BadConfig(faults)
    return keys


def _teams_faults(settings: Settings, keys: TeamsKeys) -> Iterator[tuple[str, str]]:
    """An empty app id would have the SDK believe anybody: only for a laptop, and only when that is said."""
    chat = settings.teams
    if not keys.app_id and not chat.allow_unauthenticated:
        yield "enabled", "set TEAMS_APP_ID: without it nothing would prove that Teams is calling"
    proof = keys.app_password.get_secret_value() or keys.app_certificate.get_secret_value()
    if keys.app_id and not (proof and keys.tenant_id):
        yield "enabled", "set TEAMS_APP_PASSWORD (or TEAMS_APP_CERTIFICATE) and TEAMS_TENANT_ID too"
    if chat.allow_unauthenticated and (keys.app_id or not loopback(settings.server.host)):
        yield (
            "allow_unauthenticated",
            "only without TEAMS_APP_ID, and only with server.host 127.0.0.1: it lets anybody be anybody",
        )
    if not chat.allow_unauthenticated:
        for key in ("team", "channel", "private_channel"):
            optional = key == "private_channel" and not chat.private_channel
            if not optional and not getattr(chat, key).startswith("19:"):
                yield key, "paste its id, which begins with 19: (docs/teams.md says where it stands)"


def loopback(host: str) -> bool:
    """Whether an address can be reached from this machine alone."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _role_faults(policy: Policy) -> Iterator[tuple[Place, str]]:
    for key in ("may_declare", "commander", "room_roles"):
        used: tuple[str, ...] = getattr(policy, key)
        if not used:
            yield ("policy", key), "name at least one role"
        for n, role in enumerate(used):
            if role not in policy.roles:
                yield ("policy", key, n), f"no such role; {did_you_mean(role, policy.roles)}"
    yield from _between_faults(policy)


def _between_faults(policy: Policy) -> Iterator[tuple[Place, str]]:
    rules, weekly = policy.readiness, policy.digest
    for place, roles in (
        (("readiness", "manager"), rules.manager), (("readiness", "auditors"), rules.auditors),
        (("digest", "roles"), weekly.roles),
    ):  # fmt: skip
        for n, role in enumerate(roles):
            if role not in policy.roles:
                yield ("policy", *place, n), f"no such role; {did_you_mean(role, policy.roles)}"
    if weekly.tz and weekly.tz not in zones():
        yield ("policy", "digest", "tz"), f"no such time zone; {did_you_mean(weekly.tz, zones())}"


def _time_faults(policy: Policy) -> Iterator[tuple[Place, str]]:
    if policy.tz not in zones():
        yield ("policy", "tz"), f"no such time zone; {did_you_mean(policy.tz, zones())}"
    for severity in sorted(set(SEVERITIES) ^ set(policy.cadence)):
        fix = "is missing; add it" if severity in SEVERITIES else "is no severity; use 1, 2, 3"
        yield ("policy", "cadence", str(severity)), f"severity {severity} {fix}"
    if list(policy.step_reminders_min) != sorted(policy.step_reminders_min):
        yield ("policy", "step_reminders_min"), "sort the minutes, soonest first"


def _ladder_faults(policy: Policy) -> Iterator[tuple[Place, str]]:
    for audience, ladder in policy.ladder.items():
        for n, (one, other) in enumerate(pairwise(ladder), start=1):
            if other.after_min < one.after_min:
                yield ("policy", "ladder", audience.value, n), "comes before the rung above it; sort by after_min"
        for n, rung in enumerate(ladder):
            for at, route in enumerate(rung.routes):
                if route not in policy.paces:
                    place = ("policy", "ladder", audience.value, n, "routes", at)
                    yield place, f"no such route; {did_you_mean(route, policy.paces)}"
            if rung.by is ChaseBy.DIRECT and not any(one.by is ChaseBy.GROUP for one in ladder[:n]):
                yield ("policy", "ladder", audience.value, n), "needs a rung above it with by: group"


def _profile_faults(policy: Policy) -> Iterator[tuple[Place, str]]:
    calendar, known = policy.profile.calendar, calendars.known()
    if calendar and calendar not in known:
        yield ("policy", "profile", "calendar"), f"no such calendar; {did_you_mean(calendar, known)}"
    for n, country in enumerate(policy.profile.countries):
        if country not in calendars.countries():
            yield (
                ("policy", "profile", "countries", n),
                f"no such country; {did_you_mean(country, calendars.countries())}",
            )


def _unreadable(error: SettingsError) -> Problem:
    field = (re.findall(r'field "(\w+)"', str(error)) or [""])[0]
    names = [name for name in os.environ if name.upper().startswith(PREFIX + field.upper())]
    return Problem("environment", 0, ", ".join(sorted(names)), "", "several values at once are written as JSON")


def _placed(problem: Problem) -> Problem:
    """Name the environment instead of the file when the value came from there; the value itself may be secret."""
    name = PREFIX + "_".join(re.split(r"[.\[]", problem.key)[:2]).upper()
    if name not in {known.upper() for known in os.environ}:
        return problem
    return replace(problem, file="environment", line=0, key=name, value="")
