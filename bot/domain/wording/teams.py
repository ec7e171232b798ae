"""What is said of Microsoft Teams itself: what it does not do, and what can be done about it."""

from collections.abc import Mapping

OPEN_TO_ALL = (
    "This incident is for few eyes, and everybody in this channel reads this thread: write no names, no health and no "
    "suspicion here. Whoever runs the bot can give such incidents a channel of their own (teams.private_channel)."
)
# By how its answer begins, where a thread is not opened.
ROOMS: Mapping[str, str] = {
    "403": (
        "Add the app Disaster to the team that has the channel (teams.channel); a private one (teams.private_channel) "
        "wants it added to itself."
    ),
    "404": "Name a channel that is there (teams.channel, teams.private_channel); docs/teams.md says how.",
    "429": "Teams takes no more for a moment.",
}
