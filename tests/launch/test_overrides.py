"""Overrides: `--set path=value` in every spelling, and what cannot be understood."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surgeproof.launch.errors import OverrideError
from surgeproof.launch.overrides import apply_overrides, field_path, parse_override, parse_overrides, written_path


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("a.b.c=2", "a.b.c", 2),
        ("prewarm.enabled=false", "prewarm.enabled", False),
        ("gates[0].max=800ms", "gates[0].max", "800ms"),
        ("gates[0].phase=[surge, peak]", "gates[0].phase", ["surge", "peak"]),
        ("launch.time=10:30", "launch.time", "10:30"),
        ("launch.date=2027-03-21", "launch.date", "2027-03-21"),
        ("name=a=b", "name", "a=b"),
        ("name=", "name", None),
        ("services.storefront.scaling.max_tasks=2", "services.storefront.scaling.max_tasks", 2),
    ],
)
def test_parsed(text: str, path: str, value: Any):
    assert parse_override(text) == (path, value)


@pytest.mark.parametrize("text", ["", "a", "=1", ".a=1", "a..b=1", "a[x]=1", "a[0=1", "[0]=1", "a.=1"])
def test_not_understood(text: str):
    with pytest.raises(OverrideError, match="Write path=value"):
        parse_override(text)


def test_value_that_is_no_yaml():
    with pytest.raises(OverrideError, match="--set a: has a value that is not YAML"):
        parse_override("a=[1")


def test_last_of_a_path_counts():
    assert parse_overrides(["a=1", "b=2", "a=3"]) == {"a": 3, "b": 2}


def test_original_is_left_alone():
    data = {"a": {"b": [1, {"name": "x", "c": 2}]}}
    changed, paths = apply_overrides(data, {"a.b[1].c": 3, "a.b.x.d": 4, "new.key": 5})
    assert changed == {"a": {"b": [1, {"name": "x", "c": 3, "d": 4}]}, "new": {"key": 5}}
    assert data == {"a": {"b": [1, {"name": "x", "c": 2}]}}
    assert paths == [("a", "b", 1, "c"), ("a", "b", 1, "d"), ("new", "key")]


def test_below_a_plain_value():
    with pytest.raises(OverrideError, match="goes below a plain value"):
        apply_overrides({"a": 1}, {"a.b": 2})


@given(st.lists(st.one_of(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.integers(0, 99)), min_size=1, max_size=6))
def test_written_paths_read_back(parts: list[str | int]):
    path = ("top", *parts)
    assert field_path(written_path(path)) == path
