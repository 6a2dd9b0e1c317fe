"""Greenlets that carry one journey after another."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

import gevent
import greenlet

from surgeproof.load.alarms import to_hub
from surgeproof.load.runners import Runners

kept: ContextVar[str] = ContextVar("kept", default="nothing")


def _in_hub(call: Any, *arguments: Any) -> None:
    gevent.get_hub().loop.run_callback(call, *arguments)
    gevent.sleep(0.01)


def test_a_greenlet_carries_the_next_journey_when_its_own_is_over_and_nothing_of_it():
    hub = gevent.get_hub()
    sleep = to_hub(hub)
    seen: list[tuple[str, greenlet.greenlet, str]] = []
    overs: list[int] = []

    def run(name: str, waits: bool) -> None:  # noqa: FBT001 - as it is called
        seen.append((name, greenlet.getcurrent(), kept.get()))
        kept.set(name)
        if waits:
            sleep()

    runners = Runners(hub, run, lambda: overs.append(len(runners.busy)))
    _in_hub(runners.start, "first", False)
    _in_hub(runners.start, "second", True)
    _in_hub(runners.start, "third", False)
    assert len(runners.busy) == 1
    assert seen[0][1] is seen[1][1]
    assert seen[2][1] is not seen[1][1]
    assert [what for _, _, what in seen] == ["nothing"] * 3
    assert overs == [0, 1]
    runners.close()
    gevent.sleep(0.01)
    assert seen[2][1].dead
    (open_one,) = runners.busy
    _in_hub(open_one.switch)
    assert open_one.dead
    assert overs == [0, 1, 0]
    assert not runners.busy


def test_a_journey_that_is_thrown_out_leaves_its_greenlet_to_the_next():
    hub = gevent.get_hub()
    sleep = to_hub(hub)
    seen: list[greenlet.greenlet] = []

    def run() -> None:
        seen.append(greenlet.getcurrent())
        try:
            sleep()
        except gevent.GreenletExit:
            return

    runners = Runners(hub, run, lambda: None)
    _in_hub(runners.start)
    _in_hub(seen[0].throw, gevent.GreenletExit)
    _in_hub(runners.start)
    assert seen[0] is seen[1]
    runners.close()
    _in_hub(seen[1].switch)
    assert seen[1].dead
