"""The state source: exports, checkpoints and previews become the one graph."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from surgeproof.graph.errors import StateError
from surgeproof.graph.state_source import graph_of_state, read_state

STACK = "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod"
KEY = "urn:pulumi:prod::shop::aws:kms/key:Key::key"
QUEUE = "urn:pulumi:prod::shop::aws:sqs/queue:Queue::orders"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:xyz"}
ROWS: list[dict[str, Any]] = [
    {"urn": STACK, "type": "pulumi:pulumi:Stack", "outputs": {"url": "u", "token": SECRET}},
    {"urn": KEY, "type": "aws:kms/key:Key", "custom": True, "id": "k", "parent": STACK, "protect": True},
    {
        "urn": QUEUE,
        "type": "aws:sqs/queue:Queue",
        "custom": True,
        "id": "q",
        "inputs": {"__defaults": [], "delaySeconds": 30.0, "tags": {"__defaults": [], "a": "b"}, "policy": SECRET},
        "dependencies": [KEY],
        "propertyDependencies": {"kmsMasterKeyId": [KEY], "name": []},
    },
    {"urn": QUEUE + "-old", "type": "aws:sqs/queue:Queue", "custom": True, "id": "o", "delete": True},
]


@pytest.mark.parametrize(
    "content",
    [
        {"version": 3, "deployment": {"resources": ROWS}},
        {"version": 3, "checkpoint": {"stack": "prod", "latest": {"resources": ROWS}}},
        {"steps": [{"op": "create", "urn": row["urn"], "newState": row} for row in ROWS]},
    ],
)
def test_each_kind_of_file_gives_the_same_graph(content: dict[str, Any]) -> None:
    graph = graph_of_state(json.dumps(content))
    assert (graph.project, graph.stack) == ("shop", "prod")
    key, queue = graph.resources
    assert (key.urn, key.parent, key.options.protect) == (KEY, None, True)
    assert queue.inputs == {"delaySeconds": 30, "tags": {"a": "b"}, "policy": "[secret]"}
    assert isinstance(queue.inputs["delaySeconds"], int)
    assert queue.secrets == ("policy",)
    assert graph.sources(queue, "kmsMasterKeyId") == (key,)
    assert graph.exports == {"url": "u", "token": "[secret]"}
    assert graph.secret_exports == ("token",)


def test_what_a_preview_deletes_is_not_there() -> None:
    steps = [
        {"op": "same", "urn": KEY, "oldState": ROWS[1], "newState": ROWS[1]},
        {"op": "delete", "urn": QUEUE, "oldState": ROWS[2]},
    ]
    assert [item.urn for item in graph_of_state(json.dumps({"steps": steps})).resources] == [KEY]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"deployment": {"resources": 3}}',
        '{"deployment": {"resources": []}}',
        '{"deployment": {"resources": [{"urn": "x"}]}}',
        '{"deployment": {"resources": [{"urn": "x", "type": "t", "inputs": 3}]}}',
    ],
)
def test_what_is_no_state_is_told(text: str, tmp_path: Path) -> None:
    file = tmp_path / "s.json"
    file.write_text(text)
    with pytest.raises(StateError):
        read_state(file)
