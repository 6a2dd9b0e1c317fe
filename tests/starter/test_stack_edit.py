"""A service is added to a stack file, and nothing else in it changes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from surgeproof.starter.errors import StarterError
from surgeproof.starter.order import Order, Shape
from surgeproof.starter.stack_edit import with_service

ROOT = Path(__file__).resolve().parents[2]
STACKS = sorted(ROOT.glob("Pulumi.*.yaml"))
FILE = """# mine
config:
  aws:region: eu-west-1 # Ireland
  surgeproof:platform:
    services:
      web:
        image: shop:1 # pinned later
        port: 80
      # the end of services
    tags: {owner: us}
"""


def services(text: str) -> dict[str, dict[str, object]]:
    return yaml.safe_load(text)["config"]["surgeproof:platform"]["services"]


def test_it_stands_at_the_end_of_the_services_and_the_rest_keeps_its_comments():
    text = with_service(FILE, Order("points"), file="x")
    assert [*services(text)] == ["web", "points"]
    kept = [line for line in text.splitlines() if line in FILE.splitlines()]
    assert kept == FILE.splitlines()
    assert text.index("port: 80") < text.index("points:") < text.index("# the end of services")


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
@pytest.mark.parametrize("shape", ["web", "worker"])
def test_every_stack_of_ours_takes_both_shapes(path: Path, shape: Shape):
    before = path.read_text()
    after = with_service(before, Order("points", shape), file=path.name)
    old, new = yaml.safe_load(before), yaml.safe_load(after)
    added = services(after)["points"]
    del new["config"]["surgeproof:platform"]["services"]["points"]
    assert new == old
    assert added["scaling"]
    assert ("port" in added) == (shape == "web")


def test_rules_of_two_services_have_different_priorities():
    text = with_service(with_service(FILE, Order("one"), file="x"), Order("two"), file="x")
    assert [services(text)[name]["rule_priority"] for name in ("one", "two")] == [100, 101]
    by_host = FILE.replace("port: 80\n", "port: 80\n      api: {image: a, port: 80, hosts: [api.example]}\n")
    assert services(with_service(by_host, Order("one"), file="x"))["one"]["rule_priority"] == 101


def test_a_name_that_is_taken_is_refused():
    with pytest.raises(StarterError, match="has a service of this name"):
        with_service(FILE, Order("web"), file="x")


@pytest.mark.parametrize("text", ["", "config: {}", "config:\n  surgeproof:platform:\n    services: {a: {port: 1}}\n"])
def test_a_stack_without_a_block_of_services_is_refused(text: str):
    with pytest.raises(StarterError, match="has no services to add to"):
        with_service(text, Order("points"), file="x")


@given(st.lists(st.text("ab \"'\\#:-", min_size=1, max_size=8), min_size=1, max_size=4))
def test_any_command_arrives_as_it_was_given(words: list[str]):
    text = with_service(FILE, Order("points", command=tuple(words)), file="x")
    assert services(text)["points"]["command"] == words


@pytest.mark.parametrize("name", ["", "Points", "1st", "a--b", "a-", "class", "x" * 21, "a_b", "../up"])
def test_names_that_cannot_be_are_refused(name: str):
    with pytest.raises(StarterError, match="is no name for a service"):
        Order(name)
