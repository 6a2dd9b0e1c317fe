"""The estimate: quantities from the graph, prices from the table, nothing silently left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surgeproof.graph.model import Graph, Resource
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.scaling.cost.compute import _split
from surgeproof.scaling.cost.estimate import estimate
from surgeproof.scaling.cost.item import FREE, HOURS, USAGE
from surgeproof.scaling.cost.prices import load_prices
from surgeproof.scaling.errors import PriceError

ROOT = Path(__file__).resolve().parents[3]


def resource(
    type_: str, name: str = "it", uses: dict[str, tuple[str, ...]] | None = None, **inputs: object
) -> Resource:
    return Resource(type=type_, name=name, urn=name, id=name, inputs=inputs, property_dependencies=uses or {})


def graph(*resources: Resource) -> Graph:
    return Graph(project="shop", stack="test", resources=resources)


def service(strategies: list[dict[str, object]] | None = None) -> Graph:
    return graph(
        resource(
            "aws:ecs/taskDefinition:TaskDefinition",
            "definition",
            cpu="512",
            memory="1024",
            runtimePlatform={"cpuArchitecture": "ARM64"},
        ),
        resource(
            "aws:ecs/service:Service",
            "web",
            {"taskDefinition": ("definition",)},
            desiredCount=9,
            capacityProviderStrategies=strategies,
        ),
        resource("aws:appautoscaling/target:Target", "target", {"resourceId": ("web",)}, minCapacity=2, maxCapacity=10),
    )


def test_tasks_cost_their_size_from_the_smallest_to_the_largest_number():
    prices = load_prices()
    found = estimate(service(), prices)
    hour = 0.5 * prices.prices["fargate.arm64.vcpu"].amount + prices.prices["fargate.arm64.memory"].amount
    assert found.least == pytest.approx(2 * hour * HOURS)
    assert found.most == pytest.approx(10 * hour * HOURS)


def test_spot_tasks_cost_less():
    spot = estimate(
        service(
            [
                {"capacityProvider": "FARGATE", "base": 2, "weight": 0},
                {"capacityProvider": "FARGATE_SPOT", "weight": 1},
            ]
        ),
        load_prices(),
    )
    plain = estimate(service(), load_prices())
    assert spot.least == pytest.approx(plain.least)
    assert plain.most * 0.3 < spot.most < plain.most * 0.5


@given(st.integers(0, 500), st.integers(0, 20), st.integers(0, 9), st.integers(1, 9))
def test_tasks_are_split_without_losing_one(tasks: int, base: int, weight: int, spot_weight: int):
    strategies = [
        {"capacityProvider": "FARGATE", "base": base, "weight": weight},
        {"capacityProvider": "FARGATE_SPOT", "weight": spot_weight},
    ]
    on_demand, spot = _split(strategies, tasks)
    assert on_demand + spot == pytest.approx(tasks)
    assert on_demand >= min(base, tasks)


def test_what_no_price_is_known_for_is_told_and_in_no_sum():
    found = estimate(
        graph(
            resource("aws:elasticache/replicationGroup:ReplicationGroup", engine="valkey", nodeType="cache.x9.huge"),
            resource("aws:quicksight/dashboard:Dashboard", "board"),
        ),
        load_prices(),
    )
    assert found.least == 0
    assert found.unpriced == {"elasticache.valkey.cache.x9.huge": ("it",)}
    assert found.unknown == ("aws:quicksight/dashboard:Dashboard",)


def test_topics_and_buses_are_billed_by_what_goes_over_them():
    assert USAGE["aws:sns/topic:Topic"] == ("sns.requests",)
    assert USAGE["aws:cloudwatch/eventBus:EventBus"] == ("events.published",)
    assert not FREE & set(USAGE)


def test_what_is_billed_by_use_is_listed_and_not_made_up():
    found = estimate(graph(resource("aws:sqs/queue:Queue"), resource("aws:sqs/queue:Queue", "other")), load_prices())
    assert (found.least, found.by_use) == (0, {"sqs.requests": 2})


@pytest.mark.parametrize("stack", ["local", "dev", "production"])
def test_every_type_of_our_stacks_is_looked_at_and_priced(stack: str):
    found = estimate(run_program(Project.find(ROOT), stack), load_prices())
    assert found.unknown == ()
    assert found.unpriced == {}
    assert 0 < found.least < found.most
    assert set(found.by_use) <= set(found.table.prices)


def test_a_table_of_ones_own_replaces_the_shipped_one(tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text(
        "day: 2026-11-01\nregion: eu-west-1\ncurrency: EUR\nprices:\n  kms.key: {amount: 2, unit: key-month, source: bill}\n"
    )
    found = estimate(graph(resource("aws:kms/key:Key")), load_prices(file))
    assert (found.least, found.table.currency) == (2, "EUR")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "is no price table"),
        ("day: 2026-11-01\nregion: x\ncurrency: eur\nprices: {a: {amount: 1, unit: u, source: s}}\n", "currency"),
        ("day: 2026-11-01\nregion: x\ncurrency: EUR\nprices: {a: {amount: -1, unit: u, source: s}}\n", r"prices\.a"),
        ("[", "is not YAML"),
    ],
)
def test_a_wrong_table_is_named(tmp_path: Path, text: str, complaint: str):
    file = tmp_path / "wrong.yaml"
    file.write_text(text)
    with pytest.raises(PriceError, match=complaint) as caught:
        load_prices(file)
    assert str(file) in str(caught.value)


def test_a_table_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(PriceError, match="cannot be read"):
        load_prices(tmp_path / "none.yaml")


def test_every_shipped_price_names_its_source_and_unit():
    for name, price in load_prices().prices.items():
        assert "/pricing" in price.source or "on-demand" in price.source, name
        assert price.amount > 0, name
