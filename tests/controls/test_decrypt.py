"""Who can decrypt: key policy, identity policies and grants, and what delegates to what."""

from __future__ import annotations

import json
from typing import Any

import pytest

from surgeproof.controls.decrypt import Decryption, decrypt_text, who_can_decrypt
from surgeproof.controls.errors import UnknownKeyError
from surgeproof.controls.triples import graph_of, resource
from surgeproof.graph.model import Resource
from surgeproof.graph.wire import UNKNOWN_MARK

ARN = "arn:aws:kms:eu-west-1:123456789012:key/1"
ROOT = "arn:aws:iam::123456789012:root"
ROLE = resource("aws:iam/role:Role", "worker", outputs={"arn": "arn:aws:iam::123456789012:role/worker"})


def _statement(principal: Any = None, action: Any = "kms:Decrypt", /, **more: Any) -> dict[str, Any]:
    given = {"Effect": "Allow", "Action": action, "Resource": "*", **more}
    return {**given, "Principal": principal} if principal is not None else given


def _key(*statements: dict[str, Any]) -> Resource:
    policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return resource("aws:kms/key:Key", "cards", id="1", inputs={"policy": policy}, outputs={"arn": ARN})


def _policy(*statements: dict[str, Any], name: str = "reads") -> Resource:
    document = json.dumps({"Statement": list(statements)})
    links = {"role": (ROLE.urn,)}
    return resource(
        "aws:iam/rolePolicy:RolePolicy",
        name,
        inputs={"role": "worker", "policy": document},
        property_dependencies=links,
    )


def _who(*resources: Resource) -> list[tuple[str, str]]:
    return [(item.principal, item.where) for item in _found(*resources).through]


def _found(*resources: Resource) -> Decryption:
    return who_can_decrypt(graph_of(*resources), "cards")


def test_the_key_policy_names_a_role() -> None:
    key = _key(_statement({"AWS": ROLE.outputs["arn"]}, ["kms:Encrypt", "kms:Decrypt"], Sid="Use"))
    assert _who(key, ROLE) == [("worker", "key policy, Use")]


def test_identity_policies_count_only_where_the_account_may() -> None:
    reads = _policy(_statement(Resource=ARN, Sid="Read"))
    assert _who(_key(_statement({"AWS": ROOT}, "kms:*")), ROLE, reads) == [("worker", "identity policy reads, Read")]
    assert _who(_key(_statement({"AWS": ROOT}, "kms:ScheduleKeyDeletion")), ROLE, reads) == []


@pytest.mark.parametrize(
    ("given", "covered"),
    [
        ({"Resource": "*"}, True),
        ({"Resource": ["arn:aws:kms:eu-west-1:123456789012:key/*"]}, True),
        ({"Resource": "arn:aws:kms:eu-west-1:123456789012:key/2"}, False),
        ({"NotResource": ARN}, False),
        ({"NotResource": "arn:aws:kms:eu-west-1:123456789012:key/2"}, True),
    ],
)
def test_resources_of_a_statement_are_matched(given: dict[str, Any], covered: bool) -> None:  # noqa: FBT001
    statement = {"Effect": "Allow", "Action": "kms:Dec*", **given}
    assert bool(_who(_key(_statement({"AWS": ROOT}, "kms:*")), ROLE, _policy(statement))) is covered


def test_what_cannot_decrypt_is_not_listed() -> None:
    key = _key(_statement({"AWS": ROLE.outputs["arn"]}, "kms:Encrypt"))
    assert _who(key, ROLE) == []


def test_a_grant_counts() -> None:
    links = {"keyId": (_key().urn,), "granteePrincipal": (ROLE.urn,)}
    grant = resource(
        "aws:kms/grant:Grant", "g", inputs={"operations": ["Decrypt", "Encrypt"]}, property_dependencies=links
    )
    assert _who(_key(), ROLE, grant) == [("worker", "grant g")]


def test_conditions_denials_and_services_are_told() -> None:
    key = _key(
        _statement("*", Sid="Via", Condition={"StringEquals": {"kms:CallerAccount": "123456789012"}}),
        _statement({"Service": "events.amazonaws.com"}, Sid="Bus"),
        {**_statement("*", Sid="Never"), "Effect": "Deny"},
        {**_statement("*", Sid="Else", Condition={"ArnNotLike": {"aws:PrincipalArn": "arn:shop"}}), "Effect": "Deny"},
    )
    found = _found(key)
    assert [(item.principal, item.conditions) for item in found.through] == [
        ("everybody in account 123456789012", ("kms:calleraccount 123456789012",)),
        ("service events.amazonaws.com", ()),
    ]
    assert found.denied == ("key policy, Never (always)", "key policy, Else (aws:principalarn ArnNotLike arn:shop)")
    text = decrypt_text(found, as_json=False)
    assert "without a condition" in text
    assert "2 can decrypt" in text


def test_what_is_not_known_is_told_and_not_taken_for_nobody() -> None:
    policy = _policy().model_copy(update={"inputs": {"policy": UNKNOWN_MARK}})
    found = _found(_key(_statement({"AWS": ROOT}, "kms:*")), ROLE, policy)
    assert found.undecided == ("reads: known only after deployment",)
    hidden = resource("aws:kms/key:Key", "cards", inputs={"policy": UNKNOWN_MARK})
    assert _found(hidden).undecided == ("cards: its key policy is known only after deployment",)


@pytest.mark.parametrize("named", ["cards", "1", ARN, "alias/shop-cards"])
def test_a_key_is_found_by_name_id_arn_and_alias(named: str) -> None:
    inputs = {"name": "alias/shop-cards", "targetKeyId": "1"}
    alias = resource("aws:kms/alias:Alias", "alias", inputs=inputs)
    assert who_can_decrypt(graph_of(_key(), alias), named).key == "cards"


def test_a_key_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(UnknownKeyError, match="cards"):
        who_can_decrypt(graph_of(_key()), "orders")
