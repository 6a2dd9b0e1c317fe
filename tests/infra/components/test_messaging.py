"""EventBus, WorkQueue and the route between them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.account import Account
from infra.components.event_bus import EventBus, EventBusArgs
from infra.components.event_route import EventRoute, EventRouteArgs
from infra.components.work_queue import WorkQueue, WorkQueueArgs
from infra.errors import SettingsError
from surgeproof.graph.model import Graph
from tests.infra.conftest import build, one, stack_settings

KEY = "arn:aws:kms:eu-west-1:123456789012:key/k"
PATTERN = {"source": ["shop"]}


def _route(account: Account) -> None:
    bus = EventBus("bus", EventBusArgs(account=account, key=KEY))
    queue = WorkQueue("orders", WorkQueueArgs(key=KEY, handler_timeout=120, stop_timeout=60))
    EventRoute("route", EventRouteArgs(bus=bus, queue=queue, pattern=PATTERN, key=KEY))


@pytest.fixture(scope="module")
def graph() -> Graph:
    return build(_route)


def test_what_nobody_can_handle_goes_to_the_dead_letter_queue(graph: Graph):
    queue = one(graph, "sqs/queue:Queue", "orders")
    dead = one(graph, "sqs/queue:Queue", "orders-dead")
    assert graph.sources(queue, "redrivePolicy") == (dead,)
    assert json.loads(queue.inputs["redrivePolicy"])["maxReceiveCount"] == 5
    allow = one(graph, "sqs/redriveAllowPolicy:RedriveAllowPolicy")
    assert graph.sources(allow, "queueUrl") == (dead,)
    assert graph.sources(allow, "redriveAllowPolicy") == (queue,)
    assert json.loads(allow.inputs["redriveAllowPolicy"])["redrivePermission"] == "byQueue"
    assert dead.inputs["messageRetentionSeconds"] == 14 * 86_400 >= queue.inputs["messageRetentionSeconds"]


def test_visibility_covers_handler_and_stop(graph: Graph):
    assert one(graph, "sqs/queue:Queue", "orders").inputs["visibilityTimeoutSeconds"] >= 120 + 60


def test_all_queues_are_encrypted_and_tls_only(graph: Graph):
    queues = graph.of_type("aws:sqs/queue:Queue")
    policies = graph.of_type("aws:sqs/queuePolicy:QueuePolicy")
    assert {item.inputs["kmsMasterKeyId"] for item in queues} == {KEY}
    assert {graph.sources(item, "queueUrl") for item in policies} == {(queue,) for queue in queues}
    for policy in policies:
        statements = json.loads(policy.inputs["policy"])["Statement"]
        assert any(item["Effect"] == "Deny" and "Bool" in item["Condition"] for item in statements)


def test_only_the_rule_sends(graph: Graph):
    rule = one(graph, "cloudwatch/eventRule:EventRule")
    for policy in graph.of_type("aws:sqs/queuePolicy:QueuePolicy"):
        for statement in json.loads(policy.inputs["policy"])["Statement"]:
            if statement["Effect"] == "Allow":
                assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": rule.outputs["arn"]}}


def test_undelivered_events_are_kept(graph: Graph):
    target = one(graph, "cloudwatch/eventTarget:EventTarget")
    assert [item.name for item in graph.sources(target, "deadLetterConfig")] == ["route-undelivered"]
    assert [item.name for item in graph.sources(target, "arn")] == ["orders"]
    assert target.inputs["retryPolicy"]["maximumEventAgeInSeconds"] == 86_400


def test_the_bus_is_encrypted_archived_and_for_this_account(graph: Graph):
    bus = one(graph, "cloudwatch/eventBus:EventBus")
    assert bus.inputs["kmsKeyIdentifier"] == KEY
    assert graph.sources(one(graph, "cloudwatch/eventArchive:EventArchive"), "eventSourceArn") == (bus,)
    (statement,) = json.loads(one(graph, "cloudwatch/eventBusPolicy:EventBusPolicy").inputs["policy"])["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}


def test_refuses_a_handler_that_outlasts_what_sqs_can_hide():
    args: dict[str, Any] = {"key": KEY, "handler_timeout": 43_100, "stop_timeout": 120, "path": "services.orders"}
    with pytest.raises(SettingsError, match=r"services\.orders\.handler_timeout: makes messages hide longer"):
        build(lambda _: WorkQueue("orders", WorkQueueArgs(**args)))


@pytest.fixture(scope="module")
def ordered() -> Graph:
    """A FIFO queue behind a bus under AWS's own key, whose schemas are learnt."""

    def make(account: Account) -> None:
        bus = EventBus("bus", EventBusArgs(account=account, key=None, sources=("shop",), schema_discovery=True))
        queue = WorkQueue("orders", WorkQueueArgs(key=KEY, handler_timeout=120, stop_timeout=60, fifo=True))
        EventRoute("route", EventRouteArgs(bus=bus, queue=queue, pattern=PATTERN, key=KEY, group="all"))

    return build(make)


def test_a_fifo_queue_has_a_fifo_dead_letter_queue_and_a_group(ordered: Graph):
    for name in ("orders", "orders-dead"):
        queue = one(ordered, "sqs/queue:Queue", name).inputs
        assert (queue["fifoQueue"], queue["contentBasedDeduplication"]) == (True, True)
        assert (queue["deduplicationScope"], queue["fifoThroughputLimit"]) == ("messageGroup", "perMessageGroupId")
    target = one(ordered, "cloudwatch/eventTarget:EventTarget").inputs
    assert target["sqsTarget"] == {"messageGroupId": "all"}
    # What EventBridge could not deliver goes to a standard queue: it takes no other for its own dead letters.
    assert "fifoQueue" not in one(ordered, "sqs/queue:Queue", "route-undelivered").inputs


def test_schemas_are_learnt_of_a_bus_that_eventbridge_can_read(ordered: Graph, graph: Graph):
    bus = one(ordered, "cloudwatch/eventBus:EventBus")
    assert "kmsKeyIdentifier" not in bus.inputs
    assert ordered.sources(one(ordered, "schemas/discoverer:Discoverer"), "sourceArn") == (bus,)
    assert graph.of_type("aws:schemas/discoverer:Discoverer") == ()


def test_the_policy_of_a_bus_may_name_its_sources(ordered: Graph):
    (statement,) = json.loads(one(ordered, "cloudwatch/eventBusPolicy:EventBusPolicy").inputs["policy"])["Statement"]
    assert statement["Condition"] == {"StringEquals": {"events:source": ["shop"]}}


def test_refuses_schemas_of_a_bus_under_a_customer_s_key():
    with pytest.raises(SettingsError, match=r"event_bus\.schema_discovery: needs a bus under AWS's own key"):
        build(lambda account: EventBus("bus", EventBusArgs(account=account, key=KEY, schema_discovery=True)))
    with pytest.raises(SettingsError, match=r"event_bus\.schema_discovery: needs a bus under AWS's own key"):
        stack_settings({"event_bus": {"schema_discovery": True}})
    assert stack_settings({"event_bus": {"schema_discovery": True, "key": "aws"}}).event_bus.archive_days == 30


def test_the_stack_s_bus_and_queue_follow_its_settings(rich: Graph):
    assert one(rich, "cloudwatch/eventArchive:EventArchive").inputs["retentionDays"] == 90
    assert one(rich, "sqs/queue:Queue", "shop-local-orders-queue").inputs["fifoQueue"]
