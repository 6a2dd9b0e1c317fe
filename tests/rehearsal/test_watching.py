"""A run is followed to its end, and no longer: a load process that hangs does not hang the command."""

import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from surgeproof.launch.clock import LaunchClock
from surgeproof.load.errors import LoadProcessError
from surgeproof.load.process import LoadProcess
from surgeproof.rehearsal import watching
from surgeproof.rehearsal.options import RunOptions
from surgeproof.rehearsal.preparation import prepare
from surgeproof.rehearsal.watching import Watch
from surgeproof.verdict.live import LiveView

SMOKE = Path(__file__).parents[2] / "loadtests/plans/smoke.yaml"


class Hanging(LoadProcess):
    """Runs, and never writes a result."""

    def hang(self, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(["sleep", "600"], start_new_session=True)


@pytest.fixture
def hanging(tmp_path: Path):
    load = Hanging(Path("locustfile.py"))
    load.hang(tmp_path)
    yield load
    load.stop(grace=1.0)


def test_a_load_process_that_hangs_is_given_up(hanging: Hanging, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = prepare(RunOptions(plan=SMOKE))
    monkeypatch.setattr(watching, "OVERDUE", 0.5)
    monkeypatch.setattr(hanging, "wait", lambda timeout: LoadProcess.wait(hanging, timeout / 100))
    over = prepared.curve.duration + prepared.plan.journeys.request_timeout
    clock = LaunchClock(1.0, time.monotonic() - over, datetime.now(UTC))
    began = time.monotonic()
    with LiveView(Console(stderr=True), "test") as view, pytest.raises(LoadProcessError, match="was not over"):
        Watch(prepared, clock).follow(hanging, view)
    assert 0.5 <= time.monotonic() - began < 10
