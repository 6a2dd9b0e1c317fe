"""The scope map: who is inside, who is connected, and every way in that nobody has declared."""

from __future__ import annotations

import json
from typing import Any

import pytest

from surgeproof.controls.scope import scope_map
from surgeproof.controls.scope_flows import INTERNET
from surgeproof.controls.scope_svg import scope_svg
from surgeproof.controls.scope_text import scope_text
from surgeproof.controls.triples import graph_of, resource
from surgeproof.graph.model import Resource

GROUP = "aws:ec2/securityGroup:SecurityGroup"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


def _tagged(type_: str, name: str, scope: str = "", /, **given: Any) -> Resource:
    inputs = {**given.pop("inputs", {}), **({"tags": {"pci-scope": scope}} if scope else {})}
    return resource(type_, name, inputs=inputs, **given)


VAULT = _tagged("aws:dynamodb/table:Table", "vault", "cde")
KEY = _tagged("aws:kms/key:Key", "card-key", "cde")
CARDS = _tagged("aws:sqs/queue:Queue", "cards", "cde")
STORE = _tagged(GROUP, "card-group", "cde")


def _network(scope: str) -> list[Resource]:
    shop = _tagged(GROUP, "shop-group", scope)
    rule = resource(
        RULE,
        "card-in",
        inputs={"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432},
        property_dependencies={"securityGroupId": (STORE.urn,), "referencedSecurityGroupId": (shop.urn,)},
    )
    service = resource(
        "aws:ecs/service:Service",
        "shop",
        inputs={"networkConfiguration": {"securityGroups": []}},
        property_dependencies={"networkConfiguration": (shop.urn,)},
    )
    return [STORE, shop, rule, service]


def _role(scope: str) -> list[Resource]:
    role = _tagged("aws:iam/role:Role", "shop-role", scope)
    document = {"Statement": [{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "arn:x"}]}
    policy = resource(
        "aws:iam/rolePolicy:RolePolicy",
        "shop-policy",
        inputs={"policy": json.dumps(document)},
        property_dependencies={"role": (role.urn,), "policy": (VAULT.urn,)},
    )
    return [VAULT, role, policy]


def _event(scope: str) -> list[Resource]:
    rule = _tagged("aws:cloudwatch/eventRule:EventRule", "shop-rule", scope)
    target = resource(
        "aws:cloudwatch/eventTarget:EventTarget",
        "to-cards",
        inputs={"arn": "arn:x"},
        property_dependencies={"rule": (rule.urn,), "arn": (CARDS.urn,)},
    )
    return [CARDS, rule, target]


def _grant(scope: str) -> list[Resource]:
    role = _tagged("aws:iam/role:Role", "shop-role", scope)
    links = {"keyId": (KEY.urn,), "granteePrincipal": (role.urn,)}
    return [KEY, role, resource("aws:kms/grant:Grant", "grant", inputs={}, property_dependencies=links)]


def _redrive(scope: str) -> list[Resource]:
    queue = _tagged("aws:sqs/queue:Queue", "shop-queue", scope)
    linked = queue.model_copy(
        update={
            "inputs": {**queue.inputs, "redrivePolicy": "{}"},
            "property_dependencies": {"redrivePolicy": (CARDS.urn,)},
        }
    )
    return [CARDS, linked]


WAYS = {"network": _network, "role": _role, "event": _event, "key": _grant, "queue": _redrive}


@pytest.mark.parametrize("kind", WAYS)
def test_a_way_in_from_outside_is_undeclared_and_makes_its_end_connected(kind: str) -> None:
    found = scope_map(graph_of(*WAYS[kind]("out")))
    assert kind in {item.kind for item in found.undeclared}
    sources = {item.source for item in found.undeclared}
    assert sources <= {item.urn for item in found.of("connected")}
    assert found.of("inside")


@pytest.mark.parametrize("kind", ["role", "event", "key", "queue"])
@pytest.mark.parametrize("scope", ["cde", "connected"])
def test_a_way_in_that_is_declared_is_no_finding(kind: str, scope: str) -> None:
    assert scope_map(graph_of(*WAYS[kind](scope))).undeclared == ()


def test_what_lies_in_an_admitted_group_comes_in_too() -> None:
    found = scope_map(graph_of(*_network("connected")))
    connected = {item.name for item in found.of("connected")}
    assert connected == {"shop-group"}
    table = resource(
        "aws:rds/cluster:Cluster",
        "db",
        inputs={"vpcSecurityGroupIds": [], "tags": {"pci-scope": "cde"}},
        property_dependencies={"vpcSecurityGroupIds": (STORE.urn,)},
    )
    found = scope_map(graph_of(*_network("connected"), table))
    names = {item.urn: item.name for item in found.nodes}
    assert ("shop", "db") in {(names[item.source], names[item.target]) for item in found.undeclared}


def test_the_internet_is_named_as_such() -> None:
    rule = resource(
        RULE,
        "world",
        inputs={"ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"},
        property_dependencies={"securityGroupId": (STORE.urn,)},
    )
    (flow,) = scope_map(graph_of(STORE, rule)).undeclared
    assert (flow.source, flow.by) == (INTERNET, "world: all ports")


def test_nothing_inside_is_said() -> None:
    found = scope_map(graph_of(_tagged("aws:sqs/queue:Queue", "orders", "out")))
    assert "Nothing is tagged pci-scope: cde" in scope_text(found)
    assert "nothing is tagged" in scope_svg(found)


def test_text_and_picture_tell_the_same() -> None:
    found = scope_map(graph_of(*_role("out")))
    text, picture = scope_text(found), scope_svg(found)
    assert "UNDECLARED ways in: 1" in text
    assert "shop-role -> vault  [role: shop-policy: dynamodb:GetItem]" in text
    assert "undeclared: role" in picture
    for name in ("shop-role", "vault"):
        assert name in picture
