"""CPU demand: the most specific route counts."""

from __future__ import annotations

import pickle

import pytest

from surgeproof.launch.demand import CpuDemand
from surgeproof.launch.errors import LaunchError

DEMAND = CpuDemand.parse(
    {
        "*": 10,
        "GET /products/*": 20,
        "GET /products/SERUM-001": 25,
        "/products/*": 22,
        "POST /checkout": 60,
        "GET /a/**": 7,
    }
)


@pytest.mark.parametrize(
    ("method", "path", "ms"),
    [
        ("GET", "/products/P-0001", 20),
        ("get", "/products/P-0001?from=mail", 20),
        ("GET", "/products/SERUM-001", 25),
        ("POST", "/products/P-0001", 22),
        ("GET", "/products/P-0001/reviews", 10),
        ("GET", "/products", 10),
        ("POST", "/checkout", 60),
        ("GET", "/checkout", 10),
        ("GET", "/a/b/c", 7),
    ],
)
def test_most_specific_counts(method: str, path: str, ms: float):
    assert DEMAND.ms(method, path) == ms


def test_without_a_rule_it_is_nought():
    assert CpuDemand.parse({"GET /": 5}).ms("GET", "/x") == 0


def test_travels_between_processes():
    assert pickle.loads(pickle.dumps(DEMAND)).ms("POST", "/checkout") == 60  # noqa: S301 - our own bytes


@pytest.mark.parametrize("key", ["", "products", "GET products", "GET  /x", "get /x", "GET"])
def test_wrong_key(key: str):
    with pytest.raises(LaunchError, match="is not a route"):
        CpuDemand.parse({key: 1})


@pytest.mark.parametrize("ms", [-1, float("nan"), float("inf"), True, "5"])
def test_wrong_demand(ms: float):
    with pytest.raises(LaunchError, match="is not a CPU demand"):
        CpuDemand.parse({"*": ms})
