"""The pool, its cap, deadlines and sleeping: who waits is served in turn, counted, and never forgotten."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from pathlib import Path

import gevent
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surgeproof.load.alarms import Alarms
from surgeproof.load.client import Client
from surgeproof.load.errors import LoadError
from surgeproof.load.poller import EpollPoller, LoopPoller, new_poller
from surgeproof.load.room import Room, busiest, check_room, room_here
from surgeproof.load.run_config import RunConfig
from surgeproof.load.sketch import SketchClient
from surgeproof.load.transport import RequestTimeoutError
from surgeproof.load.visitor import Visitor
from tests.load.asking import Asker
from tests.load.driving import drive, journeys
from tests.load.shares import share_of
from tests.load.site import Site


def in_parallel(count: int, function: Callable[[int], object]) -> list[object]:
    greenlets = [gevent.spawn(function, number) for number in range(count)]
    gevent.joinall(greenlets, timeout=20)
    return [greenlet.value for greenlet in greenlets]


@pytest.mark.parametrize("kind", [EpollPoller, LoopPoller])
def test_at_the_cap_requests_wait_for_each_other_and_all_are_answered(site: Site, kind: type):
    site.delay = 0.05
    with Asker(site.url, most_connections=2, poller=kind()) as ask:
        begun = time.monotonic()
        assert in_parallel(8, lambda n: ask(f"/products/{n}").status) == [200] * 8
        assert time.monotonic() - begun >= 0.2, "eight, two at a time, 50 ms each"
        assert site.connections == 2
        assert ask.transport.queued == 6
        assert ask.transport.waiting == 0


def test_who_waits_for_a_connection_too_long_is_late_and_his_place_is_free_again(site: Site):
    site.delay = 0.3
    with Asker(site.url, most_connections=1) as ask:

        def one(number: int) -> str:
            try:
                return str(ask("/", timeout=0.1 if number else 2).status)
            except RequestTimeoutError as error:
                return str(error)

        assert in_parallel(3, one) == ["200", *["no connection was free in time"] * 2]
        site.delay = 0.0
        assert ask("/").status == 200
        assert ask.transport.waiting == 0


def test_a_broken_connection_gives_its_place_to_the_next_in_the_queue(site: Site):
    with Asker(site.url, most_connections=1) as ask:

        def one(number: int) -> object:
            try:
                return ask("/half" if number % 2 else "/").status
            except Exception as error:  # noqa: BLE001 - told below
                return type(error).__name__

        assert in_parallel(6, one) == [200, "TransportError"] * 3
        assert ask.transport.connections <= 1


def test_a_journey_that_is_ended_while_it_waits_takes_no_connection_with_it(site: Site):
    site.delay = 0.2
    with Asker(site.url, most_connections=1) as ask:
        first = gevent.spawn(ask, "/")
        others = [gevent.spawn(ask, "/") for _ in range(3)]
        gevent.sleep(0.05)
        gevent.killall(others)
        assert first.get().status == 200
        assert ask("/").status == 200
        assert site.connections == 1


def test_the_platforms_poller_is_chosen_once():
    made = new_poller()
    assert isinstance(made, EpollPoller)
    made.close()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 30).map(lambda ms: ms / 1024), min_size=1, max_size=40))
def test_alarms_ring_in_order_and_never_early(delays: list[float]):
    alarms, rung = Alarms(), []
    begun = time.monotonic()
    for number, delay in enumerate(delays):
        alarms.at(begun + delay, lambda number=number, delay=delay: rung.append((delay, number, time.monotonic())))
    cancelled = alarms.at(begun + 0.01, lambda: rung.append((0.0, -1, 0.0)))
    cancelled[2] = None
    alarms.sleep_until(begun + max(delays))
    alarms.sleep_until(time.monotonic())
    assert [(delay, number) for delay, number, _ in rung] == sorted((d, n) for n, d in enumerate(delays))
    assert all(at >= begun + delay for delay, _, at in rung)
    alarms.close()


def test_a_failing_alarm_does_not_stop_the_others(capsys: pytest.CaptureFixture[str]):
    alarms, rung = Alarms(), []
    now = time.monotonic()
    alarms.at(now + 0.005, lambda: 1 / 0)
    alarms.at(now + 0.01, lambda: rung.append(1))
    alarms.sleep_until(now + 0.02)
    assert rung == [1]
    assert "ZeroDivisionError" in capsys.readouterr().err
    alarms.close()


def test_a_run_with_a_cap_on_connections_counts_the_waiting(site: Site, plan_file: Callable[..., Path], tmp_path: Path):
    site.delay = 0.1

    def run(client: Client, _: Visitor) -> None:
        client.get("/", name="step")

    config = RunConfig(
        plan=plan_file(mix="{one: 1}", rate=30, seconds=1, timeout=5),
        host=site.url,
        folder=tmp_path / "run",
        max_connections=1,
    )
    driven = drive(config, journeys(one=run))
    assert site.connections == 1
    assert driven.rows["latency"].max() > 0.3, "ten a second can't be served thirty a second"
    assert max(line.waiting for line in driven.progress) > 3
    assert max(line.connections for line in driven.progress) == 1
    assert not driven.result.in_flight_cap_hit, "the cap was wished for"


def test_a_journey_may_use_gevent_itself(site: Site, plan_file: Callable[..., Path], tmp_path: Path):
    def run(client: Client, visitor: Visitor) -> None:
        gevent.sleep(0.01)
        helper = gevent.spawn(lambda: client.get(f"/products/{visitor.number}", name="in_a_greenlet").status)
        client.check(helper.get() == 200, "the helper has its answer")
        client.get("/", name="afterwards")

    config = RunConfig(plan=plan_file(mix="{one: 1}", rate=30, seconds=1), host=site.url, folder=tmp_path / "run")
    driven = drive(config, journeys(one=run))
    assert driven.result.failures == []
    assert len(driven.of("in_a_greenlet")) == len(driven.of("afterwards")) > 10


def test_the_collector_of_garbage_is_as_it_was_when_a_run_is_over(
    site: Site, plan_file: Callable[..., Path], tmp_path: Path
):
    during: list[tuple[int, tuple[int, int, int]]] = []

    def run(client: Client, _: Visitor) -> None:
        client.get("/", name="step")
        if not isinstance(client, SketchClient):
            during.append((gc.get_freeze_count(), gc.get_threshold()))

    before = gc.get_threshold()
    config = RunConfig(plan=plan_file(mix="{one: 1}", rate=20, seconds=1.5), host=site.url, folder=tmp_path / "run")
    drive(config, journeys(one=run))
    assert min(frozen for frozen, _ in during) > 1000
    assert {threshold[0] for _, threshold in during} == {10_000}
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_room_is_compared_with_the_busiest_second_and_with_a_stall():
    share = share_of([n / 128 for n in range(1280)], speed=1.0, request_timeout=5.0)
    assert busiest(share, 1.0) == 128
    assert busiest(share, 5.0) == 640
    assert check_room(share, Room(files=640, ports=28_000)) is None
    warning = check_room(share, Room(files=639, ports=28_000))
    assert warning is not None
    assert "ulimit -n 840" in warning
    assert "sysctl" not in warning
    with pytest.raises(LoadError, match=r"busiest second.*ip_local_port_range.*more workers"):
        check_room(share, Room(files=640, ports=127))


def test_at_a_speed_launch_seconds_are_shorter():
    assert busiest(share_of([0.0, 9.9, 10.0, 30.0], speed=10.0), 1.0) == 2


def test_there_is_room_here():
    room = room_here()
    assert room.files > 100
    assert room.ports > 1000
