"""Identity: the ceiling over all roles, the role that CI deploys with, the role that auditors read with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra import names, policies
from infra.account import Account
from infra.components.component import Component, Transforms, component_options
from infra.deploy_permissions import deploy_document
from infra.identity_settings import AUDIENCES, ISSUERS, AuditRoleSettings, DeployRoleSettings, IdentitySettings
from infra.role_boundary import boundary_document

HOUR = 3600
"""Seconds: the shortest that a role can be set to, and the longest that anybody keeps one of these."""


@dataclass(frozen=True, kw_only=True)
class IdentityArgs:
    """What Identity is made from.

    Attributes:
        account: Where it lies.
        settings: Who may do what.
        path: Of all roles of the stack, ``/shop-production/``.
        regions: Where CI makes anything.
        transform: Changes to children.
    """

    account: Account
    settings: IdentitySettings
    path: str
    regions: Sequence[str]
    transform: Transforms | None = None


class Identity(Component):
    """Roles that belong to no service.

    Attributes:
        boundary: ARN of the boundary over all other roles.
        deploy: Role of CI; None unless asked for.
        audit: Role of auditors; None unless asked for.
    """

    def __init__(self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:Identity", name, {}, component_options(name, opts, args.transform))
        self._name, self._args, self._account = name, args, args.account
        own = args.settings.boundary_arn
        self.boundary: pulumi.Input[str] = own or self._policy("boundary", boundary_document(args.account)).arn
        deploy, audit = args.settings.deploy_role, args.settings.audit_role
        self.deploy = self._deploy(deploy) if deploy else None
        self.audit = self._audit(audit) if audit else None
        self._done({"boundary": self.boundary})

    def _policy(self, key: str, document: pulumi.Output[str]) -> aws.iam.Policy:
        return aws.iam.Policy(
            f"{self._name}-{key}", path=self._args.path, policy=document, description=key, opts=self._child()
        )

    def _role(self, key: str, **more: Any) -> aws.iam.Role:
        return aws.iam.Role(
            names.logical("aws:iam/role:Role", f"{self._name}-{key}"),
            max_session_duration=HOUR,
            opts=self._child(),
            **more,
        )

    def _deploy(self, settings: DeployRoleSettings) -> aws.iam.Role:
        issuer = ISSUERS[settings.ci]
        if settings.identity_provider == "create":
            provider = aws.iam.OpenIdConnectProvider(
                f"{self._name}-ci",
                url=f"https://{issuer}",
                client_id_lists=[AUDIENCES[settings.ci]],
                opts=self._child(),
            ).arn
        else:
            provider = self._account.arn("iam", f"oidc-provider/{issuer}", region=False)
        trust = policies.document(
            {
                "Sid": "OneRepository",
                "Effect": "Allow",
                "Principal": {"Federated": provider},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {f"{issuer}:aud": AUDIENCES[settings.ci], f"{issuer}:sub": settings.subject}
                },
            }
        )
        allowed = self._policy(
            "deploy", deploy_document(self._account, self._args.path, self.boundary, self._args.regions)
        )
        role = self._role(
            "ci", description="CI deploys with it", assume_role_policy=trust, permissions_boundary=allowed.arn
        )
        self._attach("ci-deploys", role, allowed.arn)
        return role

    def _audit(self, settings: AuditRoleSettings) -> aws.iam.Role:
        outside = {"StringEquals": {"sts:ExternalId": settings.external_id}} if settings.external_id else {}
        # A role of single sign-on carries no sign of its second factor, a user does.
        kinds = {
            "AuditorRoles": ([arn for arn in settings.principals if ":role/" in arn], {}),
            "AuditorUsers": (
                [arn for arn in settings.principals if ":user/" in arn],
                {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
            ),
        }
        statements = [
            {
                "Sid": sid,
                "Effect": "Allow",
                "Principal": {"AWS": principals},
                "Action": "sts:AssumeRole",
                **({"Condition": {**outside, **factor}} if outside or factor else {}),
            }
            for sid, (principals, factor) in kinds.items()
            if principals
        ]
        role = self._role(
            "audit",
            description="Auditors read with it",
            assume_role_policy=policies.document(*statements),
            permissions_boundary=self._managed("ReadOnlyAccess"),
        )
        # Reads how everything is set up, and nothing of what is stored.
        self._attach("audit-reads", role, self._managed("SecurityAudit"))
        return role

    def _managed(self, policy: str) -> pulumi.Output[str]:
        return self._account.partition.apply(lambda partition: f"arn:{partition}:iam::aws:policy/{policy}")

    def _attach(self, key: str, role: aws.iam.Role, policy: pulumi.Input[str]) -> None:
        aws.iam.RolePolicyAttachment(f"{self._name}-{key}", role=role.name, policy_arn=policy, opts=self._child())
