"""IAM roles and policies. Policy documents stay in the program's spelling."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, Settable, handles
from surgeproof.localcloud.handlers.describe import Describe
from surgeproof.localcloud.handlers.observed import text_now


@handles("aws:iam/role:Role")
class Role(Handler):
    """A role."""

    calls = (
        "iam.create_role",
        "iam.get_role",
        "iam.update_role",
        "iam.update_assume_role_policy",
        "iam.put_role_permissions_boundary",
        "iam.delete_role_permissions_boundary",
        "iam.delete_role",
    )
    name_prop = "name"
    name_length = 64
    defaults: ClassVar = {"path": "/", "maxSessionDuration": 3600, "forceDetachPolicies": False}
    renamed: ClassVar = {"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"}
    elsewhere = frozenset({"forceDetachPolicies", "inlinePolicies", "managedPolicyArns"})
    local = frozenset({"forceDetachPolicies"})
    replace_on = frozenset({"name", "path"})
    computed = ("arn", "uniqueId")
    describe = Describe("iam.get_role", "RoleName", "Role", outputs={"arn": "Arn", "uniqueId": "RoleId"})
    # The boundary lies one level deeper; policies that are written in a role are not told with it.
    unread = frozenset({"permissionsBoundary", "inlinePolicies", "managedPolicyArns"})

    def seen(self, account: Account, identity: str, inputs: Inputs, found: Inputs) -> Inputs:
        """Its settings and its boundary."""
        now = super().seen(account, identity, inputs, found)
        boundary = (found.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
        if boundary:
            return {**now, "permissionsBoundary": boundary}
        return {name: value for name, value in now.items() if name != "permissionsBoundary"}

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it and the policies that are written in it."""
        made = self.send(account, inputs)["Role"]
        self._put_on(account, inputs["name"], inputs)
        return inputs["name"], self.outputs(account, inputs, arn=made["Arn"], uniqueId=made["RoleId"])

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change who may take it, how long, its boundary, and the policies that are written in it."""
        client, role = account.client("iam", inputs), existing.identity
        client.update_assume_role_policy(RoleName=role, PolicyDocument=inputs["assumeRolePolicy"])
        client.update_role(
            RoleName=role, Description=inputs.get("description", ""), MaxSessionDuration=inputs["maxSessionDuration"]
        )
        boundary = inputs.get("permissionsBoundary")
        if boundary:
            client.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=boundary)
        elif existing.inputs.get("permissionsBoundary"):
            client.delete_role_permissions_boundary(RoleName=role)
        self._take_off(account, role, existing.inputs)
        self._put_on(account, role, inputs)
        return {**existing.outputs, **self.outputs(account, inputs)}

    def _put_on(self, account: Account, role: str, inputs: Inputs) -> None:
        client = account.client("iam", inputs)
        for policy in inputs.get("inlinePolicies") or []:
            if policy.get("name"):
                client.put_role_policy(RoleName=role, PolicyName=policy["name"], PolicyDocument=policy["policy"])
        for arn in inputs.get("managedPolicyArns") or []:
            client.attach_role_policy(RoleName=role, PolicyArn=arn)

    def _take_off(self, account: Account, role: str, inputs: Inputs) -> None:
        client = account.client("iam", inputs)
        for policy in inputs.get("inlinePolicies") or []:
            if policy.get("name"):
                client.delete_role_policy(RoleName=role, PolicyName=policy["name"])
        for arn in inputs.get("managedPolicyArns") or []:
            client.detach_role_policy(RoleName=role, PolicyArn=arn)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it and the policies that are written in it; AWS refuses while it has others."""
        self._take_off(account, existing.identity, existing.inputs)
        account.client("iam", existing.inputs).delete_role(RoleName=existing.identity)


@handles("aws:iam/rolePolicy:RolePolicy")
class RolePolicy(Settable):
    """A policy inside a role."""

    calls = ("iam.put_role_policy", "iam.get_role_policy", "iam.delete_role_policy")
    name_prop = "name"
    name_length = 128
    renamed: ClassVar = {"role": "RoleName", "name": "PolicyName", "policy": "PolicyDocument"}
    replace_on = frozenset({"name", "role"})
    computed = ()

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its document."""
        role, _, name = identity.partition(":")
        found = Describe("iam.get_role_policy", "RoleName", more={"PolicyName": name}).ask(account, role, inputs)
        if found is None:
            return None
        policy = text_now(inputs.get("policy", ""), found["PolicyDocument"])
        now = {**inputs, "role": role, "name": name, "policy": policy}
        return now, self.outputs(account, now)

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Put it; its id is role and name."""
        self.send(account, inputs)
        return f"{inputs['role']}:{inputs['name']}", self.outputs(account, inputs)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put it anew."""
        self.send(account, inputs)
        return self.outputs(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("iam", existing.inputs).delete_role_policy(
            RoleName=existing.inputs["role"], PolicyName=existing.inputs["name"]
        )


@handles("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
class RolePolicyAttachment(Handler):
    """A managed policy on a role."""

    calls = ("iam.attach_role_policy", "iam.list_attached_role_policies", "iam.detach_role_policy")
    renamed: ClassVar = {"role": "RoleName"}
    replace_on = frozenset({"role", "policyArn"})
    computed = ()

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Whether the role has it."""
        role, _, arn = identity.partition("/")
        found = Describe("iam.list_attached_role_policies", "RoleName").ask(account, role, inputs) or {}
        if all(policy["PolicyArn"] != arn for policy in found.get("AttachedPolicies") or []):
            return None
        now = {**inputs, "role": role, "policyArn": arn}
        return now, self.outputs(account, now)

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Attach it."""
        self.send(account, inputs)
        return f"{inputs['role']}/{inputs['policyArn']}", self.outputs(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Detach it."""
        account.client("iam", existing.inputs).detach_role_policy(
            RoleName=existing.inputs["role"], PolicyArn=existing.inputs["policyArn"]
        )


@handles("aws:iam/policy:Policy")
class Policy(Handler):
    """A managed policy."""

    calls = (
        "iam.create_policy",
        "iam.get_policy",
        "iam.get_policy_version",
        "iam.create_policy_version",
        "iam.delete_policy_version",
        "iam.delete_policy",
    )
    name_prop = "name"
    name_length = 128
    defaults: ClassVar = {"path": "/"}
    renamed: ClassVar = {"name": "PolicyName", "policy": "PolicyDocument"}
    elsewhere = frozenset({"delayAfterPolicyCreationInMs"})
    local = frozenset({"delayAfterPolicyCreationInMs"})
    replace_on = frozenset({"name", "path", "description"})
    computed = ("arn", "policyId")
    describe = Describe("iam.get_policy", "PolicyArn", "Policy", outputs={"arn": "Arn", "policyId": "PolicyId"})
    unread = frozenset({"policy"})

    def seen(self, account: Account, identity: str, inputs: Inputs, found: Inputs) -> Inputs:
        """Its settings and the document of its default version."""
        now = super().seen(account, identity, inputs, found)
        client = account.client("iam", inputs)
        version = client.get_policy_version(PolicyArn=identity, VersionId=found["DefaultVersionId"])["PolicyVersion"]
        return {**now, "policy": text_now(inputs.get("policy", ""), version["Document"])}

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Put a new version; the others go, of which AWS keeps five."""
        if inputs["policy"] != existing.inputs.get("policy"):
            self._drop_versions(account, existing)
            account.client("iam", inputs).create_policy_version(
                PolicyArn=existing.identity, PolicyDocument=inputs["policy"], SetAsDefault=True
            )
        return {**existing.outputs, **self.outputs(account, inputs)}

    def _drop_versions(self, account: Account, existing: Existing) -> None:
        client = account.client("iam", existing.inputs)
        for version in client.list_policy_versions(PolicyArn=existing.identity)["Versions"]:
            if not version["IsDefaultVersion"]:
                client.delete_policy_version(PolicyArn=existing.identity, VersionId=version["VersionId"])

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is its ARN."""
        made = self.send(account, inputs)["Policy"]
        return made["Arn"], self.outputs(account, inputs, arn=made["Arn"], policyId=made["PolicyId"])

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it and its versions."""
        self._drop_versions(account, existing)
        account.client("iam", existing.inputs).delete_policy(PolicyArn=existing.identity)
