"""The reaper's own process: reads the registry, and at end of file ends what is in it. Standard library only."""

import json
import os
import shutil
import signal
import sys
import time

GRACE = 2.0  # real seconds between the first signal and SIGKILL
REMOVED_WITHIN = 10.0  # real seconds in which a folder has to go


def birth(pid: int) -> str:
    """Start time of a process, so that a number given to another process is not mistaken; '' where unknown."""
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123 - pathlib is slow to import
            return file.read().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""


def send(pid: int, number: int) -> None:
    """Signal a process, and its group when it leads one and the signal is SIGKILL."""
    try:
        if number == signal.SIGKILL and os.getpgid(pid) == pid:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
    except ProcessLookupError:
        pass


def running(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def end_all(pids: dict[int, tuple[str, int]]) -> None:
    """First each one's own signal, then SIGKILL."""
    left = {pid: number for pid, (born, number) in pids.items() if birth(pid) == born}
    for pid, number in left.items():
        send(pid, number)
    deadline = time.monotonic() + GRACE
    while time.monotonic() < deadline and any(map(running, left)):
        time.sleep(0.02)
    for pid in filter(running, left):
        send(pid, signal.SIGKILL)
    while any(map(running, left)) and time.monotonic() < deadline + GRACE:
        time.sleep(0.02)


def main() -> None:
    """Read until the other end is gone, then reap."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    pids: dict[int, tuple[str, int]] = {}
    folders: list[str] = []
    for line in sys.stdin.buffer:
        message = json.loads(line)
        if "watch" in message:
            pids[message["watch"]] = (message["birth"], message["signal"])
        elif "forget" in message:
            pids.pop(message["forget"], None)
        elif "folder" in message:
            folders.append(message["folder"])
        elif "keep" in message and message["keep"] in folders:
            folders.remove(message["keep"])
    end_all(pids)
    for folder in folders:
        remove(folder)


def remove(folder: str, within: float = REMOVED_WITHIN) -> None:
    """Remove a folder, again while something that is just ending still writes into it."""
    give_up = time.monotonic() + within
    shutil.rmtree(folder, ignore_errors=True)
    while os.path.lexists(folder) and time.monotonic() < give_up:
        time.sleep(0.1)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
