"""Nothing that looks like a secret is told of a difference, wherever it stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from surgeproof.cli.drift import as_data
from surgeproof.graph.model import SECRET, Resource
from surgeproof.review.changes import compare
from surgeproof.review.drift import find_drift
from surgeproof.review.hiding import hidden
from surgeproof.review.shape import shapes_of
from tests.review.parts import graph, resource

TOLD = "hunter2-by-hand"
KEY = "AKIA" + "ABCDEFGHIJKLMNOP"
TASK = "aws:ecs/taskDefinition:TaskDefinition"


def containers(**variables: str) -> str:
    environment = [{"name": name, "value": value} for name, value in variables.items()]
    return json.dumps([{"name": "shop", "image": "shop:1", "environment": environment}])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", TOLD),
        ("x-api-key", TOLD),
        ("masterPassword", 12345678),
        ("value", {"name": "DB_PASSWORD", "value": TOLD}),
        ("secretString", {"user": TOLD}),
        ("passwords", [TOLD]),
        ("anything", f"before {KEY} after"),
        ("url", f"postgres://shop:{TOLD}@db/orders"),
        ("command", ["serve", "--password", TOLD]),
        ("command", ["sh", "-c", f"PASSWORD={TOLD} serve"]),
        ("command", ["serve", f"--password='{TOLD} {TOLD}'"]),
        ("containerDefinitions", containers(DB_PASSWORD=TOLD)),
        ("containerDefinitions", json.loads(containers(DB_PASSWORD=TOLD))),
        ("policy", json.dumps({"inner": json.dumps({"password": TOLD})})),
        ("PASSWORD", f"/{TOLD}"),
    ],
)
def test_a_secret_is_hidden_wherever_it_stands(name: str, value: Any):
    said = json.dumps(hidden(name, value))
    assert SECRET in said
    assert not any(word in said for word in (TOLD, KEY, "12345678"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("visibilityTimeoutSeconds", 60),
        ("by", "hand"),
        ("command", ["serve", "--port", "8080", "LOG=info"]),
        ("secret", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-password-AbCdEf"),
        ("password", "${Secret db.arn}"),
        ("enablePassword", True),
        ("token", None),
        (
            "containerDefinitions",
            containers(LOG="info", DB_PASSWORD_ARN="arn:aws:ssm:eu-west-1:123456789012:parameter/p"),
        ),
        ("kmsMasterKeyId", "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    ],
)
def test_what_is_no_secret_is_told(name: str, value: Any):
    assert hidden(name, value) == value


def looked_at(type_: str, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    state = resource(type_, "shop", **before)
    account: Resource = state.model_copy(update={"inputs": after})
    found = find_drift(graph(state), graph(state), graph(account).model_copy(update={"stack": "aws-eu-west-1"}))
    return as_data(found)["drift"][0]


def test_drift_tells_that_a_variable_was_added_by_hand_and_not_its_secret():
    before = containers(LOG="info")
    after = containers(LOG="info", DB_PASSWORD=TOLD)
    item = looked_at(TASK, {"containerDefinitions": before}, {"containerDefinitions": after})
    assert TOLD not in json.dumps(item)
    assert "DB_PASSWORD" in json.dumps(item)


def test_two_secrets_that_differ_have_drifted_and_do_not_count_as_the_program_saying_the_same():
    before, after = containers(DB_PASSWORD="by-the-program"), containers(DB_PASSWORD=TOLD)
    item = looked_at(TASK, {"containerDefinitions": before}, {"containerDefinitions": after})
    assert item["up"] == "`up` alone does not see it; `up --refresh` puts back what the program says"
    assert not any(word in json.dumps(item) for word in (TOLD, "by-the-program"))


def test_the_value_of_a_named_parameter_is_called_by_its_name():
    names = {"name": "db-password", "type": "String"}
    item = looked_at("aws:ssm/parameter:Parameter", {**names, "value": "a"}, {**names, "value": TOLD})
    assert [(each["state"], each["account"]) for each in item["properties"]] == [(SECRET, SECRET)]


def test_a_review_tells_where_a_secret_changed_and_not_what_it_is():
    old, new = (
        shapes_of(graph(resource(TASK, "shop", containerDefinitions=containers(DB_PASSWORD=value))))
        for value in ("by-the-program", TOLD)
    )
    (change,) = compare(old, new, lambda _: ())
    (difference,) = change.differences
    assert difference.path == "containerDefinitions[0].environment[0].value"
    assert (difference.old, difference.new) == (SECRET, SECRET)
