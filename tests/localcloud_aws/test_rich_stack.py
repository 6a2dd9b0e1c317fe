"""A stack that uses every option, deployed: what a rehearsal reads of it, simulates, and says that it leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from surgeproof.graph.model import Graph
from surgeproof.graph.project import Project
from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.deploy import deploy
from surgeproof.localcloud.deployed import DeployedService, read_routing, read_services
from surgeproof.localcloud.deployed_scaling import ServiceScaling, read_scaling
from surgeproof.localcloud.metric_reading import reading
from surgeproof.localcloud.not_started import not_started
from surgeproof.scaling.autoscaler import ServiceAutoscaler
from surgeproof.scaling.metric import MetricSpec
from surgeproof.scaling.targets import StepScaling
from tests.infra.components.rich_stack import HOOK, RICH

ROOT = Path(__file__).resolve().parents[2]
FOREIGN = ("services.storefront.secrets", "services.storefront.secret_keys")
START = datetime(2027, 3, 20, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    """One of its own, in the stack's region, as a rehearsal has it."""
    with EmbeddedAws(region=Project.find(ROOT).config("local", {}).values["aws:region"]) as embedded:
        yield embedded


@pytest.fixture(scope="module")
def rich(aws: EmbeddedAws) -> Graph:
    """Deployed without the secrets of another account, which a task could not be filled from here."""
    overrides = {path: value for path, value in RICH.items() if path not in FOREIGN}
    return deploy(Project.find(ROOT), "local", overrides, aws)


@pytest.fixture(scope="module")
def services(aws: EmbeddedAws, rich: Graph) -> dict[str, DeployedService]:
    return {service.name: service for service in read_services(rich, aws)}


@pytest.fixture(scope="module")
def scaling(aws: EmbeddedAws, services: dict[str, DeployedService]) -> dict[str, ServiceScaling]:
    return read_scaling(aws, list(services.values()))


def test_the_program_s_own_container_runs_with_its_own_share(services: dict[str, DeployedService]):
    storefront, orders = services["storefront"], services["orders"]
    assert storefront.task.command[0] == "uvicorn"
    assert storefront.task.sidecars == ("proxy", "telemetry")
    assert storefront.task.share == (1024 - 2 * 64) / 1024
    assert orders.task.command == ("python", "-m", "services.orders")
    assert (orders.task.sidecars, orders.desired) == ((), 0)
    assert storefront.task.environment["CACHE_URL"].startswith("rediss://shop-local-cache-login-user@")


def test_all_requests_reach_the_revision_that_is_there(
    aws: EmbeddedAws, rich: Graph, services: dict[str, DeployedService]
):
    routed = read_routing(rich, aws)
    assert routed.default == services["storefront"].target_group
    assert routed.not_rehearsed == ()
    assert set(routed.groups) == {services[name].target_group for name in ("storefront", "api")}
    assert len(routed.lines) == 2  # the paths of one, and all others


def test_every_policy_is_simulated_or_told(
    scaling: dict[str, ServiceScaling], services: dict[str, DeployedService], rich: Graph
):
    names = {policy.name for policy in scaling["storefront"].policies}
    assert names == {"cpu", "requests", "response-time"}
    assert scaling["storefront"].forecasts == ("forecast (ForecastAndScale)",)
    told = {item.name: item for item in not_started(rich, list(services.values()), scaling)}
    assert set(told) == {"job nightly", "forecast of storefront", "sidecars of storefront"}
    assert "cron(0 3 * * ? *), Europe/Paris" in told["job nightly"].source
    assert told["sidecars of storefront"].value == "proxy, telemetry: not started"


def _spec(scaling: ServiceScaling, policy: str) -> MetricSpec:
    return next(item.metric for item in scaling.policies if item.name == policy)


def test_requests_are_those_of_the_group_that_has_targets(
    scaling: dict[str, ServiceScaling], services: dict[str, DeployedService]
):
    spec, group = _spec(scaling["storefront"], "requests"), services["storefront"].target_group
    values = {"requests_per_task": 600.0}
    readings = {query.id: reading(query, values, group) for query in spec.sources}
    assert sorted(readings.values(), key=str) == [600.0, None]
    assert spec.evaluate(readings) == 600.0  # and not 1,200


def test_a_message_wakes_a_worker_that_sleeps(scaling: dict[str, ServiceScaling]):
    orders = scaling["orders"]
    (wake,) = [policy for policy in orders.policies if isinstance(policy, StepScaling)]
    scaler = ServiceAutoscaler("orders", orders.target, orders.policies, orders.actions, desired=0, curve_start=START)
    waiting = wake.metric.evaluate({query.id: {"m1": 1.0, "m2": None}[query.id] for query in wake.metric.sources})
    scaler.feed(wake.metric.key, 60, waiting)
    decisions = [event for at in range(0, 400, 10) for event in scaler.step(at, 0) if event.kind == "decision"]
    assert [(event.policy, event.before, event.after) for event in decisions] == [("wake", 0, 1)]


def test_windows_hold_in_the_zone_s_hours(scaling: dict[str, ServiceScaling]):
    storefront = scaling["storefront"]
    scaler = ServiceAutoscaler(
        "storefront", storefront.target, storefront.policies, storefront.actions, desired=1, curve_start=START
    )
    assert (scaler.minimum, scaler.desired) == (3, 3)  # 10:00 in Paris
    night = ServiceAutoscaler(
        "storefront",
        storefront.target,
        storefront.policies,
        storefront.actions,
        desired=1,
        curve_start=START.replace(hour=22),
    )
    assert night.minimum == 1  # what runs is left to the targets


def test_a_lifecycle_hook_is_told_as_deployed(aws: EmbeddedAws, rich: Graph):
    (service,) = [item for item in rich.of_type("aws:ecs/service:Service") if item.name == "shop-local-storefront"]
    (kept,) = aws.client("ecs").describe_services(cluster=service.inputs["cluster"], services=[service.id])["services"]
    (hook,) = kept["deploymentConfiguration"]["lifecycleHooks"]
    assert (hook["hookTargetArn"], hook["lifecycleStages"]) == (HOOK, ["POST_TEST_TRAFFIC_SHIFT"])
    assert hook["hookDetails"] == {"smoke": True}
