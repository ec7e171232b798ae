"""The database server itself is stopped and started in mid-send: nothing is lost, nothing comes twice, all come back."""

from pathlib import Path

import pytest

from tests.databases import postgres
from tests.fakes.slack import client as slack
from tests.kill.demo import until
from tests.kill.replay import Place
from tests.kill.restarted import Server, replica, serving, stopped, told


@pytest.mark.xdist_group("kill")
def test_a_database_server_that_is_restarted_in_mid_send(tmp_path: Path) -> None:
    """Two machines on it, of which one is a minute ahead, and is set by hours while the database is away."""
    with slack.running() as base, postgres({}) as made:
        story = told(Place("postgresql", tmp_path, made), base)
        server = Server(story.place)
        with serving(story, tmp_path) as process:
            until(lambda: story.ready()[0], "it serves", every=0.2)
            with replica(story):
                for how, ahead in (("immediate", 7200), ("fast", -7200)):
                    least = story.sent() + 6
                    until(lambda least=least: story.sent() >= least, "some are sent", every=0.2)
                    assert story.left() > 0, "it is in mid-send"
                    server.stop(how)
                    story.clock.sets(ahead)
                    status, faults = story.ready()
                    assert status == 503
                    assert "database server" in faults["database"]
                    server.start()
                until(lambda: not story.left(), "the outbox is empty", every=0.2)
                assert story.wrong() == []
                until(lambda: story.ready()[0] == 200, "it is ready again", every=0.2)
                until(lambda: story.listeners() == 2, "both listen again", every=0.2)
            code, seconds = stopped(process)
    said = (tmp_path / "log").read_text()
    assert (code, "Traceback" in said) == (0, False), said
    assert seconds < 10
