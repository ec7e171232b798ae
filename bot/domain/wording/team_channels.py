"""Words for choosing the channel in which a team is written to first."""

from collections.abc import Mapping, Sequence

from bot.domain import intent as i
from bot.domain.card import Card, Choice, Field, FieldKind, Form
from bot.domain.person import Team
from bot.domain.wording.delivery import lane_name
from bot.domain.wording.forms import CHANNELS
from bot.domain.wording.parts import button, done

BY_ROSTER = "Name it in teams.csv, in the column channel, and import the roster again."


def choosing(teams: Sequence[Team], now: Mapping[str, str], want: i.TeamChannel) -> Card:
    """Ask which channel is which team's; now: the channels that teams have."""
    options = tuple(Choice(value=t.id, label=t.name, hint="" if t.id in now else "has no channel yet") for t in teams)
    first = want.team or (teams[0].id if len(teams) == 1 else None)
    hint = "The bot must be able to write there: into a private channel somebody has to invite it first."
    fields = (
        Field(name="team", label="Team", kind=FieldKind.ONE, options=options, value=(first,) if first else ()),
        Field(
            name="channel", label="Channel", kind=FieldKind.SEARCH, dataset=CHANNELS, hint=hint,
            value=(now[first],) if first and first in now else (),
        ),
    )  # fmt: skip
    text = "What everybody of a team is asked is posted there first, and each answers for themselves."
    form = Form(intent=i.encode(i.TeamChannel()), fields=fields, submit="Use this channel")
    return Card(title="A team's channel", text=(text,), form=form)


def chosen(team: Team) -> Card:
    """Say that it is the team's from now on."""
    text = f"What everybody of {team.name} is asked is posted there first, from the next message on."
    return done(f"{team.name} has its channel", text).evolve(
        buttons=(button("As the roster has it", i.TeamChannel(team=team.id, back=True)),)
    )


def given_back(team: Team, platform: str) -> Card:
    """Say that the roster counts again."""
    text = f"Within the hour {lane_name(platform)} is looked through for the channel that the roster names."
    return done(f"{team.name} goes by the roster again", text, "Until then they are written to directly.")
