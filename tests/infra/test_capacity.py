"""Where tasks run: Fargate and Spot, as arithmetic with properties."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.capacity_settings import FARGATE, SPOT, SpotMix, capacity_strategy
from infra.errors import SettingsError
from tests.infra.conftest import stack_settings


def _placed(strategy: list[dict[str, Any]], tasks: int) -> dict[str, int]:
    """Where ECS puts tasks: the base first, then each to whom it owes most (API_CapacityProviderStrategyItem)."""
    placed = {item["capacity_provider"]: min(tasks, item["base"]) for item in strategy if item["base"]}
    placed = {item["capacity_provider"]: placed.get(item["capacity_provider"], 0) for item in strategy}
    rest = dict.fromkeys(placed, 0)
    for _ in range(tasks - sum(placed.values())):
        weighted = [item for item in strategy if item["weight"]]
        owed = min(weighted, key=lambda item: (rest[item["capacity_provider"]] + 1) / item["weight"])
        rest[owed["capacity_provider"]] += 1
    return {provider: placed[provider] + rest[provider] for provider in placed}


@given(st.integers(1, 50), st.integers(0, 200))
def test_from_its_number_on_every_task_is_on_spot(spot_from: int, tasks: int):
    strategy = capacity_strategy(spot_from, None) or []
    on_fargate = min(tasks, spot_from - 1)
    if spot_from == 1:
        assert strategy[0]["weight"] == strategy[0]["base"] == 0
    assert _placed(strategy, tasks) == {FARGATE: on_fargate, SPOT: tasks - on_fargate}


@given(st.integers(0, 20), st.integers(0, 10), st.integers(1, 10), st.integers(0, 200))
def test_a_mix_keeps_its_base_and_its_weights(base: int, fargate: int, spot: int, tasks: int):
    if base == fargate == 0:
        fargate = 1
    placed = _placed(capacity_strategy(None, SpotMix(base=base, fargate=fargate, spot=spot)) or [], tasks)
    assert sum(placed.values()) == tasks
    assert placed[FARGATE] >= min(tasks, base)
    beyond = max(0, tasks - base)
    assert abs(placed[SPOT] - beyond * spot / (fargate + spot)) <= 1


def test_fargate_alone_when_nothing_is_said():
    assert capacity_strategy(None, None) is None


SHIPS = {"tier": "staging", "edge": {"certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/x"}}


@pytest.mark.parametrize(
    ("web", "told"),
    [
        ({"spot": {"base": 0, "fargate": 0}}, "services.web.spot: puts every task on capacity that AWS may take back"),
        ({"spot_from": 2}, "services.web.spot_from: puts tasks that always run on capacity that AWS may take back"),
    ],
)
def test_what_always_runs_is_not_on_spot_where_it_ships(web: dict[str, Any], told: str):
    assert stack_settings(web=web)  # fine on one machine
    with pytest.raises(SettingsError) as caught:
        stack_settings(SHIPS, web=web)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("web", "told"),
    [
        ({"spot_from": 3, "spot": {}}, "services.web.spot_from: says the same as spot, got 3"),
        ({"spot_from": 21}, "services.web.spot_from: is never reached: there are at most 20 tasks (max_tasks), got 21"),
        ({"spot": {"spot": 0}}, "services.web.spot.spot: is not accepted, got 0"),
    ],
)
def test_spot_that_contradicts_is_refused(web: dict[str, Any], told: str):
    with pytest.raises(SettingsError) as caught:
        stack_settings(web=web)
    assert told in str(caught.value)
