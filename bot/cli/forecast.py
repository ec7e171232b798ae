"""disaster forecast: how long reaching so many people takes, before it matters."""

import json
import logging
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.table import Table

from bot import app as product
from bot.cli.tools import APP_YAML, SettingsFile, err, out, run, settings_of
from bot.domain import chart_png
from bot.domain.card import Image
from bot.domain.chart import Series, answers_chart
from bot.domain.forecast import Curve, drawn, minutes_until
from bot.domain.policy import Policy
from bot.domain.roster import Roster
from bot.engine.forecast import Model, Play, VirtualClock
from bot.operations import roster, sample
from bot.operations.desk import Desk
from bot.storage import posts
from bot.storage.database import connect, sqlite_url
from bot.storage.migration import migrate
from bot.storage.runbooks import load_all
from bot.storage.shelf import Shelf

_BEGUN = datetime(2026, 11, 2, 9, tzinfo=UTC)
_HORIZON = timedelta(hours=6)
_SHARES = (50, 90, 95, 100)


@dataclass(frozen=True)
class Terms:
    """What is forecast: so many people on a platform with a limit, with or without their teams' channels."""

    people: int
    platform: str
    limit: float
    group: bool
    seed: int = 7


def forecast(
    people: Annotated[int, typer.Option(min=60, max=200_000, help="how many agents")] = 10_000,
    platform: Annotated[str, typer.Option(help="the chat that carries it: a key of policy.paces")] = "slack",
    limit: Annotated[
        float | None, typer.Option(min=0.1, help="what the workspace takes, messages a second; else the pace's cap")
    ] = None,
    group: Annotated[bool, typer.Option(help="the team's channel first, where the ladder says so")] = True,
    folder: Annotated[Path | None, typer.Option("--out", help="write forecast.json, .svg and .png here too")] = None,
    settings: SettingsFile = APP_YAML,
) -> None:
    """How long it takes to reach everybody: the real dispatcher and ladder on a virtual clock, made-up people."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    chosen = settings_of(settings)
    terms = Terms(people, platform, limit or chosen.policy.pace(platform).cap, group)
    with err.status(f"Playing a roll-call to a contact centre of {people:,} agents…"):
        curve = run(played(chosen.policy, terms))
    _show(curve, terms)
    if folder is not None:
        _write(curve, terms, folder)


async def played(policy: Policy, terms: Terms, given: Roster | None = None, *, to_the_answers: bool = True) -> Curve:
    """Play a roll-call at every site of a contact centre, else of the sample; return what became of it."""
    first = (terms.platform,) if terms.group else ()
    policy = policy.model_copy(update={"group_first": first})
    with tempfile.TemporaryDirectory(prefix="disaster-forecast-") as name:
        folder = Path(name)
        loaded = given or sampled(folder / "sample", policy, terms)
        clock, store = VirtualClock(_BEGUN), connect(sqlite_url(str(folder / "forecast.db")))
        try:
            await migrate(store)
            await roster.import_roster(store, _BEGUN, loaded, (terms.platform,))
            async with store.work(_BEGUN) as work:
                await posts.link(work, terms.platform, {t: f"#{c}" for t, c in (await posts.named(work)).items()})
            shelf = Shelf(load_all(product.ROOT / "runbooks", policy), policy)
            desk = Desk(store, clock, policy, shelf, (terms.platform,), lambda *_: "", lambda: None)
            sites = " ".join(site.id for site in loaded.sites if site.kind == "site")
            play = Play(desk, clock, Model(clock, terms.platform, terms.limit), terms.seed, to_the_answers)
            return await play.run(sites, _HORIZON)
        finally:
            await store.close()


def sampled(folder: Path, policy: Policy, terms: Terms) -> Roster:
    """Return the sample contact centre of this size."""
    sample.write(folder, terms.people, terms.seed, _BEGUN.date())
    return roster.load(folder, policy)[0]


def _show(curve: Curve, terms: Terms) -> None:
    how = "the team's channel first" if terms.group else "direct messages only"
    out.print(f"{curve.people:,} people on {terms.platform}, {terms.limit:g} messages a second, {how}.\n")
    table = Table(box=None, pad_edge=False)
    for column in ("", *(f"{share} %" for share in _SHARES)):
        table.add_column(column, justify="left" if not column else "right")
    for words, points in (("addressed", curve.addressed), ("answered", curve.answered)):
        table.add_row(words, *(_minutes(minutes_until(points, share)) for share in _SHARES))
    out.print(table)
    last = max((p.minute for p in (*curve.addressed, *curve.answered)), default=1.0)
    shown = min(last, 2 * (minutes_until(curve.addressed, 100) or last) + 15)
    for words, points in (("addressed", curve.addressed), ("answered ", curve.answered)):
        out.print(f"{words} {drawn(points, shown)} {shown:.0f} min", highlight=False)
    out.print(f"\n{curve.messages:,} messages; {curve.refused} answers of 429.", highlight=False)


def _minutes(minutes: float | None) -> str:
    if minutes is None:
        return "not reached"
    return f"{minutes * 60:.0f} s" if minutes < 2 else f"{minutes:.1f} min"


def _write(curve: Curve, terms: Terms, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shares = {
        words: {str(share): minutes_until(points, share) for share in _SHARES}
        for words, points in (("addressed", curve.addressed), ("answered", curve.answered))
    }
    said = {"terms": vars(terms), "minutes_until_percent": shares, **curve.model_dump(mode="json")}
    (folder / "forecast.json").write_text(json.dumps(said, indent=1), encoding="utf-8")
    lines = (Series(label="Addressed", points=curve.addressed), Series(label="Answered", points=curve.answered))
    (folder / "forecast.svg").write_text(answers_chart(lines, title="Forecast"), encoding="utf-8")
    (folder / "forecast.png").write_bytes(chart_png.drawn(Image(title="Forecast", alt="Forecast", series=lines)))
    written = ", ".join(str(folder / f"forecast.{kind}") for kind in ("json", "svg", "png"))
    out.print(written, markup=False, highlight=False)
