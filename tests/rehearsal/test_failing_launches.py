"""Launches that do not hold are told as such, with the cause and the line to change."""

import pytest

from tests.rehearsal.conftest import SMOKE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def shortfall(verdict: dict) -> float:
    (gate,) = [gate for gate in verdict["gates"] if gate["metric"] == "shortfall" and gate["service"] == "storefront"]
    return gate["measured"]


def test_the_ceiling_is_named(judged) -> None:
    verdict = judged("rehearse", SMOKE, "--set", "services.storefront.scaling.max_tasks=2")
    assert verdict["verdict"] == "NO-GO"
    assert verdict["cause"]["kind"] == "ceiling"
    assert verdict["change"]["setting"] == "services.storefront.scaling.max_tasks"
    assert verdict["change"]["old"] == 2
    assert verdict["change"]["new"] > 2
    assert "services.storefront.scaling.max_tasks=" in verdict["prove"]
    assert all(invariant["holds"] for invariant in verdict["invariants"])


def test_without_prewarm_there_is_a_shortfall(judged) -> None:
    verdict = judged("rehearse", SMOKE, "--set", "prewarm.enabled=false")
    assert verdict["verdict"] == "NO-GO"
    assert shortfall(verdict) > 0
    assert verdict["cause"]["kind"] == "prewarm_off"
