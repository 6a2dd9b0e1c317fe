"""Roles, users, groups and their policies: those of the account, not AWS's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import unquote

from surgeproof.graph.live.account import Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import NOT_KEPT, part_or, picked, tags, without_nothing


def _document(value: Any) -> str:
    # boto3 decodes most documents, and gives others as the URL-encoded text that IAM sends.
    return json.dumps(value) if isinstance(value, dict) else unquote(str(value))


Holder = Literal["role", "user", "group"]


def _own_policies(account: Reading, holder: Holder, name: str) -> Iterator[Found]:
    """Policies that lie in a role or user itself."""
    kind, by = holder.title(), {f"{holder.title()}Name": name}
    for policy in account.rows(f"iam.list_{holder}_policies", "PolicyNames", **by):
        answer = account.part(f"iam.get_{holder}_policy", **by, PolicyName=policy)
        document = part_or(answer, lambda given: _document(given["PolicyDocument"]))
        given = {holder: name, "name": policy, "policy": document}
        yield Found(f"aws:iam/{holder}Policy:{kind}Policy", f"{name}:{policy}", given)


def _attached_policies(account: Reading, holder: Holder, name: str) -> Iterator[Found]:
    """Managed policies that a role, user or group is given."""
    kind, by = holder.title(), {f"{holder.title()}Name": name}
    for policy in account.rows(f"iam.list_attached_{holder}_policies", "AttachedPolicies", **by):
        arn = policy["PolicyArn"]
        type_ = f"aws:iam/{holder}PolicyAttachment:{kind}PolicyAttachment"
        yield Found(type_, f"{name}/{arn}", {holder: name, "policyArn": arn})


@reads(
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/serviceLinkedRole:ServiceLinkedRole",
    calls=(
        "iam.list_roles",
        "iam.get_role",
        "iam.list_role_policies",
        "iam.get_role_policy",
        "iam.list_attached_role_policies",
    ),
    also=("aws:iam/policyAttachment:PolicyAttachment",),
)
def roles(account: Reading) -> Iterator[Found]:
    """Roles with their policies; those that AWS's services keep for themselves as what they are."""
    for row in account.rows("iam.list_roles", "Roles"):
        name = row["RoleName"]
        if row["Path"].startswith("/aws-service-role/"):
            service = {"awsServiceName": row["Path"].split("/")[2]}
            type_ = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
            yield Found(type_, row["Arn"], service, {"arn": row["Arn"], "name": name})
            continue
        # A list leaves out tags and the boundary (IAM API Reference, ListRoles).
        told = account.part("iam.get_role", RoleName=name)
        boundary = part_or(
            told, lambda answer: answer["Role"].get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        )
        inputs = {
            **picked(row, path="Path", description="Description", maxSessionDuration="MaxSessionDuration"),
            "name": name,
            "assumeRolePolicy": _document(row["AssumeRolePolicyDocument"]),
            "permissionsBoundary": boundary,
            "tags": part_or(told, lambda answer: tags(answer["Role"].get("Tags"))),
        }
        yield Found("aws:iam/role:Role", name, without_nothing(inputs), {"arn": row["Arn"], "name": name})
        yield from _own_policies(account, "role", name)
        yield from _attached_policies(account, "role", name)


@reads("aws:iam/policy:Policy", calls=("iam.list_policies", "iam.get_policy_version"))
def policies(account: Reading) -> Iterator[Found]:
    """Managed policies of the account, each with its default version."""
    for row in account.rows("iam.list_policies", "Policies", Scope="Local"):
        answer = account.part("iam.get_policy_version", PolicyArn=row["Arn"], VersionId=row["DefaultVersionId"])
        document = part_or(answer, lambda given: _document(given["PolicyVersion"]["Document"]))
        inputs = {"name": row["PolicyName"], "path": row.get("Path", "/"), "policy": document}
        yield Found("aws:iam/policy:Policy", row["Arn"], inputs, {"arn": row["Arn"], "name": row["PolicyName"]})


@reads(
    "aws:iam/user:User",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/accessKey:AccessKey",
    "aws:iam/userLoginProfile:UserLoginProfile",
    calls=(
        "iam.list_users",
        "iam.list_user_policies",
        "iam.get_user_policy",
        "iam.list_attached_user_policies",
        "iam.list_access_keys",
        "iam.get_login_profile",
    ),
)
def users(account: Reading) -> Iterator[Found]:
    """Users, their keys and passwords, as what exists; no secret is in any answer."""
    for row in account.rows("iam.list_users", "Users"):
        name = row["UserName"]
        boundary = row.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        inputs = without_nothing({"name": name, "path": row.get("Path"), "permissionsBoundary": boundary})
        yield Found("aws:iam/user:User", name, inputs, {"arn": row["Arn"], "name": name})
        yield from _own_policies(account, "user", name)
        yield from _attached_policies(account, "user", name)
        for key in account.rows("iam.list_access_keys", "AccessKeyMetadata", UserName=name):
            given = {"user": name, "status": key.get("Status", NOT_KEPT)}
            yield Found("aws:iam/accessKey:AccessKey", key["AccessKeyId"], given)
        if account.part("iam.get_login_profile", absent=("NoSuchEntity",), UserName=name):
            yield Found("aws:iam/userLoginProfile:UserLoginProfile", name, {"user": name})


@reads(
    "aws:iam/group:Group",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    calls=("iam.list_groups", "iam.list_attached_group_policies"),
)
def groups(account: Reading) -> Iterator[Found]:
    """Groups of users, and the managed policies that they give."""
    for row in account.rows("iam.list_groups", "Groups"):
        name = row["GroupName"]
        yield Found("aws:iam/group:Group", name, {"name": name, "path": row["Path"]}, {"arn": row["Arn"], "name": name})
        yield from _attached_policies(account, "group", name)


@reads(
    "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    calls=(
        "iam.get_account_password_policy",
        "iam.list_open_id_connect_providers",
        "iam.get_open_id_connect_provider",
    ),
)
def account_wide(account: Reading) -> Iterator[Found]:
    """The password policy, and who else may tell who somebody is."""
    answer = account.part("iam.get_account_password_policy", absent=("NoSuchEntity",))
    names = {
        "allowUsersToChangePassword": "AllowUsersToChangePassword",
        "maxPasswordAge": "MaxPasswordAge",
        "minimumPasswordLength": "MinimumPasswordLength",
        "passwordReusePrevention": "PasswordReusePrevention",
        "requireLowercaseCharacters": "RequireLowercaseCharacters",
        "requireNumbers": "RequireNumbers",
        "requireSymbols": "RequireSymbols",
        "requireUppercaseCharacters": "RequireUppercaseCharacters",
    }
    values = part_or(answer, lambda given: picked(given["PasswordPolicy"], **names))
    if values is not None:
        inputs = dict.fromkeys(names, NOT_KEPT) if values is NOT_KEPT else values
        yield Found("aws:iam/accountPasswordPolicy:AccountPasswordPolicy", "iam-account-password-policy", inputs)
    for row in account.rows("iam.list_open_id_connect_providers", "OpenIDConnectProviderList"):
        arn = row["Arn"]
        answer = account.part("iam.get_open_id_connect_provider", OpenIDConnectProviderArn=arn)
        given = part_or(answer, lambda found: picked(found, url="Url", clientIdLists="ClientIDList"))
        inputs = {"url": NOT_KEPT, "clientIdLists": NOT_KEPT} if given is NOT_KEPT else given
        yield Found("aws:iam/openIdConnectProvider:OpenIdConnectProvider", arn, inputs, {"arn": arn})
