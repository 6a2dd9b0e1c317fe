"""Overrides reach the plan or the stack, never both, and a wrong one is told by its path."""

from pathlib import Path

import pytest

from surgeproof.errors import SurgeproofError
from surgeproof.rehearsal.errors import RehearsalError
from surgeproof.rehearsal.options import RunOptions
from surgeproof.rehearsal.preparation import prepare, refuse_shared_keys

SMOKE = Path(__file__).parents[2] / "loadtests/plans/smoke.yaml"


def test_paths_of_plan_and_stack_are_told_apart() -> None:
    sets = ("services.storefront.scaling.max_tasks=2", "prewarm.enabled=false")
    prepared = prepare(RunOptions(plan=SMOKE, sets=sets))
    assert prepared.stack_overrides == {"services.storefront.scaling.max_tasks": 2}
    assert prepared.plan_overrides == {"prewarm.enabled": False}
    assert not prepared.plan.prewarm.enabled


@pytest.mark.parametrize("text", ["prewarm.enabled", "=1", "prewarm.enbled=false", "gates.99.max=1", "curve=3"])
def test_a_wrong_override_is_told(text: str) -> None:
    with pytest.raises(SurgeproofError, match="--set"):
        prepare(RunOptions(plan=SMOKE, sets=(text,)))


def test_the_same_key_in_plan_and_stack_is_an_error() -> None:
    refuse_shared_keys({"services": {}, "launch_plan": "x.yaml"}, "Pulumi.production.yaml")
    with pytest.raises(RehearsalError, match=r"Pulumi.production.yaml: surgeproof:platform.prewarm"):
        refuse_shared_keys({"prewarm": {"enabled": True}}, "Pulumi.production.yaml")
