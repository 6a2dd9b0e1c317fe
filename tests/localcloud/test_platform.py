"""The whole local platform against the embedded AWS, with real parts and under load."""

import ast
import os
import signal
import socket
import threading
import time
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from surgeproof.launch.clock import LaunchClock
from surgeproof.localcloud.errors import LocalCloudError, PortInUseError, ServiceNeverStartedError
from surgeproof.localcloud.loopback import answers, free_port
from surgeproof.localcloud.reaper_process import running
from tests.localcloud.tiny_stack import scale_on_cpu
from tests.localcloud.visitors import Visitors, eventually

START = datetime(2027, 3, 20, 9, 0, tzinfo=UTC)
SPEED = 60.0


def get(url, timeout=10.0):
    with urllib.request.urlopen(url, timeout=timeout) as answer:  # noqa: S310 - our own front door
        return answer.status, answer.read().decode(), answer.headers


def begin(platform, aws, *, speed=SPEED, ahead=0.1):
    clock = LaunchClock(speed, time.monotonic() + ahead, START)
    aws.set_clock(clock)
    platform.begin(clock, {})
    return clock


def schedule(aws, prefix, name, at, minimum, maximum):
    aws.client("application-autoscaling").put_scheduled_action(
        ServiceNamespace="ecs",
        ResourceId=f"service/{prefix}/{prefix}-web",
        ScalableDimension="ecs:service:DesiredCount",
        ScheduledActionName=name,
        Schedule=f"at({START + timedelta(seconds=at):%Y-%m-%dT%H:%M:%S})",
        ScalableTargetAction={"MinCapacity": minimum, "MaxCapacity": maximum},
    )


def of(events, kind, service="web"):
    return [event for event in events if event.kind == kind and event.service == service]


def serving(platform):
    return len(platform.parts.fleet.services["web"].serving())


def test_tasks_get_the_registered_environment_with_local_endpoints_and_secrets(make_platform):
    platform = make_platform("wiring")
    endpoints = platform.start()
    status, text, headers = get(f"{endpoints.shop_url}/env")
    environment = ast.literal_eval(text)
    assert status == 200
    assert headers["Server-Timing"].startswith("vcpu-wait;dur=")
    host = platform.parts.postgres.address
    assert environment["TINY_DATABASE_URL"] == f"postgresql://{host}:5432/shop"
    assert environment["TINY_CACHE_URL"] == f"redis://{platform.parts.valkey.address}:6379"
    assert environment["TINY_PASSWORD"] == "s3cret/%"
    assert environment["TINY_QUEUE_URL"].startswith(endpoints.aws_endpoint_url)
    assert endpoints.database_url == f"postgresql://shopper:s3cret%2F%25@{host}:5432/shop"
    pids, folder = platform.pids(), platform.folder
    assert set(pids) == {"postgres", "valkey", "balancer", "web-1", "web-2", "worker-1"}
    assert all(running(pid) for pid in pids.values())
    platform.stop()
    platform.stop()
    assert not any(running(pid) for pid in pids.values())
    assert not folder.exists()
    assert not answers("127.0.0.1", platform.parts.balancer.port)


def test_scheduled_scale_out_and_scale_in_under_load_lose_no_request(make_platform, aws):
    platform = make_platform("schedule", web_tasks=1)
    scale_on_cpu(aws, "schedule", minimum=1, maximum=4, target=90.0)
    schedule(aws, "schedule", "before", -30, 2, 4)
    schedule(aws, "schedule", "out", 60, 4, 4)
    schedule(aws, "schedule", "in", 180, 2, 2)
    platform.start(START)
    assert serving(platform) == 2  # what is scheduled before the start is there from the first moment
    begin(platform, aws)
    with Visitors(platform.parts.balancer.port, threads=6, pause=0.01, path="/free", method="POST") as visitors:
        assert eventually(lambda: serving(platform) == 4)
        assert eventually(lambda: len(of(platform.events, "stopped")) == 2)
        time.sleep(0.2)
    assert len(visitors.statuses) > 300
    assert visitors.lost == []
    events = platform.events
    scheduled, started, healthy = of(events, "scheduled"), of(events, "started"), of(events, "healthy")
    assert (scheduled[0].policy, scheduled[0].at) == ("before", -30.0)
    assert {point.serving for point in platform.supply if point.service == "web" and point.at < 60} == {2}
    out = scheduled[1].at
    assert out == pytest.approx(60, abs=10)
    assert [event.at - out for event in started[-2:]] == pytest.approx([57, 57], abs=12)
    assert [event.at - started[-1].at for event in healthy[-2:]] == pytest.approx([20, 20], abs=6)
    assert [(point.desired, point.serving) for point in platform.supply if point.service == "web"][-1] == (2, 2)
    service = aws.client("ecs").describe_services(cluster="schedule", services=["schedule-web"])["services"][0]
    assert service["desiredCount"] == 2
    told = aws.client("application-autoscaling").describe_scaling_activities(
        ServiceNamespace="ecs", ResourceId="service/schedule/schedule-web"
    )["ScalingActivities"]
    assert [activity["Description"] for activity in reversed(told)] == [
        "Setting desired count to 2.",
        "Setting desired count to 4.",
        "Setting desired count to 2.",
    ]
    for reading in platform.validity():
        assert reading.value is not None, reading


def test_a_crossed_target_becomes_an_alarm_a_decision_and_serving_tasks(make_platform, aws):
    platform = make_platform("tracking", web_tasks=1)
    scale_on_cpu(aws, "tracking", minimum=1, maximum=3, target=50.0)
    platform.start()
    begin(platform, aws, speed=120.0)
    with Visitors(platform.parts.balancer.port, threads=8, pause=0.01):
        assert eventually(lambda: serving(platform) == 2)
    events = platform.events
    crossed, alarm, decision = (of(events, kind)[0] for kind in ("crossed", "alarm", "decision"))
    assert crossed.at == pytest.approx(30, abs=1)
    assert alarm.at == decision.at == pytest.approx(180 + 153, abs=15)
    assert (decision.before, decision.after) == (1, 2)
    cpu = [point for point in platform.metrics if point.metric == "cpu" and point.at <= 300]
    assert [point.at for point in cpu] == [60.0, 120.0, 180.0, 240.0, 300.0]
    assert all(point.value > 95 for point in cpu[1:])
    requests = [
        point.value for point in platform.metrics if point.metric == "requests_per_task" and 60 < point.at <= 300
    ]
    assert requests == pytest.approx([25 * 60] * len(requests), rel=0.15)  # 20 ms at half a vCPU: 25 a second

    def copied() -> list[dict[str, object]]:
        return aws.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/ECS",
            MetricName="CPUUtilization",
            Dimensions=[
                {"Name": "ClusterName", "Value": "tracking"},
                {"Name": "ServiceName", "Value": "tracking-web"},
            ],
            StartTime=START - timedelta(minutes=1),
            EndTime=START + timedelta(minutes=5),
            Period=60,
            Statistics=["Average"],
        )["Datapoints"]

    assert eventually(lambda: len(copied()) >= 3), "the mirror may lag, and is there in the end"


def test_killed_tasks_databases_and_balancer_come_back(make_platform, aws):
    platform = make_platform("killed")
    platform.start()
    begin(platform, aws)
    before = platform.pids()
    with Visitors(platform.parts.balancer.port, threads=2, pause=0.02, path="/free") as visitors:
        time.sleep(0.2)
        for name in ("web-1", "worker-1", "postgres", "valkey"):
            os.kill(before[name], signal.SIGKILL)
        assert eventually(lambda: {"web-3", "worker-2"} <= set(platform.pids()))
        assert eventually(lambda: serving(platform) == 2)
        assert eventually(lambda: platform.parts.postgres._up and platform.parts.valkey._up)
    # At most what was open at the dead task and what came before its end was noticed.
    assert len(visitors.lost) <= 2
    assert len(visitors.statuses) > 50
    events = platform.events
    assert {event.task for event in events if event.kind == "died"} == {"web-1", "worker-1"}
    assert {event.service for event in events if event.kind == "part_died"} == {"postgres", "valkey"}
    (died,) = of(events, "died")
    assert died.note == "signal 9"
    (started,) = [event for event in of(events, "started") if event.task == "web-3"]
    assert started.at - died.at == pytest.approx(57, abs=12)
    assert min(point.serving for point in platform.supply if point.service == "web") == 1
    os.kill(platform.pids()["balancer"], signal.SIGKILL)
    assert eventually(lambda: any(event.service == "balancer" for event in platform.events))
    with Visitors(platform.parts.balancer.port, threads=1, path="/free") as visitors:
        assert eventually(lambda: visitors.statuses[-1:] == [200])
    assert platform.parts.fleet.failure is None


def test_a_task_is_drained_and_answers_what_is_open_before_it_goes(make_platform, aws):
    platform = make_platform("drain", worker=None)
    platform.start()
    begin(platform, aws)
    answers_given = []
    askers = [
        threading.Thread(target=lambda: answers_given.append(get(f"{platform.parts.balancer.url}/sleep/1.2")))
        for _ in range(6)
    ]
    for asker in askers:
        asker.start()
    time.sleep(0.3)
    platform.parts.fleet.set_desired("web", 1, minimum=1, maximum=2)
    assert eventually(lambda: of(platform.events, "stopped"))
    for asker in askers:
        asker.join()
    assert [status for status, _, _ in answers_given] == [200] * 6
    assert len({pid for _, pid, _ in answers_given}) == 2  # one of them is gone
    draining, stopped = of(platform.events, "draining")[0], of(platform.events, "stopped")[0]
    # The deregistration delay of 30 launch s is over long before: what is open has until the stop timeout.
    assert (stopped.at - draining.at) / SPEED > 0.6
    assert stopped.note is None


def test_a_command_that_is_no_asgi_app_runs_behind_a_proxy_with_the_virtual_cpu(make_platform, aws):
    command = ["python", "-m", "tests.localcloud.apps.plain", "0.0.0.0:8080"]
    platform = make_platform("plain", web=command, web_tasks=2, worker=None)
    url = platform.start().shop_url
    begin(platform, aws)
    request = urllib.request.Request(f"{url}/cart?a=b%20c", data=b"two serums", method="PUT")  # noqa: S310 - our own front door
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own front door
        assert answer.read() == b"PUT /cart?a=b%20c two serums"
        assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
        assert answer.headers["Server-Timing"].startswith("vcpu-wait;dur=")
    with urllib.request.urlopen(urllib.request.Request(f"{url}/x", method="HEAD")) as answer:  # noqa: S310 - our own front door
        assert (answer.status, answer.read()) == (200, b"")
    with Visitors(platform.parts.balancer.port, threads=12, pause=0.001) as visitors:
        slow = []
        asker = threading.Thread(target=lambda: slow.append(get(f"{url}/sleep/1.0")[0]))
        asker.start()
        time.sleep(1.0)
        platform.parts.fleet.set_desired("web", 1, minimum=1, maximum=2)
        assert eventually(lambda: of(platform.events, "stopped"))
        asker.join()
    assert visitors.lost == []
    assert slow == [200]
    # Two tasks of half a vCPU carry 50 requests of 20 ms a second, whatever this machine can do.
    # 13 more may have arrived and wait.
    first_second = next(point.value for point in platform.metrics if point.metric == "requests")
    assert 35 <= first_second <= 65
    os.kill(platform.parts.fleet.services["web"].serving()[0].process.pid, signal.SIGKILL)
    assert eventually(lambda: of(platform.events, "died"))


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["uvicorn", "tests.localcloud.apps.missing:app"], "can't be loaded: .*Could not import module"),
        (["python", "-c", "print('no database url'); raise SystemExit(3)"], "don't become healthy.*no database url"),
    ],
)
def test_a_service_that_cannot_start_is_named_with_its_last_words(make_platform, command, words):
    platform = make_platform(f"broken{len(command)}", web=command, worker=None)
    with pytest.raises(ServiceNeverStartedError, match=words):
        platform.start()
    assert not platform.folder.exists()


def test_a_taken_front_door_is_refused_and_nothing_is_left(make_platform):

    with socket.create_server(("127.0.0.1", 0)) as other:
        platform = make_platform("taken", front_door=other.getsockname()[1], worker=None)
        with pytest.raises(PortInUseError, match="--port"):
            platform.start()
    assert not platform.folder.exists()
    with pytest.raises(LocalCloudError, match="was not started"):
        platform.pids()


def test_when_the_load_is_over_what_waits_is_answered_at_once(make_platform, aws):
    port = free_port()
    platform = make_platform("finish", front_door=port, worker=None, web_tasks=1, cpu=64)  # 20 ms take 320
    url = platform.start().shop_url
    assert url == f"http://127.0.0.1:{port}"  # where it was asked for
    begin(platform, aws)
    waited = []
    askers = [threading.Thread(target=lambda: waited.append(get(url)[0])) for _ in range(20)]
    for asker in askers:
        asker.start()
    time.sleep(0.3)
    began = time.monotonic()
    platform.finish()
    for asker in askers:
        asker.join()
    assert time.monotonic() - began < 2.0  # 6.4 s of work
    assert waited == [200] * 20
    assert {assumption.name for assumption in platform.assumed()} >= {"start delay of a task", "publication of metrics"}
