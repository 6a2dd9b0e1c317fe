import asyncio
import time
from typing import Any, Never

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surgeproof.launch.demand import CpuDemand
from surgeproof.localcloud.asgi import PacedApp
from surgeproof.localcloud.task_meter import (
    BUCKETS,
    FIRST_BOUND,
    GROWTH,
    Field,
    TaskMeter,
    busy_seconds,
    lateness_bucket,
    lateness_percentile,
)
from surgeproof.localcloud.virtual_cpu import VirtualCpu

BUSY_MACHINE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture
def meter(tmp_path):
    return TaskMeter(tmp_path / "meter")


def test_work_takes_demand_over_share_and_waits_its_turn(meter):
    cpu = VirtualCpu(0.5, meter.slot(1), lambda: True)

    async def three_at_once() -> Any:
        began = time.monotonic()
        waits = await asyncio.gather(*(cpu.work(0.02) for _ in range(3)))
        return waits, time.monotonic() - began

    waits, took = asyncio.run(three_at_once())
    assert waits == pytest.approx([0.0, 0.04, 0.08], abs=0.005)
    assert 0.119 <= took < 0.2
    slot = meter.slot(1)
    assert slot[Field.ASSIGNED] == pytest.approx(0.12)
    assert busy_seconds(slot, time.monotonic()) == pytest.approx(0.12)
    assert sum(slot[Field.LATENESS : Field.LATENESS + BUCKETS]) == 3


@pytest.mark.parametrize("tasks", [1, 2])
def test_tasks_saturate_in_proportion(meter, tasks):
    """Offered 60 requests a second of 20 ms at half a vCPU, n tasks carry 25 n of them."""
    slots = [meter.slot(number + 1) for number in range(tasks)]
    cpus = [VirtualCpu(0.5, slot, lambda: True) for slot in slots]

    async def offered() -> Any:
        done = 0

        async def one(cpu) -> None:
            nonlocal done
            await cpu.work(0.02)
            done += 1

        began = time.monotonic()
        jobs = []
        for number in range(60):
            await asyncio.sleep(max(0.0, began + number / 60 - time.monotonic()))
            jobs.append(asyncio.create_task(one(cpus[number % tasks])))
        await asyncio.sleep(max(0.0, began + 1.0 - time.monotonic()))
        carried, now = done, time.monotonic()
        used = [busy_seconds(slot, now) / (now - began) for slot in slots]
        for job in jobs:
            job.cancel()
        return carried, used

    carried, used = asyncio.run(offered())
    assert carried == pytest.approx(25 * tasks, abs=3)
    assert used == pytest.approx([1.0] * tasks, abs=0.07)


def test_switched_off_it_lets_all_that_waits_go_on(meter):
    cpu = VirtualCpu(0.5, meter.slot(1), lambda: meter.virtual_cpus_on)

    async def ended() -> Any:
        jobs = [asyncio.create_task(cpu.work(5.0)) for _ in range(3)]
        await asyncio.sleep(0.05)
        TaskMeter(meter.path).switch_virtual_cpus(on=False)  # another process would
        began = time.monotonic()
        await asyncio.gather(*jobs)
        await cpu.work(5.0)
        return time.monotonic() - began

    assert asyncio.run(ended()) < 0.5


def test_two_who_map_the_file_see_the_same(meter):
    other = TaskMeter(meter.path)
    meter.slot(7)[Field.ARRIVED] = 3.0
    assert other.slot(7)[Field.ARRIVED] == 3.0
    other.clear(7)
    assert meter.slot(7)[Field.ARRIVED] == 0.0


@BUSY_MACHINE
@given(st.floats(min_value=0.0, max_value=20.0))
def test_a_lateness_lies_within_its_bucket(late):
    bucket = lateness_bucket(late)
    assert late <= FIRST_BOUND * GROWTH**bucket * (1 + 1e-9)
    assert bucket == 0 or late > FIRST_BOUND * GROWTH ** (bucket - 1) * (1 - 1e-9)


@BUSY_MACHINE
@given(st.lists(st.floats(min_value=0.0, max_value=10.0), min_size=1), st.floats(min_value=0.01, max_value=1.0))
def test_a_percentile_is_never_below_the_exact_one(lates, share):
    counts = [0.0] * BUCKETS
    for late in lates:
        counts[lateness_bucket(late)] += 1
    exact = sorted(lates)[max(0, -(-int(share * len(lates) * 1e9) // 10**9) - 1)]
    told = lateness_percentile(counts, share)
    assert told is not None
    assert told >= exact * (1 - 1e-9)
    assert lateness_percentile([0.0] * BUCKETS, share) is None


class Recorder:
    def __init__(self) -> None:
        self.sent = []

    async def send(self, message):
        self.sent.append(message)

    async def receive(self):
        return {"type": "http.request", "body": b""}


async def plain_app(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x", b"y")]})
    await send({"type": "http.response.body", "body": b"hello"})


def paced(meter, app=plain_app):
    slot = meter.slot(1)
    cpu = VirtualCpu(0.5, slot, lambda: True)
    demand = CpuDemand.parse({"GET /slow": 20.0, "*": 0.0})
    return PacedApp(app, cpu=cpu, demand=demand, slot=slot, health_path="/healthz"), slot


def call(app, path, recorder):
    scope = {"type": "http", "method": "GET", "path": path}
    return app(scope, recorder.receive, recorder.send)


def test_the_answer_tells_the_wait_and_the_meter_the_request(meter):
    app, slot = paced(meter)
    recorders = [Recorder(), Recorder()]

    async def two() -> None:
        await asyncio.gather(*(call(app, "/slow", recorder) for recorder in recorders))

    asyncio.run(two())
    timings = [dict(recorder.sent[0]["headers"])[b"server-timing"].decode() for recorder in recorders]
    waits = [float(timing.removeprefix("vcpu-wait;dur=")) for timing in timings]
    assert waits == pytest.approx([0.0, 40.0], abs=5)
    assert (slot[Field.ARRIVED], slot[Field.COMPLETED]) == (2.0, 2.0)


def test_the_health_check_costs_and_counts_nothing(meter):
    app, slot = paced(meter)
    recorder = Recorder()
    asyncio.run(call(app, "/healthz", recorder))
    assert recorder.sent[0]["headers"] == [(b"x", b"y")]
    assert slot[Field.ARRIVED] == 0.0


def test_a_request_that_the_app_fails_is_still_counted_as_over(meter):
    async def broken(*_: Any) -> Never:
        raise ValueError("no")

    app, slot = paced(meter, broken)
    with pytest.raises(ValueError, match="no"):
        asyncio.run(call(app, "/slow", Recorder()))
    assert (slot[Field.ARRIVED], slot[Field.COMPLETED]) == (1.0, 1.0)


def test_the_meter_has_its_room_on_the_disk_from_the_start(meter):
    assert meter.path.stat().st_blocks * 512 >= meter.path.stat().st_size == 4096 * 64 * 8
