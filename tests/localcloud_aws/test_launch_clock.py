"""Queues on the launch clock, with a server of their own: its time is changed."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from surgeproof.launch.clock import LaunchClock
from surgeproof.localcloud.aws import EmbeddedAws
from tests.localcloud_aws.conftest import server_cpu

SPEED = 30.0


@pytest.fixture(scope="module")
def fast() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as aws:
        early = aws.client("sqs").create_queue(QueueName="early")["QueueUrl"]
        aws.client("sqs").send_message(QueueUrl=early, MessageBody="sent before the clock")
        aws.set_clock(LaunchClock(SPEED, time.monotonic(), datetime(2027, 3, 20, 9, tzinfo=UTC)))
        yield aws


def queue(aws: EmbeddedAws, name: str, **attributes: str) -> str:
    return aws.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]


def receive(aws: EmbeddedAws, url: str, wait: int = 0) -> list[dict]:
    return (
        aws.client("sqs")
        .receive_message(QueueUrl=url, WaitTimeSeconds=wait, AttributeNames=["All"], MaxNumberOfMessages=10)
        .get("Messages", [])
    )


def test_a_message_with_visibility_60_comes_back_after_2_real_seconds(fast):
    url = queue(fast, "visibility", VisibilityTimeout="60")
    fast.client("sqs").send_message(QueueUrl=url, MessageBody="again")
    assert receive(fast, url)
    started = time.monotonic()
    assert fast.queues()["visibility"].in_flight == 1
    while not (back := receive(fast, url, wait=20)):
        assert time.monotonic() - started < 3
    assert time.monotonic() - started == pytest.approx(2.0, abs=0.25)
    assert back[0]["Attributes"]["ApproximateReceiveCount"] == "2"


def test_a_delay_of_30_takes_1_real_second_and_a_poll_of_20_two_thirds(fast):
    url = queue(fast, "delay")
    fast.client("sqs").send_message(QueueUrl=url, MessageBody="later", DelaySeconds=30)
    started = time.monotonic()
    assert fast.queues()["delay"].delayed == 1
    assert receive(fast, url, wait=20) == []
    assert time.monotonic() - started == pytest.approx(20 / SPEED, abs=0.2)
    assert receive(fast, url, wait=20)
    assert time.monotonic() - started == pytest.approx(1.0, abs=0.25)


def test_age_dates_and_counts_are_launch_time(fast):
    url = queue(fast, "age")
    for body in "abc":
        fast.client("sqs").send_message(QueueUrl=url, MessageBody=body)
    time.sleep(1)
    reading = fast.queues()["age"]
    assert reading.oldest_age == pytest.approx(30, abs=8)
    assert (reading.visible, reading.sent, reading.received, reading.backlog) == (3, 3, 0, 3)
    first = receive(fast, url)[0]
    assert (
        datetime.fromtimestamp(int(first["Attributes"]["SentTimestamp"]) / 1000, UTC).date().isoformat() == "2027-03-20"
    )
    fast.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    reading = fast.queues()["age"]
    assert (reading.visible, reading.in_flight, reading.received, reading.deleted) == (0, 2, 3, 1)


def test_a_message_from_before_the_clock_keeps_its_age(fast):
    assert fast.queues()["early"].oldest_age > 0


def test_retention_is_launch_time(fast):
    url = queue(fast, "retention", MessageRetentionPeriod="60")
    fast.client("sqs").send_message(QueueUrl=url, MessageBody="forgotten")
    time.sleep(2.2)
    assert receive(fast, url) == []
    assert fast.queues()["retention"].backlog == 0


def test_too_many_receives_bring_a_message_to_the_dead_letters(fast):
    dead = queue(fast, "dead")
    arn = fast.client("sqs").get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "2"})
    url = queue(fast, "poison", VisibilityTimeout="6", RedrivePolicy=policy)
    fast.client("sqs").send_message(QueueUrl=url, MessageBody="poison")
    seen = 0
    deadline = time.monotonic() + 3
    while fast.queues()["dead"].visible == 0 and time.monotonic() < deadline:
        seen += len(receive(fast, url, wait=6))
    assert seen == 2
    assert receive(fast, dead)[0]["Body"] == "poison"


def test_events_reach_the_queue_in_aws_own_envelope(fast):
    events = fast.client("events")
    arn = f"arn:aws:sqs:{fast.region}:{fast.account_id}:orders"
    url = queue(fast, "orders")
    events.create_event_bus(Name="shop")
    events.put_rule(Name="placed", EventBusName="shop", EventPattern=json.dumps({"detail-type": ['Order "placed"']}))
    events.put_targets(Rule="placed", EventBusName="shop", Targets=[{"Id": "1", "Arn": arn}])
    put = events.put_events(
        Entries=[
            {
                "Source": "shop.orders",
                "DetailType": 'Order "placed"',
                "Detail": json.dumps({"id": 7, "note": 'a "quote"'}),
                "EventBusName": "shop",
                "Resources": ["arn:aws:s3:::some", "other"],
            },
            {"Source": "shop.orders", "DetailType": "other", "Detail": "{}", "EventBusName": "shop"},
        ]
    )
    assert put["FailedEntryCount"] == 0
    (message,) = receive(fast, url)
    event = json.loads(message["Body"])
    assert list(event) == ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"]
    assert event["time"].startswith("2027-03-20T09:")
    assert event["time"].endswith("Z")
    assert event["id"] == put["Entries"][0]["EventId"]
    assert (event["account"], event["region"], event["version"]) == (fast.account_id, fast.region, "0")
    assert event["detail"] == {"id": 7, "note": 'a "quote"'}
    assert event["resources"] == ["arn:aws:s3:::some", "other"]


def test_an_event_that_reaches_no_queue_goes_to_the_dead_letters(fast):
    events = fast.client("events")
    url = queue(fast, "undelivered")
    place = f"arn:aws:sqs:{fast.region}:{fast.account_id}:"
    target = {"Id": "1", "Arn": f"{place}nowhere", "DeadLetterConfig": {"Arn": f"{place}undelivered"}}
    events.create_event_bus(Name="lost")
    events.put_rule(Name="all", EventBusName="lost", EventPattern=json.dumps({"source": ["x"]}))
    events.put_targets(Rule="all", EventBusName="lost", Targets=[target])
    entry = {"Source": "x", "DetailType": "y", "Detail": "{}", "EventBusName": "lost"}
    assert events.put_events(Entries=[entry])["FailedEntryCount"] == 0
    assert json.loads(receive(fast, url)[0]["Body"])["source"] == "x"


def test_idle_workers_cost_less_than_3_percent_of_a_core(fast):
    """Five workers in long polls, and two messages a second: measured in the server's own CPU time."""
    url = queue(fast, "idle")
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            for message in receive(fast, url, wait=20):
                fast.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    workers = [threading.Thread(target=work) for _ in range(5)]
    for worker in workers:
        worker.start()
    time.sleep(0.3)
    before, started = server_cpu(fast), time.monotonic()
    for _ in range(6):
        fast.client("sqs").send_message(QueueUrl=url, MessageBody="order")
        time.sleep(0.5)
    share = (server_cpu(fast) - before) / (time.monotonic() - started)
    stop.set()
    for worker in workers:
        worker.join()
    assert share < 0.04  # 0.018 is usual; ticks of 10 ms are coarse over 3 s
    assert fast.queues()["idle"].deleted == 6
