"""What fails again and again is tried later and later: waits by themselves, and a part that can't come back."""

import os
import signal
import time
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from surgeproof.localcloud.backoff import Backoff
from surgeproof.localcloud.process import ChildProcess
from surgeproof.localcloud.reaper import Reaper
from surgeproof.localcloud.supervised import SupervisedPart
from tests.localcloud.visitors import eventually

SECONDS = st.floats(min_value=0.001, max_value=60)


@given(first=SECONDS, factor=st.floats(min_value=1, max_value=1000), failures=st.integers(1, 2000), now=SECONDS)
def test_waits_double_up_to_the_longest(first: float, factor: float, failures: int, now: float):
    backoff = Backoff(first, first * factor)
    assert backoff.over(0.0)
    for _ in range(failures):
        backoff.failed(now)
    wait = min(first * 2.0 ** min(failures - 1, 60), first * factor)
    assert not backoff.over(now + wait * 0.999 - 1e-9)
    assert backoff.over(now + wait * 1.001 + 1e-9)
    backoff.succeeded()
    assert backoff.over(now)
    backoff.failed(now)
    assert backoff.over(now + first * 1.001 + 1e-9)


class Part(SupervisedPart):
    """Lives while a file is there."""

    name = "part"

    def __init__(self, folder: Path, reaper: Reaper) -> None:
        super().__init__()
        self.folder, self.reaper = folder, reaper
        self.may_live = folder / "may-live"
        self.launches = 0

    def _launch(self) -> ChildProcess:
        self.launches += 1
        command = ["sh", "-c", '[ -e "$0" ] && exec sleep 600', str(self.may_live)]
        return ChildProcess.start("part", command, log=self.folder / "part.log", reaper=self.reaper)

    def _ready(self) -> bool:
        return Path(f"/proc/{self.pid}/comm").read_text() == "sleep\n"

    def _end(self, child: ChildProcess) -> None:
        child.stop()


def test_a_part_that_never_comes_back_is_tried_less_and_less_often_and_told_once(folder: Path, reaper: Reaper):
    part, deaths = Part(folder, reaper), list[str]()

    def looked() -> bool:
        part.check(deaths.append)
        return bool(deaths) and part._up

    part.may_live.touch()
    part.start()
    part.may_live.unlink()
    os.kill(part.pid, signal.SIGKILL)
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        assert not looked()
        time.sleep(0.01)
    # At once, after 0.05 s, then after twice as long each time: at 0, 0.05, 0.15, 0.35, 0.75 s; once in 50 ms were 30.
    assert 2 <= part.launches - 1 <= 6
    assert deaths == ["part"]

    part.may_live.touch()  # what was wrong is mended
    assert eventually(looked)
    os.kill(part.pid, signal.SIGKILL)
    launches = part.launches
    assert eventually(lambda: looked() and deaths == ["part", "part"])
    assert part.launches == launches + 1
    part.stop()
