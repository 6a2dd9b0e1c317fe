"""What all components share: the transform of any child."""

from __future__ import annotations

from typing import Any

import pytest

from infra.components.work_queue import WorkQueue, WorkQueueArgs
from infra.errors import TransformError
from surgeproof.graph.model import Graph
from tests.infra.conftest import build, one


def _queue(**transform: Any) -> Graph:
    args = WorkQueueArgs(key="arn:aws:kms:key", handler_timeout=30, stop_timeout=30, transform=transform or None)
    return build(lambda _: WorkQueue("orders", args))


def test_a_transform_changes_its_child_alone():
    plain = _queue()
    changed = _queue(dead=lambda args: {**args, "message_retention_seconds": 60})
    assert one(changed, "sqs/queue:Queue", "orders-dead").inputs["messageRetentionSeconds"] == 60
    assert one(changed, "sqs/queue:Queue", "orders") == one(plain, "sqs/queue:Queue", "orders")


def test_the_component_s_own_name_addresses_the_child_that_has_it():
    changed = _queue(orders=lambda args: {**args, "delay_seconds": 5})
    assert one(changed, "sqs/queue:Queue", "orders").inputs["delaySeconds"] == 5


def test_an_unknown_child_is_an_error():
    with pytest.raises(TransformError, match=r"WorkQueue has no such child, got 'ded', allowed: dead, dead-policy"):
        _queue(ded=lambda args: args)
