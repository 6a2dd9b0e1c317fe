"""What two graphs differ in, and what follows from it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from surgeproof.graph.model import SECRET, Graph, Options
from surgeproof.review.changes import Change, compare
from surgeproof.review.effects import interruption
from surgeproof.review.review import replace_keys
from surgeproof.review.shape import golden, read_golden, shapes_of
from tests.review.parts import QUEUE, SUBNET, VPC, graph, resource


def changes(old: Graph, new: Graph) -> dict[str, Change]:
    return {item.shape.name: item for item in compare(shapes_of(old), shapes_of(new), replace_keys)}


def test_the_same_graph_has_no_change():
    assert changes(graph(VPC, SUBNET, QUEUE), graph(VPC, SUBNET, QUEUE)) == {}


def test_what_can_be_changed_in_place_is_updated():
    longer = resource("aws:sqs/queue:Queue", "orders", name="shop-orders", visibilityTimeoutSeconds=90)
    change = changes(graph(QUEUE), graph(longer))["orders"]
    assert change.kind == "update"
    assert [(item.path, item.old, item.new) for item in change.differences] == [("visibilityTimeoutSeconds", 60, 90)]
    assert interruption(change) is None


def test_what_cannot_is_replaced_and_takes_its_dependants_with_it():
    wider = resource("aws:ec2/vpc:Vpc", "net", cidrBlock="10.1.0.0/16")
    found = changes(graph(VPC, SUBNET), graph(wider, SUBNET))
    assert {name: item.kind for name, item in found.items()} == {"net": "replace", "zone-a": "replace"}
    assert found["net"].why == "cidrBlock cannot be changed in place"
    assert found["zone-a"].why == "follows Vpc net"
    assert interruption(found["net"]) == "interrupts everything in it"


def test_a_new_name_without_an_alias_is_a_replacement_that_loses_what_is_in_it():
    renamed = resource("aws:sqs/queue:Queue", "requests", name="shop-requests", visibilityTimeoutSeconds=60)
    change = changes(graph(QUEUE), graph(renamed))["requests"]
    assert (change.kind, change.renamed_from) == ("replace", "orders")
    assert interruption(change) == "loses the queue and every message in it"


def test_another_resource_of_the_type_is_no_rename():
    other = resource("aws:sqs/queue:Queue", "requests", name="shop-requests", visibilityTimeoutSeconds=5)
    found = changes(graph(QUEUE), graph(other))
    assert {name: item.kind for name, item in found.items()} == {"orders": "delete", "requests": "create"}


def test_ignored_properties_are_no_change():
    def service(count: int, *ignored: str) -> Graph:
        options = Options(ignore_changes=ignored)
        return graph(resource("aws:ecs/service:Service", "web", options=options, desiredCount=count))

    assert changes(service(2, "desiredCount"), service(9, "desiredCount")) == {}
    assert changes(service(2), service(9))["web"].kind == "update"


def test_json_documents_are_compared_by_what_they_say():
    def policy(text: str) -> Graph:
        return graph(resource("aws:sqs/queuePolicy:QueuePolicy", "policy", policy=text))

    assert changes(policy('{"a": 1, "b": [2]}'), policy('{"b":[2],"a":1}')) == {}
    found = changes(policy('{"a": 1}'), policy('{"a": 2}'))["policy"]
    assert [item.path for item in found.differences] == ["policy.a"]


def test_references_stand_for_ids_that_change_from_run_to_run():
    shape = shapes_of(graph(VPC, SUBNET))[SUBNET.urn]
    assert shape.inputs["vpcId"] == "${Vpc net.id}"
    assert shape.uses == {"vpcId": ["Vpc net"]}


def test_secrets_are_in_no_shape():
    secret = resource(
        "aws:secretsmanager/secretVersion:SecretVersion", "it", secrets=("secretString",), secretString="hunter2"
    )
    assert shapes_of(graph(secret))[secret.urn].inputs == {"secretString": SECRET}


tags = st.dictionaries(st.sampled_from(["owner", "environment", "data"]), st.sampled_from(["a", "b"]))


@given(st.lists(tags, max_size=5), st.integers(0, 100))
def test_a_golden_file_gives_back_what_was_written(tag_sets: list[dict[str, str]], seconds: int):
    common = {"project": "shop"}
    made = [
        resource("aws:sqs/queue:Queue", f"queue-{index}", tags={**common, **own}, delaySeconds=seconds)
        for index, own in enumerate(tag_sets)
    ]
    whole = graph(VPC, SUBNET, *made)
    assert read_golden(golden(whole)) == shapes_of(whole)
