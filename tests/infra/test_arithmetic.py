"""Subnets, names, visibility and backlog: arithmetic with properties."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.errors import NameTooLongError
from infra.names import AUTO_SUFFIX, LIMITS, fit, logical
from infra.queue_times import MARGIN, visibility_timeout
from infra.scaling_settings import QueueScaling
from infra.subnets import ZONE_BLOCKS, Tier, subnet_of

_vpcs = st.builds(
    lambda second, prefix: IPv4Network((f"10.{second}.0.0", prefix)), st.integers(0, 255), st.integers(16, 20)
)


@given(_vpcs)
def test_subnets_lie_in_the_vpc_and_never_overlap(vpc: IPv4Network):
    subnets = [subnet_of(vpc, zone, tier) for zone in range(ZONE_BLOCKS) for tier in Tier]
    assert all(subnet.subnet_of(vpc) for subnet in subnets)
    assert not any(a.overlaps(b) for a, b in combinations(subnets, 2))
    assert sum(subnet.num_addresses for subnet in subnets) == vpc.num_addresses
    assert all(subnet.prefixlen <= 28 for subnet in subnets)  # AWS's smallest


@given(_vpcs, st.integers(0, ZONE_BLOCKS - 1))
def test_tasks_have_the_most_addresses(vpc: IPv4Network, zone: int):
    sizes = {tier: subnet_of(vpc, zone, tier).num_addresses for tier in Tier}
    assert sizes[Tier.APP] == 2 * sizes[Tier.PUBLIC] == 4 * sizes[Tier.DATA] == 4 * sizes[Tier.CARD_DATA]


def test_the_production_vpc():
    vpc = IPv4Network("10.20.0.0/16")
    assert str(subnet_of(vpc, 0, Tier.APP)) == "10.20.0.0/19"
    assert str(subnet_of(vpc, 2, Tier.DATA)) == "10.20.176.0/21"


@given(st.text("abcdefghij-", min_size=1, max_size=200).filter(lambda name: name[0] != "-"), st.integers(8, 80))
def test_names_fit(name: str, limit: int):
    fitted = fit(name, limit)
    assert len(fitted) <= limit
    assert fit(name, limit) == fitted
    assert fitted == name or len(name) > limit


@given(st.text("ab", min_size=40, max_size=50), st.text("ab", min_size=40, max_size=50))
def test_long_names_that_differ_stay_different(one: str, other: str):
    assert (fit(one, 32) == fit(other, 32)) == (one == other) or one[:27] == other[:27]


@pytest.mark.parametrize("type_", sorted(LIMITS))
def test_auto_naming_has_room(type_: str):
    assert len(logical(type_, "x" * 300)) + AUTO_SUFFIX <= LIMITS[type_]


def test_no_room_for_a_name():
    with pytest.raises(NameTooLongError, match="leaves no room for a name, got 'storefront', allowed: 5 characters"):
        fit("storefront", 5)


@given(st.floats(0, 40_000), st.floats(0, 120))
def test_nobody_gets_a_message_that_is_still_worked_on(handler: float, stop: float):
    visibility = visibility_timeout(handler, stop)
    assert handler + stop + MARGIN <= visibility < handler + stop + MARGIN + 1


@given(st.floats(0.01, 100), st.floats(1, 1000))
def test_a_backlog_at_its_target_is_worked_off_in_the_acceptable_latency(processing: float, factor: float):
    queue = QueueScaling(acceptable_latency=processing * factor, processing_time=processing)
    assert queue.backlog_per_task * processing == pytest.approx(queue.acceptable_latency)
    assert queue.backlog_per_task >= 1
