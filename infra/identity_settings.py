"""Settings of identity: the ceiling over all roles, who deploys, who audits."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from infra.quantities import complaint
from infra.scaling_settings import Strict

ISSUERS = {"github": "token.actions.githubusercontent.com", "gitlab": "gitlab.com"}
"""Hosts that sign the tokens of CI jobs."""
AUDIENCES = {"github": "sts.amazonaws.com", "gitlab": "https://gitlab.com"}
"""For whom the tokens are made (the providers' guides for AWS)."""
_PRINCIPAL = re.compile(r"arn:aws[\w-]*:iam::\d{12}:(role|user)/[\w+=,.@/-]+")


def _principal(value: str) -> str:
    if not _PRINCIPAL.fullmatch(value):
        raise complaint(
            "does not name one role or user",
            allowed="arn:aws:iam::123456789012:role/auditors",
            fix="Name the role that your auditors have; not an account, and no *",
        )
    return value


def _plain(value: str) -> str:
    if "*" in value or "?" in value:
        raise complaint("would let more than one in", allowed="a name without * and ?", fix="Write the whole name")
    return value


PrincipalArn = Annotated[str, AfterValidator(_principal)]
"""One role or user."""
PlainName = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_plain)]
"""A name without wildcards."""


class DeployRoleSettings(Strict):
    """The role that CI deploys with: for one repository, and one branch or environment of it."""

    ci: Literal["github", "gitlab"]
    repository: Annotated[str, Field(pattern=r"^[\w.-]+(/[\w.-]+)+$")] = Field(description="owner/name")
    branch: PlainName | None = Field(default=None, description="Jobs of this branch may deploy")
    environment: PlainName | None = Field(
        default=None, description="Jobs of this GitHub environment may deploy, behind its own approvals"
    )
    identity_provider: Literal["create", "existing"] = Field(
        description="An account has one identity provider for each issuer: `create` it, or use the `existing` one"
    )

    @property
    def subject(self) -> str:
        """The one subject whose tokens are taken.

        Sources: GitHub Docs, 'OpenID Connect reference'; GitLab Docs, 'Configure OpenID Connect in AWS'.
        """
        if self.ci == "gitlab":
            return f"project_path:{self.repository}:ref_type:branch:ref:{self.branch}"
        if self.environment is not None:
            return f"repo:{self.repository}:environment:{self.environment}"
        return f"repo:{self.repository}:ref:refs/heads/{self.branch}"

    @model_validator(mode="after")
    def _names_one_subject(self) -> DeployRoleSettings:
        if self.ci == "gitlab" and self.environment is not None:
            raise complaint(
                "is not part of the subject of GitLab's tokens", fix="Name a protected branch", at="environment"
            )
        if (self.branch is None) == (self.environment is None):
            both = self.branch is not None
            raise complaint(
                "says the same as environment" if both else "neither branch nor environment is given",
                allowed="one of branch and environment",
                fix="Remove one" if both else "Add `environment: production`, or `branch: main`",
                at="branch",
            )
        return self


class AuditRoleSettings(Strict):
    """The role that auditors read the account with, an hour at a time; users only after a second factor."""

    principals: tuple[PrincipalArn, ...] = Field(min_length=1, description="Roles and users that may take it")
    external_id: str | None = Field(
        default=None, min_length=8, max_length=1224, description="Told to auditors of another company"
    )


class IdentitySettings(Strict):
    """Who may do what."""

    boundary_arn: str | None = Field(
        default=None,
        pattern=r"^arn:aws[\w-]*:iam::(aws|\d{12}):policy/",
        description="Your company's own permissions boundary; left out, the stack makes one",
    )
    deploy_role: DeployRoleSettings | None = None
    audit_role: AuditRoleSettings | None = None
