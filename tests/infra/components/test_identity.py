"""Identity: the ceiling over every role, the role of CI for one repository, the role of auditors."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from infra.components.identity import Identity, IdentityArgs
from infra.identity_settings import IdentitySettings
from surgeproof.graph.model import Graph, Resource
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from tests.infra.conftest import build, one

ROLE = "iam/role:Role"
POLICY = "iam/policy:Policy"
LARGEST = 6144
"""Characters of a managed policy without white space (IAM quotas)."""


def _identity(**settings: Any) -> Graph:
    return build(
        lambda account: Identity(
            "id",
            IdentityArgs(
                account=account,
                settings=IdentitySettings.model_validate(settings),
                path="/shop-test/",
                regions=["eu-west-1", "us-east-1"],
            ),
        )
    )


def _statements(resource: Resource, key: str = "policy") -> list[dict[str, Any]]:
    return json.loads(resource.inputs[key])["Statement"]


def _actions(statement: dict[str, Any]) -> list[str]:
    action = statement["Action"]
    return action if isinstance(action, list) else [action]


GITHUB = {"ci": "github", "repository": "acme/shop", "environment": "production", "identity_provider": "create"}
GITLAB = {"ci": "gitlab", "repository": "acme/shop", "branch": "main", "identity_provider": "existing"}


@pytest.fixture(scope="module")
def all_graphs(production: Graph, local: Graph, rich: Graph, project: Project) -> list[Graph]:
    generators = run_program(project, "local", overrides={"load_generators": {"image": "load:1"}})
    return [production, local, rich, generators]


def test_every_role_is_under_the_ceiling_and_in_the_stack_s_path(all_graphs: list[Graph]):
    for graph in all_graphs:
        boundary = one(graph, POLICY, f"shop-{graph.stack}-identity-boundary")
        roles = graph.of_type(f"aws:{ROLE}")
        assert roles
        for role in roles:
            assert role.inputs["permissionsBoundary"] == boundary.outputs["arn"], role.name
            assert role.inputs["path"] == f"/shop-{graph.stack}/"


def test_the_ceiling_takes_nothing_away_that_a_role_is_given(all_graphs: list[Graph]):
    for graph in all_graphs:
        ceiling = [
            action
            for statement in _statements(one(graph, POLICY, f"shop-{graph.stack}-identity-boundary"))
            for action in _actions(statement)
        ]
        given = {
            (policy.name, action)
            for policy in graph.of_type("aws:iam/rolePolicy:RolePolicy")
            for statement in _statements(policy)
            for action in _actions(statement)
        }
        missing = [
            (name, action)
            for name, action in sorted(given)
            # A pattern is within the ceiling when what it begins with is: kms:GenerateDataKey* is two actions.
            if not any(fnmatchcase(action.rstrip("*"), allowed) for allowed in ceiling)
        ]
        assert missing == []


def test_images_are_pulled_from_other_accounts_too():
    pulls = [item for item in _statements(one(_identity(), POLICY)) if "ecr:BatchGetImage" in _actions(item)]
    assert [(item["Resource"], "Condition" in item) for item in pulls] == [("*", False)]


def test_under_the_ceiling_nobody_changes_identities_keys_or_logs():
    ceiling = [action for item in _statements(one(_identity(), POLICY)) for action in _actions(item)]
    for forbidden in (
        "iam:PutRolePolicy",
        "iam:CreateRole",
        "iam:AttachRolePolicy",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "cloudtrail:StopLogging",
        "logs:DeleteLogGroup",
        "sts:AssumeRole",
        "ec2:AuthorizeSecurityGroupIngress",
    ):
        assert not any(fnmatchcase(forbidden, allowed) for allowed in ceiling), forbidden


def test_your_company_s_own_boundary_is_taken():
    graph = _identity(boundary_arn="arn:aws:iam::123456789012:policy/company", deploy_role=GITHUB)
    assert [item.name for item in graph.of_type(f"aws:{POLICY}")] == ["id-deploy"]
    assert "policy/company" in one(graph, POLICY).inputs["policy"]


@pytest.mark.parametrize(
    ("settings", "issuer", "subject"),
    [
        (GITHUB, "token.actions.githubusercontent.com", "repo:acme/shop:environment:production"),
        (
            {**GITHUB, "environment": None, "branch": "main"},
            "token.actions.githubusercontent.com",
            "repo:acme/shop:ref:refs/heads/main",
        ),
        (GITLAB, "gitlab.com", "project_path:acme/shop:ref_type:branch:ref:main"),
    ],
)
def test_ci_deploys_from_one_place_alone(settings: dict[str, Any], issuer: str, subject: str):
    graph = _identity(deploy_role=settings)
    (statement,) = _statements(one(graph, ROLE, "id-ci"), "assumeRolePolicy")
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Principal"]["Federated"].endswith(f":oidc-provider/{issuer}")
    condition = statement["Condition"]["StringEquals"]
    assert condition[f"{issuer}:sub"] == subject
    assert condition[f"{issuer}:aud"]
    providers = graph.of_type("aws:iam/openIdConnectProvider:OpenIdConnectProvider")
    assert bool(providers) == (settings["identity_provider"] == "create")


def test_ci_can_give_nobody_more_than_the_ceiling():
    graph = _identity(deploy_role=GITHUB)
    role = one(graph, ROLE, "id-ci")
    policy = one(graph, POLICY, "id-deploy")
    assert role.inputs["permissionsBoundary"] == policy.outputs["arn"]
    assert role.inputs["maxSessionDuration"] == 3600
    statements = {item["Sid"]: item for item in _statements(policy)}
    ceiling = one(graph, POLICY, "id-boundary").outputs["arn"]
    made = statements["RolesUnderTheCeiling"]
    assert made["Condition"] == {"StringEquals": {"iam:PermissionsBoundary": ceiling}}
    assert {"iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"} <= set(made["Action"])
    for sid, item in statements.items():
        others = [action for action in item["Action"] if action.startswith("iam:")]
        assert sid == "RolesUnderTheCeiling" or not {"iam:CreateRole", "iam:PutRolePolicy"} & set(others)
    assert statements["PassRoles"]["Resource"] == ["arn:aws:iam::123456789012:role/shop-test/*"]
    assert statements["MakeThePlatform"]["Condition"]["StringEquals"]["aws:RequestedRegion"] == [
        "eu-west-1",
        "us-east-1",
    ]


def test_ci_hands_every_service_the_role_that_it_works_by(all_graphs: list[Graph]):
    statements = {item["Sid"]: item for item in _statements(one(_identity(deploy_role=GITHUB), POLICY, "id-deploy"))}
    passed = statements["PassRoles"]["Condition"]["StringEquals"]["iam:PassedToService"]
    trusted = {
        statement["Principal"]["Service"]
        for graph in all_graphs
        for role in graph.of_type(f"aws:{ROLE}")
        for statement in _statements(role, "assumeRolePolicy")
    }
    assert trusted <= set(passed)


def test_ci_takes_back_every_tag_that_it_sets():
    statements = _statements(one(_identity(deploy_role=GITHUB), POLICY, "id-deploy"))
    allowed = [action.lower() for item in statements for action in _actions(item)]

    def may(action: str) -> bool:
        return any(fnmatchcase(action.lower(), pattern) for pattern in allowed)

    for service in {action.partition(":")[0] for action in allowed} - {"acm", "iam", "sqs"}:
        assert may(f"{service}:TagResource") == may(f"{service}:UntagResource"), service
        assert may(f"{service}:RemoveTagsFromResource") or not may(f"{service}:AddTagsToResource"), service
    pairs = [("acm:AddTagsToCertificate", "acm:RemoveTagsFromCertificate"), ("iam:TagRole", "iam:UntagRole")]
    for sets, takes in [*pairs, ("sqs:TagQueue", "sqs:UntagQueue"), ("ecs:TagResource", "ecs:UntagResource")]:
        assert may(sets), sets
        assert may(takes), takes


def test_ci_lets_the_stack_s_services_alone_make_their_own_roles():
    statements = {item["Sid"]: item for item in _statements(one(_identity(deploy_role=GITHUB), POLICY, "id-deploy"))}
    linked = statements["LinkedRoles"]
    assert linked["Action"] == ["iam:CreateServiceLinkedRole"]
    assert linked["Resource"] == ["arn:aws:iam::123456789012:role/aws-service-role/*"]
    names = linked["Condition"]["StringLike"]["iam:AWSServiceName"]
    for service in ("ecs", "ecs.application-autoscaling", "rds", "malware-protection.guardduty", "elasticache"):
        assert any(fnmatchcase(f"{service}.amazonaws.com", name) for name in names), service
    assert not any(fnmatchcase("sso.amazonaws.com", name) for name in names)


def test_ci_reads_no_data():
    statements = _statements(one(_identity(deploy_role=GITHUB), POLICY, "id-deploy"))
    allowed = [action for item in statements for action in _actions(item)]
    for data in (
        "s3:GetObject",
        "secretsmanager:GetSecretValue",
        "sqs:ReceiveMessage",
        "logs:GetLogEvents",
        "kms:Decrypt",
        "ssm:GetParameter",
    ):
        assert not any(fnmatchcase(data, pattern) for pattern in allowed), data


def test_policies_are_not_larger_than_iam_takes():
    graph = _identity(deploy_role=GITLAB)
    for policy in graph.of_type(f"aws:{POLICY}"):
        assert len("".join(policy.inputs["policy"].split())) <= LARGEST, policy.name


def test_auditors_read_for_an_hour():
    principals = ["arn:aws:iam::123456789012:role/auditors", "arn:aws:iam::123456789012:user/anna"]
    graph = _identity(audit_role={"principals": principals, "external_id": "known-to-both"})
    role = one(graph, ROLE, "id-audit")
    assert role.inputs["maxSessionDuration"] == 3600
    assert role.inputs["permissionsBoundary"] == "arn:aws:iam::aws:policy/ReadOnlyAccess"
    statements = {item["Sid"]: item for item in _statements(role, "assumeRolePolicy")}
    assert statements["AuditorRoles"]["Principal"]["AWS"] == principals[:1]
    assert statements["AuditorUsers"]["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": "true"}
    for statement in statements.values():
        assert statement["Condition"]["StringEquals"] == {"sts:ExternalId": "known-to-both"}
    (attached,) = graph.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    assert attached.inputs["policyArn"] == "arn:aws:iam::aws:policy/SecurityAudit"
