"""Overrides on nested settings."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surgeproof.graph.errors import ProjectError
from surgeproof.graph.overrides import apply_overrides

SETTINGS = {"a": {"b": 1}, "list": [1, {"c": 2}], "s": {"min_tasks": 4, "max_tasks": 8}, "r": {"range": "2-6"}}


def test_replaces_and_adds_and_leaves_the_original():
    changed = apply_overrides(SETTINGS, {"a.b": 2, "list[1].c": 3, "new.deep.key": True})
    assert changed["a"] == {"b": 2}
    assert changed["list"] == [1, {"c": 3}]
    assert changed["new"] == {"deep": {"key": True}}
    assert SETTINGS["a"] == {"b": 1}


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("a..b", "is not a path of keys"),
        ("a.b.c", "leads through a.b, which has no settings of its own, got 1"),
        ("list[7]", "list is a list, got '7', allowed: an item from 0 to 1"),
        ("list.x.y", "list is a list, got 'x'"),
    ],
)
def test_refuses_paths_that_lead_nowhere(path: str, told: str):
    with pytest.raises(ProjectError) as caught:
        apply_overrides(SETTINGS, {path: 1})
    assert told in str(caught.value)
    assert path in str(caught.value)


def test_a_ceiling_below_the_floor_takes_the_floor_with_it(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING, "surgeproof.graph"):
        assert apply_overrides(SETTINGS, {"s.max_tasks": 2})["s"] == {"min_tasks": 2, "max_tasks": 2}
    assert "min_tasks goes from 4 to 2" in caplog.text


def test_a_floor_above_the_ceiling_takes_the_ceiling_with_it(caplog: pytest.LogCaptureFixture):
    assert apply_overrides(SETTINGS, {"s.min_tasks": 9})["s"] == {"min_tasks": 9, "max_tasks": 9}
    assert "max_tasks goes from 8 to 9" in caplog.text


def test_both_ends_are_taken_as_they_are():
    changed = apply_overrides(SETTINGS, {"s.min_tasks": 9, "s.max_tasks": 2})
    assert changed["s"] == {"min_tasks": 9, "max_tasks": 2}  # for the settings model to refuse


def test_one_end_of_a_range_keeps_the_other():
    assert apply_overrides(SETTINGS, {"r.max_tasks": 9})["r"] == {"min_tasks": 2, "max_tasks": 9}
    assert apply_overrides(SETTINGS, {"r.min_tasks": 3})["r"] == {"min_tasks": 3, "max_tasks": 6}


def test_a_range_takes_the_place_of_both_ends():
    assert apply_overrides(SETTINGS, {"s.range": "1-3"})["s"] == {"range": "1-3"}


_keys = st.text("abcdef", min_size=1, max_size=3)


@given(st.lists(_keys, min_size=1, max_size=4), st.integers())
def test_what_is_set_is_read_back(keys: list[str], value: int):
    place = apply_overrides({}, {".".join(keys): value})
    for key in keys:
        place = place[key]
    assert place == value
