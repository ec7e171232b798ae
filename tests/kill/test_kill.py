"""kill -9 at any moment of a notification to 1,200 people: on restart it goes on; nothing is lost or doubled.

Three kills here; python -m tests.kill plays twenty of them.
"""

from pathlib import Path

import pytest

from tests.kill.story import play


@pytest.mark.xdist_group("kill")
def test_nothing_is_lost_or_doubled_however_often_it_is_killed(tmp_path: Path) -> None:
    report = play(tmp_path, kills=3, under_way=2)
    print(*report.lines(), sep="\n")
    assert report.faults == []
    assert len(report.kills) >= 3
    assert report.under_way >= 2
    assert report.smallest >= 1200
    assert report.messages == report.recipients + report.repeats
    assert report.answer_kills >= 1
    assert 0 < report.confirmed <= report.answers
    assert report.caught_up == 1
