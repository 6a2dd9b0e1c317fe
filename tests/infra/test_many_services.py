"""Shops of many services: what AWS has quotas for is shared out, or refused where a quota is met for good."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.components.rule_room import GROUPS, RULES, RuleRoom, groups_needed
from infra.errors import SettingsError
from surgeproof.graph.model import Graph
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from tests.infra.conftest import WEB, WORKER, stack_settings

SERVICES = 65
"""More than one security group has rules for."""


@given(rules=st.integers(0, RULES * GROUPS), taken=st.integers(0, RULES))
def test_rules_fit_the_groups_that_are_made_for_them(rules: int, taken: int):
    taken = min(taken, rules)
    count = groups_needed(rules, what="it")
    groups: list[Any] = list(range(count))
    room = RuleRoom(groups, taken=taken)
    put: Counter[Any] = Counter(room.take() for _ in range(rules - taken))
    put[0] += taken
    assert max(put.values()) <= RULES
    assert (count - 1) * RULES < max(1, rules), "one group less would do"


def test_more_rules_than_an_interface_has():
    with pytest.raises(SettingsError, match="services: are more than the security groups of the cache have rules for, got '301 rules', allowed: 300"):  # fmt: skip
        groups_needed(301, what="the cache")


def _web(number: int, **changes: Any) -> dict[str, Any]:
    return {**WEB, "paths": [f"/w{number}/*"], "rule_priority": 200 + number, **changes}


@pytest.mark.parametrize(
    ("count", "changes", "told"),
    [
        (100, {}, "services: need 101 target groups, more than one load balancer has"),
        (50, {"deployment": {"strategy": "blue_green"}}, "services: need 101 target groups"),
        (49, {"deployment": {"strategy": "blue_green", "test_port": 9000}}, "services: need 51 listeners"),
    ],
)
def test_one_more_web_service_than_a_load_balancer_takes(count: int, changes: dict[str, Any], told: str):
    services = {f"w{number}": _web(number, **changes) for number in range(count)}
    with pytest.raises(SettingsError, match=told):
        stack_settings(**services)
    services.popitem()
    assert len(stack_settings(**services).services) == count + 1


def test_tasks_for_whom_there_is_no_address():
    small = {"network": {"cidr": "10.0.0.0/20", "zones": 2}}
    room = 2 * (512 - 5)
    others = sum(service.scaling.max_tasks for service in stack_settings().services.values())

    def more(tasks: int) -> dict[str, Any]:
        return {**WORKER, "scaling": {**WORKER["scaling"], "range": f"1-{tasks}"}}

    assert stack_settings(small, more=more(room - others))
    with pytest.raises(SettingsError, match=r"network\.cidr: has 1014 addresses in its app subnets, and all tasks together may be 1015"):  # fmt: skip
        stack_settings(small, more=more(room - others + 1))


@pytest.fixture(scope="module", params=["web", "worker"])
def large(request: pytest.FixtureRequest, project: Project) -> Graph:
    """The local stack, watched, with many services of one shape beside its own."""
    own = project.settings("local")["services"]
    if request.param == "worker":
        more = {f"services.w{number}": own["orders"] for number in range(SERVICES)}
    else:
        more = {
            f"services.w{number}": {**own["storefront"], "paths": [f"/w{number}/*"], "rule_priority": 200 + number}
            for number in range(SERVICES)
        }
    return run_program(project, "local", overrides={"observability.enabled": True, **more})


@pytest.mark.slow
def test_no_security_group_has_more_rules_than_it_can(large: Graph):
    rules = Counter(
        (item.type, item.inputs["securityGroupId"])
        for kind in ("Ingress", "Egress")
        for item in large.of_type(f"aws:vpc/securityGroup{kind}Rule:SecurityGroup{kind}Rule")
    )
    assert max(rules.values()) == RULES
    for token, names in (
        ("aws:rds/cluster:Cluster", "vpcSecurityGroupIds"),
        ("aws:elasticache/replicationGroup:ReplicationGroup", "securityGroupIds"),
    ):
        (store,) = large.of_type(token)
        let_in = sum(rules["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", group] for group in store.inputs[names])  # fmt: skip
        assert let_in == SERVICES + 2, token
        assert len(store.inputs[names]) == 2
    (door,) = large.of_type("aws:lb/loadBalancer:LoadBalancer")
    out = [rules["aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", group] for group in door.inputs["securityGroups"]]  # fmt: skip
    web = len(large.of_type("aws:lb/targetGroup:TargetGroup"))
    assert sum(out) == web
    assert len(out) == (1 if web <= RULES else 2)


@pytest.mark.slow
def test_documents_are_short_enough(large: Graph):
    for item in large.resources:
        for key, value in item.inputs.items():
            told = value if isinstance(value, str) else json.dumps(value, default=str)
            if item.type in _LONGEST and key in {"policy", "containerDefinitions"}:
                assert len(told) <= _LONGEST[item.type], item.name


_LONGEST = {
    "aws:iam/policy:Policy": 6144,
    "aws:iam/rolePolicy:RolePolicy": 10_240,
    "aws:kms/key:Key": 32_768,
    "aws:s3/bucketPolicy:BucketPolicy": 20_480,
    "aws:ecs/taskDefinition:TaskDefinition": 65_536,
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": 10_240,
}
"""Characters of a document (quotas of IAM, KMS, S3, ECS and EventBridge)."""
