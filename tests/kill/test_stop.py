"""Ctrl-C: the real process stops within two seconds though pages are kept open, and says nothing but goodbye."""

import signal
import time
from pathlib import Path

import pytest

from tests.kill.demo import HTTP, Demo


@pytest.mark.xdist_group("kill")
def test_it_stops_at_once_with_open_pages_and_without_a_traceback(tmp_path: Path) -> None:
    with Demo(tmp_path, agents=60) as demo:
        page = f"http://127.0.0.1:{demo.port}/board/stream"
        with HTTP.stream("GET", page) as stream:
            assert "beat" in next(stream.iter_text())
            begun = time.monotonic()
            process = demo._process
            assert process is not None
            process.send_signal(signal.SIGINT)
            code = process.wait(timeout=20)
            took = time.monotonic() - begun
    said = (tmp_path / "process.log").read_text()
    assert code == 0, said
    assert took < 2, said
    assert "Traceback" not in said
    assert "Stopped." in said
    logged = (tmp_path / "demo.log").read_text() if (tmp_path / "demo.log").exists() else ""
    assert "Traceback" not in logged
    assert '"trace"' not in logged
