"""A few runs of the crash replay; python -m tests.kill --runs 200 plays as many as the README tells of."""

from pathlib import Path

import pytest

from tests.kill.replay import replay


@pytest.mark.xdist_group("kill")
def test_killed_at_any_write_or_send_nothing_is_lost_and_nothing_comes_twice(tmp_path: Path) -> None:
    for count in replay(tmp_path, 2, 3, ("sqlite",), ("slack",), print):
        assert count.lost == []
        assert count.beyond == []
        assert all(run.messages >= 60 for run in count.runs)
