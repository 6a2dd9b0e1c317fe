"""Identity policies, roles and keys: the triples."""

from __future__ import annotations

import json
from typing import Any

import pytest

from surgeproof.controls.policy_document import grants, matches
from surgeproof.graph.model import Options, Resource
from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import changed, made, verdicts
from tests.controls.triples import triple

BUCKET = made("aws:s3/bucket:Bucket", "b")
ROLE = made("aws:iam/role:Role", "r")


def document(action: Any, on: Any = "arn:aws:sqs:eu-west-1:123456789012:q", /, **more: Any) -> str:
    """A policy of one statement."""
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": action, "Resource": on, **more}]})


def policy(name: str, text: str) -> Resource:
    """A role's policy."""
    return made("aws:iam/rolePolicy:RolePolicy", name, {"policy": text}, role=ROLE)


SOUND = policy("p", document(["sqs:ReceiveMessage"]))


@pytest.mark.parametrize(
    ("id_", "bad"),
    [
        ("IAM-01", document("*", "*")),
        ("IAM-02", document("s3:*")),
        ("IAM-02", json.dumps({"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}})),
        ("IAM-03", document("sqs:SendMessage", "*")),
        ("IAM-03", document("secretsmanager:Get*", "*", Condition={"StringEquals": {"aws:RequestedRegion": "x"}})),
        ("IAM-03", document("s3:GetObject", "arn:aws:s3:::*/*")),
        ("IAM-03", document("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:*:secret:*")),
        ("KMS-04", document("kms:*", "*")),
        ("KMS-04", document("kms:Decrypt", "arn:aws:kms:eu-west-1:123456789012:key/*")),
    ],
)
def test_permissions(id_: str, bad: str) -> None:
    triple(id_, none=[BUCKET, ROLE], good=[SOUND], bad=[policy("p", bad)])
    assert verdicts(id_, policy("p", UNKNOWN_MARK)) == {"unknown"}
    inline = made("aws:iam/role:Role", "inline", {"inlinePolicies": [{"name": "x", "policy": bad}]})
    assert "fail" in verdicts(id_, inline)


def test_actions_without_resources_are_allowed() -> None:
    login = policy("p", document(["ecr:GetAuthorizationToken"], "*"))
    assert verdicts("IAM-03", login) == {"pass"}


@pytest.mark.parametrize("on", ["arn:aws:s3:::shop-*/*", "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/*"])
def test_data_of_one_name_may_be_read(on: str) -> None:
    assert verdicts("IAM-03", policy("p", document(["s3:GetObject", "ssm:GetParameter"], on))) == {"pass"}


def test_administrator_access() -> None:
    role = made("aws:iam/role:Role", "x", {"managedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]})
    assert verdicts("IAM-01", role) == {"fail"}


@pytest.mark.parametrize(
    ("control", "text"),
    [
        ("IAM-01", document("*", "*")),
        ("IAM-02", document("s3:*")),
        ("IAM-03", document("secretsmanager:GetSecretValue", "*")),
    ],
)
def test_a_policy_of_a_group_is_judged_as_a_user_s(control: str, text: str) -> None:
    """IAM-01 to IAM-03."""
    for type_ in ("aws:iam/groupPolicy:GroupPolicy", "aws:iam/userPolicy:UserPolicy"):
        assert verdicts(control, made(type_, "inline", {"policy": text})) == {"fail"}
        assert verdicts(control, made(type_, "inline", {"policy": UNKNOWN_MARK})) == {"unknown"}


@pytest.mark.parametrize("kind", ["rolePolicyAttachment", "userPolicyAttachment", "policyAttachment"])
def test_administrator_access_that_is_attached(kind: str) -> None:
    token = f"aws:iam/{kind}:{kind[0].upper()}{kind[1:]}"
    everything = made(token, "a", {"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"})
    something = made(token, "b", {"policyArn": "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"})
    assert verdicts("IAM-01", everything) == {"fail"}
    assert "fail" not in verdicts("IAM-01", something)


def test_escalation_over_the_union_of_policies() -> None:
    passes = document("iam:PassRole", "arn:aws:iam::123456789012:role/x", Condition={
        "StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    })  # fmt: skip
    first, second = policy("first", passes), policy("second", document("ecs:Run*", "*"))
    triple("IAM-04", none=[ROLE], good=[ROLE, first], bad=[ROLE, first, second])
    assert verdicts("IAM-04", ROLE, second) == {"pass"}
    assert verdicts("IAM-04", ROLE, policy("loose", document("iam:PassRole", "*"))) == {"fail"}
    assert verdicts("IAM-04", ROLE, policy("self", document("iam:Put*"))) == {"fail"}
    assert verdicts("IAM-04", ROLE, policy("later", UNKNOWN_MARK)) == {"unknown"}


def test_what_bounds_an_escalation() -> None:
    """IAM-04: a denial, the role's boundary, the boundary of what is made, and of what is passed."""
    writes = document("iam:PutRolePolicy", "*")
    assert verdicts("IAM-04", ROLE, policy("self", writes)) == {"fail"}
    denied = json.dumps({"Statement": [{"Effect": "Deny", "Action": "iam:Put*", "Resource": "*"}]})
    assert verdicts("IAM-04", ROLE, policy("self", writes), policy("not", denied)) == {"pass"}
    all_but = {"Effect": "Deny", "Action": "iam:Put*", "NotResource": "arn:aws:iam::123456789012:role/r"}
    elsewhere = json.dumps({"Statement": [all_but]})
    assert verdicts("IAM-04", ROLE, policy("self", writes), policy("not", elsewhere)) == {"fail"}
    bounding = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/b"}}
    assert verdicts("IAM-04", ROLE, policy("self", document("iam:PutRolePolicy", "*", Condition=bounding))) == {"pass"}
    boundary = made("aws:iam/policy:Policy", "b", {"policy": document("sqs:*", "*")})
    within = made("aws:iam/role:Role", ROLE.name, permissionsBoundary=boundary)
    assert verdicts("IAM-04", within, boundary, policy("self", writes)) == {"pass"}
    to_tasks = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    passes = policy("pass", document("iam:PassRole", "arn:task", Condition=to_tasks))
    runs = policy("run", document("ecs:RunTask", "*"))
    task = made("aws:iam/role:Role", "task", {"permissionsBoundary": "arn:b"})
    assert "fail" in verdicts("IAM-04", ROLE, passes, runs, changed(task, "permissionsBoundary"))
    assert "fail" not in verdicts("IAM-04", ROLE, passes, runs, task)


def test_wildcards_that_aws_demands() -> None:
    """IAM-03: by the table of actions; with a condition on what; never for data."""
    where = {"StringEquals": {"aws:ResourceTag/stack": "shop"}}
    for text, verdict in (
        (document("ecr:GetAuthorizationToken", "*"), "not-applicable"),
        (document(["ec2:DescribeVpcs", "xray:PutTraceSegments"], "*"), "not-applicable"),
        (document("sqs:SendMessage", "*"), "fail"),
        (document("sqs:SendMessage", "*", Condition=where), "not-applicable"),
        (document("sqs:SendMessage", "*", Condition={"Bool": {"aws:SecureTransport": "true"}}), "fail"),
        (document("s3:GetObject", "*", Condition=where), "fail"),
        (document("nosuch:Thing", "*"), "fail"),
    ):
        expected = {"pass"} if verdict == "not-applicable" else {verdict}
        assert verdicts("IAM-03", policy("p", text)) == expected, text


def test_an_account_by_number_is_its_root() -> None:
    """KMS-02: one holder under two names, and a statement for all but some."""
    use = json.loads(document("kms:Decrypt", "*", Principal=ROOT))["Statement"]
    both = json.loads(document(["kms:PutKeyPolicy"], "*", Principal={"AWS": "123456789012"}))["Statement"]
    assert verdicts("KMS-02", key(json.dumps({"Statement": [*use, *both]}))) == {"fail"}
    most = document("kms:Encrypt", "*", NotPrincipal={"AWS": "arn:aws:iam::123456789012:role/x"})
    assert verdicts("KMS-02", key(most)) == {"fail"}


def test_escalation_through_an_attached_policy() -> None:
    attached = made("aws:iam/policy:Policy", "managed", {"policy": document("iam:AttachRolePolicy", "*")})
    by = made("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", role=ROLE, policyArn=attached)
    assert verdicts("IAM-04", ROLE, attached, by) == {"fail"}


def trusting(principal: Any, condition: dict[str, Any] | None = None) -> Resource:
    """A role with this trust policy."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition or {}}
    return made("aws:iam/role:Role", "t", {"assumeRolePolicy": json.dumps({"Statement": [statement]})})


OIDC = {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}
AUDIENCE = "token.actions.githubusercontent.com:aud"
SUBJECT = "token.actions.githubusercontent.com:sub"


@pytest.mark.parametrize(
    "bad",
    [
        trusting("*"),
        trusting({"AWS": "*"}),
        trusting({"Service": "ecs-tasks.amazonaws.com"}),
        trusting(OIDC, {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}),
        trusting(OIDC, {"StringLike": {SUBJECT: "*"}}),
        trusting({"Federated": "arn:aws:iam::123456789012:oidc-provider/saml.example.com"}),
        trusting(OIDC, {"StringLike": {SUBJECT: "repo:shop/*", AUDIENCE: "sts.amazonaws.com"}}),
        trusting(OIDC, {"StringLike": {SUBJECT: "repo:shop/infra:*"}}),
        trusting({"AWS": "arn:aws:iam::123456789012:root"}),
        trusting({"AWS": "210987654321"}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
    ],
)
def test_trust(bad: Resource) -> None:
    good = trusting({"Service": "ecs-tasks.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": "123456789012"}})
    triple("IAM-05", none=[BUCKET, ROLE], good=[good], bad=[bad])
    pinned = {"StringLike": {SUBJECT: "repo:shop/infra:*"}, "StringEquals": {AUDIENCE: "sts.amazonaws.com"}}
    assert verdicts("IAM-05", trusting(OIDC, pinned)) == {"pass"}
    assert verdicts("IAM-05", made("aws:iam/role:Role", "u", {"assumeRolePolicy": UNKNOWN_MARK})) == {"unknown"}


def key(text: str | None = None, *, protect: bool = True, **inputs: Any) -> Resource:
    """A key with this policy."""
    given = {"enableKeyRotation": True, **({} if text is None else {"policy": text}), **inputs}
    return made("aws:kms/key:Key", "k", given).model_copy(update={"options": Options(protect=protect)})


ROOT = {"AWS": "arn:aws:iam::123456789012:root"}


def test_a_key_of_a_kind_that_is_not_known() -> None:
    """KMS-01 judges it as what AWS makes by default."""
    unsure = key(customerMasterKeySpec=UNKNOWN_MARK)
    assert verdicts("KMS-01", unsure) == {"pass"}
    assert verdicts("KMS-01", changed(unsure, enableKeyRotation=False)) == {"fail"}


def test_rotation() -> None:
    for bad in (key(enableKeyRotation=False), key(rotationPeriodInDays=2000)):
        triple("KMS-01", none=[BUCKET, key(customerMasterKeySpec="RSA_2048")], good=[key()], bad=[bad])
    assert verdicts("KMS-01", key(enableKeyRotation=UNKNOWN_MARK)) == {"unknown"}


def test_key_policy() -> None:
    good = key(document("kms:PutKeyPolicy", "*", Principal=ROOT))
    everybody = document("kms:Decrypt", "*", Principal={"AWS": "*"})
    for bad in (key(), key(everybody), key(document("kms:*", "*", Principal=ROOT))):
        triple("KMS-02", none=[BUCKET], good=[good], bad=[bad])
    bound = document("kms:Decrypt", "*", Principal="*", Condition={"StringEquals": {"kms:CallerAccount": "1"}})
    assert verdicts("KMS-02", key(bound)) == {"pass"}
    assert verdicts("KMS-02", key(UNKNOWN_MARK)) == {"unknown"}


def test_key_is_kept() -> None:
    for bad in (key(protect=False), key(deletionWindowInDays=7), key(isEnabled=False)):
        triple("KMS-03", none=[BUCKET], good=[key()], bad=[bad])


def test_wildcards() -> None:
    assert matches("s3:Get?bject", "s3:GetObject")
    assert not matches("s3:Get[O]bject", "s3:GetObject")
    assert not grants({"NotAction": "iam:*"}, "iam:PassRole")
    assert grants({"NotAction": "iam:*"}, "ecs:RunTask")
