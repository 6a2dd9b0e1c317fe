"""The published schema is the model's, and every shipped plan follows it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from surgeproof.launch.plan import dump_plan, load_plan, plan_schema
from surgeproof.launch.yaml_source import parse_yaml

from .conftest import PLANS

FILE = Path(__file__).parents[2] / "docs" / "schemas" / "launch-plan.schema.json"


def test_schema_is_current():
    """Renew it with: make schemas."""
    assert json.loads(FILE.read_text()) == json.loads(json.dumps(plan_schema()))


@pytest.mark.parametrize("file", sorted(PLANS.glob("*.yaml")), ids=lambda file: file.stem)
def test_shipped_plans_follow_it(file: Path):
    validator = jsonschema.Draft202012Validator(json.loads(FILE.read_text()))
    for text in (file.read_text(), dump_plan(load_plan(file))):
        assert [error.message for error in validator.iter_errors(parse_yaml(text).data)] == []


def test_schema_refuses_what_the_model_refuses():
    validator = jsonschema.Draft202012Validator(json.loads(FILE.read_text()))
    data = parse_yaml((PLANS / "spring.yaml").read_text()).data
    data["curve"]["phases"][0]["shape"] = "cubic"
    assert not validator.is_valid(data)
