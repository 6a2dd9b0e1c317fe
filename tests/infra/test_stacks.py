"""Whole stacks: what they deploy, say and link; and that the launch plan becomes scheduled actions."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import pytest

from infra.errors import SettingsError
from surgeproof.errors import SurgeproofError
from surgeproof.graph.model import Graph, Resource
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.launch.plan import load_plan
from tests.infra.conftest import ROOT, one

ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
MAX = "services.storefront.scaling.max_tasks"


def test_every_stack_runs(project: Project):
    assert set(project.stacks) >= {"local", "staging", "production"}
    assert len(run_program(project, "staging").resources) > 100


def test_exports_say_where_everything_is(production: Graph):
    exports = production.exports["surgeproof"]
    storefront, orders = exports["services"]["storefront"], exports["services"]["orders"]
    assert storefront["kind"] == "web"
    assert storefront["settings"] == "services.storefront"
    assert storefront["cpu_ms"]["POST /checkout"] == 80
    assert storefront["target_group_arn"] == one(production, "lb/targetGroup:TargetGroup").id
    assert storefront["deregistration_delay"] == 30
    assert orders["kind"] == "worker"
    assert orders["processing_time"] == 1
    queues = {item.id for item in production.of_type("aws:sqs/queue:Queue")}
    assert {orders["queue_url"], orders["dead_letter_queue_url"]} <= queues
    names = {item.outputs["name"] for item in production.of_type("aws:ecs/service:Service")}
    assert {storefront["ecs_service"], orders["ecs_service"]} == names
    assert exports["database"]["port"] == 5432
    assert exports["database"]["name"] == "shop"
    assert exports["cache"]["port"] == 6379
    assert exports["load_balancer"]["listener_arn"] in {i.id for i in production.of_type("aws:lb/listener:Listener")}
    assert exports["event_bus"] == one(production, "cloudwatch/eventBus:EventBus").outputs["name"]


def test_setting_paths_of_exports_have_lines(project: Project, production: Graph):
    for service in production.exports["surgeproof"]["services"].values():
        found = project.line_of("production", f"{service['settings']}.scaling.max_tasks")
        assert found is not None
        file, line = found
        assert "max_tasks" in (ROOT / file).read_text().splitlines()[line - 1]


def test_everything_is_made_by_a_component(production: Graph):
    assert [item.name for item in production.resources if item.parent is None] == ["shop-production"]


def test_every_taggable_resource_is_tagged(production: Graph):
    tagged = [item for item in production.resources if "tags" in item.inputs]
    assert len(tagged) > 50
    for item in tagged:
        tags = item.inputs["tags"]
        assert tags["environment"] == "production", item.name
        assert {"owner", "cost-center", "project", "data-classification", "pci-scope"} <= tags.keys()
    assert one(production, "rds/cluster:Cluster").inputs["tags"]["data-classification"] == "orders"


def test_links_are_property_dependencies(production: Graph):
    """An id, ARN or URL of another resource in an input came through an output, never as text."""
    owners: dict[str, Resource] = {}
    for item in production.resources:
        identity = item.id if re.fullmatch(r"[a-z]+-[0-9a-f]{17}", item.id or "") else None
        for key, value in (("arn", item.outputs.get("arn")), ("url", item.outputs.get("url")), ("id", identity)):
            if item.custom and isinstance(value, str) and key not in item.inputs:
                owners[value] = item
    missing = []
    for item in production.resources:
        for key, value in item.inputs.items():
            text = json.dumps(value)
            for known, owner in owners.items():
                quoted = re.search(rf'(?<![\w/-]){re.escape(known)}(?=[\\"/:])', text)
                if quoted and owner.urn != item.urn and owner.urn not in _reach(production, item.urn, key):
                    missing.append((item.name, key, owner.name))
    # The trail's own ARN has to be known to its key and bucket before it exists.
    # A service's image is named by the settings, whichever stack has made its repository.
    assert {owner for *_, owner in missing} <= {"shop-production-audit-trail", "shop-production-images-shop"}, missing


def _reach(graph: Graph, urn: str, key: str) -> set[str]:
    """URNs that a property is made from, directly or through the properties of those."""
    seen: set[str] = set()
    resource = graph.by_urn(urn)
    pending = list(resource.property_dependencies.get(key, ())) if resource else []
    while pending:
        current = pending.pop()
        if current not in seen:
            seen.add(current)
            found = graph.by_urn(current)
            pending += [other for urns in (found.property_dependencies.values() if found else ()) for other in urns]
    return seen


def test_what_holds_data_is_protected_where_shoppers_buy(production: Graph, local: Graph):
    for kind in (
        "rds/cluster:Cluster",
        "kms/key:Key",
        "s3/bucket:Bucket",
        "cloudtrail/trail:Trail",
        "sqs/queue:Queue",
        "elasticache/replicationGroup:ReplicationGroup",
    ):
        assert all(item.options.protect for item in production.of_type(f"aws:{kind}")), kind
        assert not any(item.options.protect for item in local.of_type(f"aws:{kind}")), kind


def test_the_plan_becomes_scheduled_actions(project: Project, production: Graph):
    plan = load_plan(ROOT / "loadtests/plans/spring.yaml")
    settings = project.settings("production")["services"]["storefront"]["scaling"]
    start, release = sorted(production.of_type(ACTION), key=lambda item: item.name)
    assert start.inputs["scalableTargetAction"] == {
        "minCapacity": plan.prewarm.tasks["storefront"],
        "maxCapacity": settings["max_tasks"],
    }
    assert release.inputs["scalableTargetAction"]["minCapacity"] == settings["min_tasks"]
    assert {start.inputs["timezone"], release.inputs["timezone"]} == {plan.launch.zone}
    assert start.inputs["schedule"].startswith(f"at({plan.launch.date}")


def test_a_plan_without_prewarm_schedules_nothing(project: Project):
    graph = run_program(project, "production", overrides={"plan_overrides": {"prewarm.enabled": False}})
    assert graph.of_type(ACTION) == ()


def test_actions_never_exceed_the_ceiling(project: Project, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING):
        graph = run_program(project, "production", overrides={MAX: 2})
    capacities = [item.inputs["scalableTargetAction"] for item in graph.of_type(ACTION)]
    assert all(capacity["minCapacity"] <= capacity["maxCapacity"] == 2 for capacity in capacities)
    target = one(graph, "appautoscaling/target:Target", "shop-production-storefront-scaling-target")
    assert (target.inputs["minCapacity"], target.inputs["maxCapacity"]) == (2, 2)
    assert "pre-warm asks for" in caplog.text


def test_another_plan_can_be_named_by_path(project: Project, tmp_path: Path):
    text = (ROOT / "loadtests/plans/spring.yaml").read_text().replace("Europe/Paris", "America/New_York")
    (tmp_path / "other.yaml").write_text(text)
    graph = run_program(project, "production", overrides={"launch_plan": str(tmp_path / "other.yaml")})
    assert {item.inputs["timezone"] for item in graph.of_type(ACTION)} == {"America/New_York"}


def test_a_plan_that_prewarms_an_unknown_service(project: Project):
    overrides = {"plan_overrides": {"prewarm.tasks": {"checkout": 4}}}
    with pytest.raises(SettingsError, match=r"pre-warms a service that the stack does not have, got 'checkout'"):
        run_program(project, "production", overrides=overrides)


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        ({"services.storefront.scaling.maxtasks": 2}, "is not a setting"),
        ({"nothing.at.all": 2}, "nothing: is not a setting"),
        ({"nothing.at.all": 2}, "settings of the launch plan start with catalogue, curve"),
        ({"services.storefront.image": "shop:latest"}, "services.storefront.image: moves under your feet"),
        ({"launch_plan": "loadtests/plans/none.yaml"}, "none.yaml"),
        ({"plan_overrides": {"prewarm.nothing": 1}}, "prewarm.nothing"),
    ],
)
def test_wrong_settings_are_told_in_a_sentence(project: Project, overrides: dict[str, object], told: str):
    with pytest.raises(SurgeproofError) as caught:
        run_program(project, "production", overrides=overrides)
    assert told in str(caught.value)
