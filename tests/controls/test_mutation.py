"""The proof that every control bites: its mutants, on our own stack."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surgeproof.controls.control import Control
from surgeproof.controls.mutants.claims import all_claims
from surgeproof.controls.mutants.operators import Mutation, both, drop, gone, put
from surgeproof.controls.mutants.page import proof_page
from surgeproof.controls.mutants.paths import GONE, changed, parts_of
from surgeproof.controls.mutants.proof import Proof, prove
from surgeproof.controls.outcome import Outcome, passed
from surgeproof.controls.parameters import load_parameters
from surgeproof.controls.registry import all_controls, find_control
from surgeproof.graph.model import Graph
from tests.controls.conftest import MakeControl
from tests.controls.mutation.production import production
from tests.controls.mutation.samples import SAMPLES
from tests.controls.triples import graph_of, resource

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/controls/mutation.md"
QUEUE = "aws:sqs/queue:Queue"
LEAST = 4
"""Mutants a control, on average."""


def _registered() -> tuple[Control, ...]:
    return all_controls()


@pytest.fixture(scope="module")
def stack() -> Graph:
    """Our own production stack."""
    return production()


@pytest.fixture(scope="module")
def proofs(stack: Graph) -> list[Proof]:
    parameters = load_parameters(ROOT / "policies/parameters.yaml", _registered())
    return prove(_registered(), all_claims(), stack, SAMPLES, parameters)


def test_every_mutant_is_caught_by_the_control_that_claims_it(proofs: list[Proof]) -> None:
    missed = {
        proof.control.id: left
        for proof in proofs
        if (left := [(trial.fate, trial.label) for trial in proof.trials if trial.fate != "caught"])
    }
    assert missed == {}


def test_there_is_no_control_that_no_mutant_can_trip(proofs: list[Proof]) -> None:
    assert [proof.control.id for proof in proofs if not proof.caught] == []
    assert set(all_claims()) == {control.id for control in _registered()}


def test_mutants_are_many_and_differ(proofs: list[Proof]) -> None:
    assert sum(len(proof.trials) for proof in proofs) >= LEAST * len(proofs)
    for proof in proofs:
        labels = [trial.label for trial in proof.trials]
        assert len(set(labels)) == len(labels), proof.control.id


def test_the_page_is_current(proofs: list[Proof]) -> None:
    assert PAGE.read_text(encoding="utf-8") == proof_page(proofs), "run `make schemas`"


def _proved(control: Control, *mutations: Mutation) -> Proof:
    graph = graph_of(resource(QUEUE, "q", inputs={"kmsMasterKeyId": "k"}))
    (proof,) = prove([control], {control.id: mutations}, graph, {})
    return proof


def test_a_control_that_cannot_fail_is_found_out(make_control: MakeControl) -> None:
    def sleeps(_resource: object, _context: object) -> Outcome:
        return passed()

    dead = _proved(make_control(sleeps), drop("kmsMasterKeyId"))
    assert [trial.fate for trial in dead.trials] == ["survived"]
    assert "**(survived)**" in proof_page([dead])
    alive = _proved(find_control("SQS-01"), drop("kmsMasterKeyId"), gone("topic"))
    assert [trial.fate for trial in alive.trials] == ["caught", "void"]


def test_a_control_without_a_resource_anywhere_has_no_proof() -> None:
    (proof,) = prove([find_control("SNS-01")], {"SNS-01": (drop("kmsMasterKeyId"),)}, graph_of(), {})
    assert proof.trials == ()


def test_several_mutations_at_once() -> None:
    twice = both("twice", put("a", 1), put("b", 2))
    subject = resource(QUEUE, "q")
    (mutant,) = twice.change(graph_of(subject), subject).resources
    assert mutant.inputs == {"a": 1, "b": 2}
    assert subject.inputs == {}


@pytest.mark.parametrize(
    ("value", "path", "new", "expected"),
    [
        ({"a": {"b": 1}}, "a.b", 2, {"a": {"b": 2}}),
        ({"a": [{"b": 1}, {"b": 2}]}, "a[1].b", 3, {"a": [{"b": 1}, {"b": 3}]}),
        ({"a": '{"b": 1}'}, "a.b", 2, {"a": '{"b": 2}'}),
        ({"a": '[{"b": 1}]'}, "a[0].b", GONE, {"a": "[{}]"}),
        ({"a": [{"b": 1}]}, "a.b", 2, {"a": [{"b": 2}]}),
        ({"a": [1, 2]}, "a[0]", GONE, {"a": [2]}),
        ({"a": [1]}, "a[7]", GONE, {"a": [1]}),
        ({}, "a.b[0].c", 1, {"a": {"b": [{"c": 1}]}}),
        ({}, "a.b", GONE, {}),
    ],
)
def test_paths(value: object, path: str, new: object, expected: object) -> None:
    assert changed(value, parts_of(path), new) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(value=st.dictionaries(st.sampled_from("abc"), JSON), path=st.sampled_from(["a", "b.c", "a[0]", "c[1].a"]))
def test_what_is_put_is_there_and_the_original_is_untouched(value: dict[str, object], path: str) -> None:
    before = repr(value)
    first = parts_of(path)[0]
    made = changed(value, parts_of(path), "new")
    assert "new" in repr(made[first])
    assert repr(value) == before
    assert {key: item for key, item in made.items() if key != first} == {
        key: item for key, item in value.items() if key != first
    }
