"""Ctrl-C at any moment, and kill -9 of the command: no process, port or folder is left."""

import signal
import time

import pytest

from tests.rehearsal.conftest import SMOKE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
MOMENTS = {
    "at once": "",
    "while it deploys": "rehearsing",
    "while parts start": "deployed",
    "in the run": "are up after",
}


@pytest.mark.parametrize("words", MOMENTS.values(), ids=MOMENTS)
@pytest.mark.parametrize("pause", [0.3, 2.0])
def test_ctrl_c(surgeproof, words: str, pause: float) -> None:
    command = surgeproof("rehearse", SMOKE)
    command.wait_for(words)
    time.sleep(pause)
    command.send(signal.SIGINT)
    command.send(signal.SIGINT)  # an impatient second one must not disturb the cleaning up
    code, _ = command.wait(30)
    assert code in {130, -signal.SIGINT}
    command.assert_nothing_left()


@pytest.mark.parametrize("words", list(MOMENTS.values())[1:], ids=list(MOMENTS)[1:])
def test_kill_9(surgeproof, words: str) -> None:
    command = surgeproof("rehearse", SMOKE)
    command.wait_for(words)
    time.sleep(2.0)
    command.send(signal.SIGKILL)
    command.wait(10)
    command.assert_nothing_left()


def test_sigterm(surgeproof) -> None:
    command = surgeproof("rehearse", SMOKE)
    command.wait_for("are up after")
    command.send(signal.SIGTERM)
    code, _ = command.wait(30)
    assert code == 130
    command.assert_nothing_left()
