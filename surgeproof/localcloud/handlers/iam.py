"""IAM roles and policies. Policy documents stay in the program's spelling."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, Settable, handles


@handles("aws:iam/role:Role")
class Role(Handler):
    """A role."""

    calls = ("iam.create_role", "iam.update_assume_role_policy", "iam.delete_role")
    name_prop = "name"
    name_length = 64
    defaults: ClassVar = {"path": "/", "maxSessionDuration": 3600, "forceDetachPolicies": False}
    renamed: ClassVar = {"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"}
    elsewhere = frozenset({"forceDetachPolicies", "inlinePolicies", "managedPolicyArns"})
    replace_on = frozenset({"name", "path"})
    computed = ("arn", "uniqueId")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it and the policies that are written in it."""
        made = self.send(account, inputs)["Role"]
        client = account.client("iam", inputs)
        for policy in inputs.get("inlinePolicies") or []:
            if policy.get("name"):
                client.put_role_policy(
                    RoleName=inputs["name"], PolicyName=policy["name"], PolicyDocument=policy["policy"]
                )
        for arn in inputs.get("managedPolicyArns") or []:
            client.attach_role_policy(RoleName=inputs["name"], PolicyArn=arn)
        return inputs["name"], self.outputs(account, inputs, arn=made["Arn"], uniqueId=made["RoleId"])

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change who may take it."""
        client = account.client("iam", inputs)
        client.update_assume_role_policy(RoleName=existing.identity, PolicyDocument=inputs["assumeRolePolicy"])
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("iam", existing.inputs).delete_role(RoleName=existing.identity)


@handles("aws:iam/rolePolicy:RolePolicy")
class RolePolicy(Settable):
    """A policy inside a role."""

    calls = ("iam.put_role_policy", "iam.delete_role_policy")
    name_prop = "name"
    name_length = 128
    renamed: ClassVar = {"role": "RoleName", "name": "PolicyName", "policy": "PolicyDocument"}
    replace_on = frozenset({"name", "role"})
    computed = ()

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

    calls = ("iam.attach_role_policy", "iam.detach_role_policy")
    renamed: ClassVar = {"role": "RoleName"}
    replace_on = frozenset({"role", "policyArn"})
    computed = ()

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

    calls = ("iam.create_policy", "iam.delete_policy")
    name_prop = "name"
    name_length = 128
    defaults: ClassVar = {"path": "/"}
    renamed: ClassVar = {"name": "PolicyName", "policy": "PolicyDocument"}
    elsewhere = frozenset({"delayAfterPolicyCreationInMs"})
    replace_on = frozenset({"name", "path", "description"})
    computed = ("arn", "policyId")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is its ARN."""
        made = self.send(account, inputs)["Policy"]
        return made["Arn"], self.outputs(account, inputs, arn=made["Arn"], policyId=made["PolicyId"])

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("iam", existing.inputs).delete_policy(PolicyArn=existing.identity)
