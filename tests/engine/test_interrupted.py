"""A run that is stopped in the middle, gently or not: the next one goes on where it ended, and leaves nothing behind."""

import contextlib
import os
import signal
import time
from pathlib import Path

import pytest

from tests.engine.driving import Driven, Running

pytestmark = pytest.mark.engine

MANY = 60
CHAIN = (
    "last = None",
    f"for number in range({MANY}):",
    "    opts = pulumi.ResourceOptions(depends_on=[last] if last else [])",
    '    last = queue(f"q{number}", opts=opts)',
)
"""One after the other, so that there is a middle."""


def wait_for_the_middle(running: Running) -> None:
    done = 0
    for line in running.stderr:
        done += line.startswith("  create") and "Queue" in line
        if done == 5:
            return
    raise AssertionError(f"it ended before its middle: {running.end()}")


def engine_of(pid: int) -> int:
    """The Pulumi CLI that a command has started."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            name, rest = stat.read_text().split(" (", 1)[1].rsplit(") ", 1)
            if name == "pulumi" and int(rest.split()[1]) == pid:
                return int(stat.parent.name)
    raise AssertionError("the command runs no engine")


def holds(tiny: Driven) -> int:
    return len(tiny.client("sqs").list_queues(MaxResults=1000).get("QueueUrls", []))


def goes_on(tiny: Driven) -> None:
    """The next up makes the rest, and the embedded AWS holds what the state knows and no more."""
    finished = tiny.json("up")
    assert 0 < finished.changes["create"] < MANY
    assert holds(tiny) == MANY
    assert sum(row["type"] == "aws:sqs/queue:Queue" for row in tiny.state().values()) == MANY
    assert tiny.json("up").changes == {"same": MANY + 1}


def test_after_ctrl_c_the_state_knows_what_was_made(tiny):
    tiny.write(*CHAIN)
    process = tiny.start("up")
    wait_for_the_middle(process)
    code, said = process.end(signal.SIGINT)
    assert code == 130, said
    assert "What was made is in the state" in said
    made = sum(row["type"] == "aws:sqs/queue:Queue" for row in tiny.state().values())
    assert 5 <= made < MANY
    assert holds(tiny) == made
    goes_on(tiny)


@pytest.mark.parametrize("killed", ["command", "engine", "both"])
def test_after_kill_9_the_next_up_goes_on(tiny, killed):
    tiny.write(*CHAIN)
    process = tiny.start("up")
    wait_for_the_middle(process)
    engine = engine_of(process.process.pid)
    if killed in {"command", "both"}:
        process.process.kill()
    if killed in {"engine", "both"}:
        os.kill(engine, signal.SIGKILL)
    process.end()
    goes_on(tiny)


def test_the_embedded_aws_is_gone_and_the_state_remains(tiny):
    tiny.write('queue("orders")')
    tiny.json("up")
    pid = tiny.cloud()["pid"]
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.5)
    for command in ("up", "preview", "refresh"):
        refused = tiny.run(command)
        assert refused.code == 2
        assert "is gone" in refused.stderr
        assert "surgeproof destroy --yes" in refused.stderr
    assert tiny.json("destroy", "--yes").changes == {"discard": 1}
    assert tiny.json("up").changes == {"create": 2}
