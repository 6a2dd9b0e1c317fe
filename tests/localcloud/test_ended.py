"""What ends while something still looks: the load between two looks of the loop, a command before its children."""

import os
import signal
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from surgeproof.graph.model import Graph
from surgeproof.localcloud.fleet import _never_started
from surgeproof.localcloud.platform import LocalPlatform
from surgeproof.localcloud.process import ChildProcess
from surgeproof.localcloud.reaper import Reaper
from surgeproof.localcloud.reaper_process import running
from tests.localcloud.visitors import eventually


class Leaving:
    """A metric store that `finish` takes away in the moment between a look whether it is there and its use."""

    def __init__(self, platform: LocalPlatform) -> None:
        self.platform = platform
        self.sampled: list[float] = []

    def __bool__(self) -> bool:
        self.platform.finish()
        return True

    def sample(self, now: float) -> None:
        self.platform.finish()
        self.sampled.append(now)


def test_the_end_of_the_load_between_two_looks_breaks_no_loop(aws, reaper, folder):
    graph = Graph(project="p", stack="s", resources=())
    platform = LocalPlatform(graph=graph, aws=aws, project_root=Path(), folder=folder / "p", reaper=reaper)
    leaving: Any = Leaving(platform)
    platform._store = leaving
    platform._sample(1.0)
    platform._sample(2.0)
    assert leaving.sampled == [1.0]


def command_with_a_child(folder: Path, reaper: Reaper) -> tuple[ChildProcess, int]:
    """A command, and the pid of what it has started."""
    word = folder / "left"
    command = ["sh", "-c", 'sleep 600 & echo $! > "$0.part"; mv "$0.part" "$0"; wait', str(word)]
    child = ChildProcess.start("shell", command, log=folder / "shell.log", reaper=reaper)
    assert eventually(word.exists)
    return child, int(word.read_text())


def test_what_a_command_left_behind_ends_with_it_as_in_a_container(folder, reaper):
    child, left = command_with_a_child(folder, reaper)
    os.kill(child.pid, signal.SIGTERM)
    assert eventually(lambda: child.ended() == -signal.SIGTERM)
    assert eventually(lambda: not running(left))
    assert child.stop() == -signal.SIGTERM


def test_stopping_a_command_ends_what_it_left_behind(folder, reaper):
    child, left = command_with_a_child(folder, reaper)
    assert child.stop() == -signal.SIGTERM
    assert eventually(lambda: not running(left))


def test_last_words_are_told_while_tasks_come_and_go():
    tasks: dict[str, Any] = {}

    def words(name: str) -> str:
        del tasks[name]  # the fleet's thread, while the log is read
        return f"{name} ended"

    for name in ("web-1", "web-2"):
        tasks[name] = SimpleNamespace(process=SimpleNamespace(last_words=partial(words, name)))
    service: Any = SimpleNamespace(
        tally=SimpleNamespace(last_words=""), tasks=tasks, service=SimpleNamespace(name="web")
    )
    assert "web-1 ended | web-2 ended" in str(_never_started(service))
