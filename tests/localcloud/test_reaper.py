import os
import signal
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Any

import pytest

from surgeproof.localcloud.process import ChildProcess, tail
from surgeproof.localcloud.reaper import Reaper
from surgeproof.localcloud.reaper_process import running
from tests.localcloud.visitors import eventually

COMMAND = """
    import os, signal, sys, time
    from pathlib import Path
    from surgeproof.localcloud.process import ChildProcess
    from surgeproof.localcloud.reaper import Reaper

    folder = Path(sys.argv[1])
    reaper = Reaper()
    reaper.watch_folder(folder)
    # A child that does not end by itself, and one that has a child of its own.
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    first = ChildProcess.start("a", [sys.executable, "-c", stubborn], log=folder / "a.log", reaper=reaper)
    second = ChildProcess.start(
        "b", ["sh", "-c", "sleep 600 & echo $! > $0; wait", str(folder / "grandchild")], log=folder / "b.log", reaper=reaper
    )
    while not (folder / "grandchild").exists() or not (folder / "grandchild").read_text():
        time.sleep(0.01)
    print(first.pid, second.pid, int((folder / "grandchild").read_text()), reaper.pid, flush=True)
    END
"""


def _run_command(end) -> Any:
    folder = Path(tempfile.mkdtemp(prefix="sp-test-"))
    code = textwrap.dedent(COMMAND).replace("END", end)
    command = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True)
    with command:
        assert command.stdout is not None
        pids = [int(word) for word in command.stdout.readline().split()]
        assert len(pids) == 4
        if "sleep" in end:
            assert all(running(pid) for pid in pids)
            os.kill(command.pid, signal.SIGKILL)
        command.wait()
    return folder, pids


@pytest.mark.parametrize(
    "end",
    [
        pytest.param("time.sleep(600)", id="killed with -9"),
        pytest.param("raise SystemExit(1)", id="ended without stopping anything"),
        pytest.param("os._exit(3)", id="gone at once"),
    ],
)
def test_nothing_is_left_of_a_command_however_it_ended(end):
    folder, pids = _run_command(end)
    assert eventually(lambda: not any(running(pid) for pid in pids))
    assert eventually(lambda: not folder.exists())


def test_what_was_stopped_in_order_is_not_ended_twice(folder):
    with Reaper() as reaper:
        child = ChildProcess.start("polite", ["sleep", "600"], log=folder / "log", reaper=reaper)
        assert child.ended() is None
        assert child.stop() == -signal.SIGTERM
        assert child.stop() == -signal.SIGTERM
        reaper.watch_folder(folder)
        reaper.forget_folder(folder)
    reaper.close()
    assert folder.exists()


def test_a_child_that_ignores_sigterm_is_killed_after_its_timeout(folder, reaper):
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    )
    child = ChildProcess.start("deaf", [sys.executable, "-c", code], log=folder / "log", reaper=reaper)
    assert eventually(lambda: tail(folder / "log") == "deaf")
    assert child.stop(timeout=0.2) == -signal.SIGKILL


def test_a_child_lives_in_a_session_of_its_own_so_that_ctrl_c_passes_it_by(folder, reaper):
    child = ChildProcess.start("own", ["sleep", "600"], log=folder / "log", reaper=reaper)
    assert eventually(lambda: os.getsid(child.pid) == child.pid)
    child.stop()


def test_a_program_that_is_not_there_is_named_in_the_log(folder, reaper):
    child = ChildProcess.start("none", ["no-such-program"], log=folder / "log", reaper=reaper)
    assert eventually(lambda: child.ended() is not None)
    assert child.ended() == 1
    assert child.log_tail() == "no-such-program: No such file or directory"
