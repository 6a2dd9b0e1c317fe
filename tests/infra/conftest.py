"""Stacks and single components, run in this process with made-up outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.account import Account
from infra.settings import Settings, load_settings
from surgeproof.graph.model import Graph, Resource
from surgeproof.graph.program import run_function, run_program
from surgeproof.graph.project import Project

ROOT = Path(__file__).resolve().parents[2]
REGION = "eu-west-1"
BuildStack = Callable[..., Graph]


@pytest.fixture(scope="session")
def project() -> Project:
    """This project."""
    return Project.find(ROOT)


@pytest.fixture(scope="session")
def production(project: Project) -> Graph:
    """What production would deploy."""
    return run_program(project, "production")


@pytest.fixture(scope="session")
def local(project: Project) -> Graph:
    """What the local stack would deploy."""
    return run_program(project, "local")


def build(function: Callable[[Account], object]) -> Graph:
    """Run a function that makes components in an account."""
    return run_function(lambda: function(Account.current(REGION)), project="shop", stack="test", root=ROOT)


def one(graph: Graph, type_: str, name: str | None = None) -> Resource:
    """The one resource of a type (``sqs/queue:Queue``), or that of its name."""
    found = [item for item in graph.of_type(f"aws:{type_}") if name in {None, item.name}]
    assert len(found) == 1, f"{[item.name for item in graph.of_type(f'aws:{type_}')]}"
    return found[0]


WEB: dict[str, Any] = {"image": "shop:1", "port": 8080, "scaling": {"range": "2-20", "cpu": 50}}
WORKER: dict[str, Any] = {
    "image": "shop:1",
    "cpu": 256,
    "memory": 512,
    "scaling": {"range": "1-5", "queue": {"acceptable_latency": 60, "processing_time": 2}},
}


def stack_settings(changes: Mapping[str, Any] | None = None, **services: Mapping[str, Any]) -> Settings:
    """Settings of a small stack with a `web` and a `work` service; keyword arguments change or add services."""
    values: dict[str, Any] = {
        "tier": "local",
        "tags": {"owner": "team", "cost_center": "shop"},
        "services": {
            "web": {**WEB, **services.pop("web", {})},
            "work": {**WORKER, **services.pop("work", {})},
            **services,
        },
        **(changes or {}),
    }
    return load_settings(values, stack="test")
