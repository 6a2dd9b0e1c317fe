"""A site, and short plans on it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from surgeproof.load.run_config import RunConfig
from tests.load.driving import Make, PlanFile
from tests.load.locust_run import LOCUSTFILE, ROOT, start
from tests.load.site import Site

__all__ = ["LOCUSTFILE", "ROOT", "start"]

PLAN = """\
name: short
launch: {{date: 2027-03-20, time: "10:00", zone: Europe/Paris}}
curve:
  phases:
    - {{name: surge, duration: {half}s, rate: {rate}}}
    - {{name: peak, duration: {half}s, rate: {rate}}}
journeys:
  mix: {mix}
  think_time: {{mu: -3, sigma: 0.5, max: 1s}}
  order_step: checkout
  request_timeout: {timeout}s
catalogue: {{products: 50, hero_sku: SERUM-001, hero_share: 0.2, zipf: 0.9, hero_stock: 1000, stock: 100}}
gates: [{{phase: "*", metric: p95, max: 800ms}}]
prewarm: {{enabled: false, lead: 0s, release: 0s, tasks: {{}}}}
"""
SHOP_MIX = "{glance: 0.4, browse: 0.2, browse_and_cart: 0.1, returning: 0.1, checkout: 0.1, stock_out_retry: 0.1}"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


@pytest.fixture
def plan_file(tmp_path: Path) -> PlanFile:
    """``plan_file(mix=..., rate=..., seconds=..., timeout=...)`` writes a plan and returns its path."""

    def write(mix: str = SHOP_MIX, rate: float = 20, seconds: float = 2, timeout: float = 1, **_: Any) -> Path:
        path = tmp_path / "plan.yaml"
        path.write_text(PLAN.format(half=seconds / 2, rate=rate, mix=mix, timeout=timeout), encoding="utf-8")
        return path

    return write


@pytest.fixture
def config(site: Site, plan_file: PlanFile, tmp_path: Path) -> Make:
    """``config(plan={...}, ...)`` makes the settings of a run of a short plan on the site."""

    def make(*, plan: dict[str, Any] | None = None, **settings: Any) -> RunConfig:
        given = {"plan": plan_file(**(plan or {})), "host": site.url, "folder": tmp_path / "run", "seed": 3}
        return RunConfig.model_validate({**given, **settings})

    return make


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of its own for localhost and 127.0.0.1; ``key.pem`` is beside it."""
    folder = tmp_path_factory.mktemp("certificate")
    made = folder / "cert.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", str(folder / "key.pem"), "-out", str(made)),
        ],
        check=True,
        capture_output=True,
    )
    return made
