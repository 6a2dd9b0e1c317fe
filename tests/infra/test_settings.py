"""The settings model: its shorthands, its defaults, and what each wrong value is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from infra.errors import SettingsError
from infra.settings import settings_schema
from infra.stack_config import read_config
from surgeproof.graph.program import run_function
from surgeproof.graph.project import Project, StackConfig
from tests.infra.conftest import ROOT, WEB, WORKER, stack_settings


def _scaling(**changes: Any) -> dict[str, Any]:
    return {"scaling": {"min_tasks": 2, "max_tasks": 20, "cpu": 50, **changes}}


def test_range_is_shorthand():
    scaling = stack_settings().services["web"].scaling
    assert (scaling.min_tasks, scaling.max_tasks) == (2, 20)


def test_durations_read_as_people_write_them():
    web = stack_settings(web={"deregistration_delay": "2m", "request_timeout": "1.5s"}).services["web"]
    assert (web.deregistration_delay, web.request_timeout) == (120, 1.5)


def test_shape_follows_from_port_and_queue():
    services = stack_settings().services
    assert (services["web"].shape, services["work"].shape) == ("web", "worker")


def test_safe_when_nothing_is_said():
    settings = stack_settings()
    assert settings.audit.trail
    assert settings.audit.lock == "compliance"
    assert settings.network.nat == "per_zone"
    assert settings.database.instances == 2
    assert settings.services["web"].user != "0"


@pytest.mark.parametrize(
    ("service", "changes", "told"),
    [
        ("web", _scaling(min_tasks=30), "web.scaling.min_tasks: is above max_tasks (20), got 30, allowed: 1 to 20."),
        ("web", _scaling(max_tasks=0), "web.scaling.max_tasks: is not accepted, got 0, allowed: greater than"),
        ("web", _scaling(cpu=99), "web.scaling.cpu: is not accepted, got 99, allowed: less than or equal to 95"),
        ("web", {"scaling": {"range": "2-4", "min_tasks": 1}}, "scaling.range: says the same as min_tasks, got '2-4'"),
        ("web", {"scaling": {"range": "four"}}, "scaling.range: is not a range of tasks, got 'four', allowed: 2-20"),
        ("web", {"scaling": {"range": "2-4"}}, "web.scaling: says no target, so that nothing would scale"),
        ("web", {"scaling": {"cpu": 50, "max_tasks": 2}}, "web.scaling.min_tasks: is not set. Add min_tasks (tasks"),
        ("web", _scaling(cpuu=50), "web.scaling.cpuu: is not a setting, allowed: cooldowns, cpu"),
        ("web", _scaling(cpu=None, requests_per_task=9, high_resolution=True), "needs a target that has 20 s metrics"),
        ("web", _scaling(queue={"acceptable_latency": 9, "processing_time": 1}), "is for a worker"),
        ("web", {"cpu": 500}, "web.cpu: is no size that Fargate has, got 500, allowed: 256, 512"),
        ("web", {"memory": 512}, "web.memory: does not go with 512 CPU units on Fargate, got 512, allowed: 1024, 2048"),
        ("web", {"request_timeout": 45}, "web.deregistration_delay: cuts off the worst request"),
        ("web", {"stop_timeout": 121}, "web.stop_timeout: is more than Fargate gives, got 121, allowed: at most 120 s"),
        ("web", {"shutdown_time": 90}, "web.stop_timeout: kills the program before it has ended"),
        ("web", {"health": {"timeout": 10}}, "web.health.timeout: is not shorter than interval (10 s), got 10"),
        ("web", {"health": {"boot_time": 90}}, "web.health.grace: ends before a task has started"),
        ("web", {"health": {"path": "healthz"}}, "web.health.path: is not accepted, got 'healthz'"),
        ("web", {"image": "not an image"}, "web.image: is not an image reference"),
        ("web", {"cpu_ms": {"products": 3}}, "web.cpu_ms.products: is not a route"),
        ("web", {"cpu_ms": {"GET /": -3}}, "web.cpu_ms.GET /: is not accepted, got -3"),
        ("web", {"user": "0"}, "web.user: is not accepted, got '0'"),
        ("web", {"port": 99999}, "web.port: is not accepted, got 99999"),
        ("web", {"stop_timeout": "1.5s"}, "web.stop_timeout: AWS takes whole seconds here, got '1.5s'"),
        ("work", {"scaling": {"range": "1-2", "cpu": 50}}, "services.work: neither port nor scaling.queue is given"),
        (
            "work",
            {"scaling": {**WORKER["scaling"], "requests_per_task": 9}},
            "work.scaling.requests_per_task: needs a port",
        ),
        (
            "work",
            {"scaling": {"range": "1-2", "queue": {"acceptable_latency": 1, "processing_time": 5}}},
            "work.scaling.queue.acceptable_latency: is shorter than processing_time",
        ),
        ("Bad_Name", WORKER, "services.Bad_Name: is not a name for a service"),
        ("größe", WORKER, "services.größe: is not a name for a service"),
        ("work-", WORKER, "services.work-: is not a name for a service"),
    ],
)
def test_refuses_a_service(service: str, changes: dict[str, Any], told: str):
    with pytest.raises(SettingsError) as caught:
        stack_settings(**{service: changes})
    assert told in str(caught.value)
    assert str(caught.value).startswith("Pulumi.test.yaml services.")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"tier": "prod"}, "tier: is not accepted, got 'prod', allowed: 'local', 'dev', 'staging' or 'production'"),
        ({"services": {}}, "services: is not accepted"),
        ({"services": {"a": WEB, "b": WEB}}, "services: a, b of them takes requests"),
        ({"services": {"a": WORKER}}, "services: none of them takes requests"),
        ({"prewarm": {}}, "prewarm: belongs to the launch plan, which alone says it"),
        ({"netwrk": {}}, "netwrk: is not a setting"),
        ({"network": {"cidr": "10.0.0.0/24"}}, "network.cidr: has a size that does not hold the subnets"),
        ({"network": {"cidr": "8.8.0.0/16"}}, "network.cidr: is not a private block"),
        ({"network": {"cidr": "10.0.0.1/16"}}, "network.cidr: is not a block of addresses"),
        ({"network": {"zones": 4}}, "network.zones: is not accepted, got 4"),
        ({"database": {"min_capacity": 8, "max_capacity": 4}}, "database.min_capacity: is above max_capacity (4)"),
        ({"database": {"username": "admin"}}, "database.username: is a default name"),
        ({"cache": {"replicas": 0}}, "cache.replicas: is not accepted, got 0"),
        ({"queue": {"max_receives": 1}}, "queue.max_receives: is not accepted, got 1"),
        ({"payment": {"decline_rate": "150%"}}, "payment.decline_rate: is not between 0 and 1"),
        ({"edge": {"certificate_arn": "my-cert"}}, "edge.certificate_arn: is not accepted, got 'my-cert'"),
        ({"tags": {"owner": "me"}}, "tags.cost_center: is not set"),
    ],
)
def test_refuses_a_stack(changes: dict[str, Any], told: str):
    with pytest.raises(SettingsError) as caught:
        stack_settings(changes)
    assert f"Pulumi.test.yaml {told}" in str(caught.value)


CERTIFICATE = {"certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/x"}


@pytest.mark.parametrize("tier", ["staging", "production"])
@pytest.mark.parametrize(
    ("changes", "web", "told"),
    [
        ({"edge": CERTIFICATE}, {"image": "shop:latest"}, "services.web.image: moves under your feet"),
        ({"edge": CERTIFICATE}, {"image": "registry:5000/shop"}, "services.web.image: moves under your feet"),
        ({}, {}, "edge.certificate_arn: "),
        ({"edge": CERTIFICATE, "database": {"instances": 1}}, {}, "database.instances: leaves"),
    ],
)
def test_what_ships_may_not_cut_corners(tier: str, changes: dict[str, Any], web: dict[str, Any], told: str):
    assert stack_settings(changes, web=web)  # fine on one machine
    with pytest.raises(SettingsError) as caught:
        stack_settings({**changes, "tier": tier}, web=web)
    assert told in str(caught.value)


def test_a_stack_without_region_or_settings(tmp_path: Path):
    def read(**values: str) -> None:
        config = StackConfig({key.replace("_", ":"): value for key, value in values.items()})
        run_function(lambda: read_config("test"), project="shop", stack="test", root=tmp_path, config=config)

    with pytest.raises(SettingsError, match=r"Pulumi\.test\.yaml aws:region: is not set"):
        read()
    with pytest.raises(SettingsError, match=r"surgeproof:platform: there are no settings"):
        read(aws_region="eu-west-1")
    with pytest.raises(SettingsError, match=r"does not hold a mapping of settings, got 'green'"):
        read(aws_region="eu-west-1", surgeproof_platform="green")


def test_the_stacks_hold_to_the_schema(project: Project):
    schema = settings_schema()
    for stack in project.stacks:
        jsonschema.validate(yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text()), schema)
        first = (ROOT / f"Pulumi.{stack}.yaml").read_text().partition("\n")[0]
        assert first == "# yaml-language-server: $schema=docs/schemas/settings.schema.json"


def test_the_schema_refuses_what_the_model_refuses():
    stack = {"config": {"surgeproof:platform": {"tier": "local", "nonsense": 1}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(stack, settings_schema())


@pytest.mark.parametrize("prefix", ["shop-", "my--shop", "a" * 22])
def test_refuses_a_prefix_that_databases_cannot_be_named_with(prefix: str):
    with pytest.raises(SettingsError, match="prefix: is not accepted"):
        stack_settings({"prefix": prefix})


def test_the_published_schema_is_current():
    published = json.loads((ROOT / "docs/schemas/settings.schema.json").read_text())
    assert published == settings_schema(), "Write it anew: make schemas"
