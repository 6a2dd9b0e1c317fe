"""The graph as JSON, and back."""

from __future__ import annotations

import json

import pytest

from surgeproof.graph.errors import SavedGraphError
from surgeproof.graph.model import SECRET, Graph, Location, Options, Resource

QUEUE = Resource(
    type="aws:sqs/queue:Queue",
    name="q",
    urn="urn:pulumi:dev::toy::aws:sqs/queue:Queue::q",
    id="https://q",
    inputs={"delaySeconds": 5, "token": "hidden"},
    property_dependencies={"kmsMasterKeyId": ("urn:pulumi:dev::toy::aws:kms/key:Key::k",)},
    options=Options(protect=True),
    secrets=("token",),
    location=Location(file="infra/queue.py", line=3),
)
GRAPH = Graph(project="toy", stack="dev", resources=(QUEUE,), exports={"url": "u"})


def test_round_trip():
    assert Graph.from_json(GRAPH.to_json()) == GRAPH.redacted()


def test_json_has_what_readers_look_for():
    (resource,) = json.loads(GRAPH.to_json())["resources"]
    assert {"type", "name", "urn"} <= resource.keys()
    assert resource["inputs"] == {"delaySeconds": 5, "token": SECRET}


def test_a_source_that_is_not_in_the_graph_is_left_out():
    assert GRAPH.sources(QUEUE, "kmsMasterKeyId") == ()


@pytest.mark.parametrize("text", ["", "[]", '{"project": "toy"}', "{"])
def test_refuses_what_is_no_graph(text: str):
    with pytest.raises(SavedGraphError, match=r"graph\.json: is not a saved resource graph .* Write it with"):
        Graph.from_json(text, path="graph.json")
