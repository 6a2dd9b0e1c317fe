"""What differs between two sets of inputs, and what it forces."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surgeproof.localcloud.engine.differences import Difference, differences, same
from surgeproof.localcloud.engine.planning import plan
from surgeproof.localcloud.engine.wire import DEFAULTS

_names = st.text(st.sampled_from("abcXYZ-. "), min_size=1, max_size=4)
_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=3),
    max_leaves=8,
)
inputs = st.dictionaries(_names, _values, max_size=4)


@given(inputs)
def test_a_thing_does_not_differ_from_itself(values):
    assert differences(values, copy.deepcopy(values)) == []


@given(inputs, inputs)
def test_what_is_equal_does_not_differ_and_what_differs_is_told_both_ways(old, new):
    there, back = differences(old, new), differences(new, old)
    if old == new and json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True):
        assert there == []
    turned = {"add": "delete", "delete": "add", "update": "update"}
    assert {(item.path, turned[item.kind]) for item in there} == {(item.path, item.kind) for item in back}


@given(inputs, _names, _values)
def test_one_more_input_is_one_addition(values, name, value):
    before = {key: item for key, item in values.items() if key != name}
    found = differences(before, {**before, name: value})
    assert [item.kind for item in found] == ["add"]
    assert found[0].forced_by([found[0].path])


def test_the_deepest_place_is_named():
    old = {
        "healthCheck": {"path": "/a", "port": 80},
        "ingress": [{"from": 1}, {"from": 2}],
        "tags": {"cost-center": "x"},
    }
    new = {"healthCheck": {"path": "/b", "port": 80}, "ingress": [{"from": 1}, {"from": 3}, {}], "tags": {}}
    assert differences(old, new) == [
        Difference("healthCheck.path", "update"),
        Difference("ingress[1].from", "update"),
        Difference("ingress[2]", "add"),
        Difference('tags["cost-center"]', "delete"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "equal"),
    [
        ('{"a": 1, "b": [2]}', '{"b":[2],"a":1}', True),
        ('{"a": 1}', '{"a": 2}', False),
        ('{"a": 1', '{"a": 1 }', False),
        (7, 7.0, True),
        (1, True, False),
        ("7", 7, False),
    ],
)
def test_two_spellings_of_one_thing_are_no_difference(old, new, equal):
    assert same(old, new) is equal


def test_a_replace_key_covers_what_lies_below_it_and_no_neighbour():
    found = plan(
        {"runtimePlatform": {"os": "LINUX"}, "runtime": 1},
        {"runtimePlatform": {"os": "WINDOWS"}, "runtime": 2},
        replace_on={"runtimePlatform"},
    )
    assert found.replacing == {"runtimePlatform.os"}
    assert {item.path for item in found.changes} == {"runtimePlatform.os", "runtime"}


def test_what_the_program_wants_left_alone_is_no_change():
    found = plan(
        {"desiredCount": 7, "name": "a"}, {"desiredCount": 2, "name": "a"}, replace_on=(), ignored=["desiredCount"]
    )
    assert found.changes == ()


def test_a_name_that_the_program_gave_must_be_free_before_the_new_one_is_made():
    old, new = {"name": "orders", "engine": "a"}, {"name": "orders", "engine": "b", DEFAULTS: []}
    assert plan(old, new, replace_on={"engine"}, name_prop="name").delete_first
    made_up = {**new, DEFAULTS: ["name"]}
    assert not plan(old, made_up, replace_on={"engine"}, name_prop="name").delete_first
    renamed = {**new, "name": "carts"}
    assert not plan(old, renamed, replace_on={"engine", "name"}, name_prop="name").delete_first
    assert not plan(
        old, {**new, "engine": "a"}, replace_on={"engine"}, name_prop="name", delete_first=True
    ).delete_first
