"""Roles that a service of AWS has in an account, under its own name."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Change, Describe


@handles("aws:iam/serviceLinkedRole:ServiceLinkedRole")
class ServiceLinkedRole(Handler):
    """A service-linked role; an account has one for each service."""

    calls = ("iam.create_service_linked_role", "iam.get_role", "iam.update_role", "iam.delete_service_linked_role")
    renamed: ClassVar = {"awsServiceName": "AWSServiceName"}
    elsewhere = frozenset({"tags"})
    replace_on = frozenset({"awsServiceName", "customSuffix"})
    computed = ("arn", "name", "path", "uniqueId", "createDate")
    describe = Describe(
        "iam.get_role",
        "RoleName",
        "Role",
        outputs={"arn": "Arn", "name": "RoleName", "path": "Path", "uniqueId": "RoleId", "createDate": "CreateDate"},
    )
    change = Change("iam.update_role", "RoleName")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is its ARN."""
        role = self.send(account, inputs)["Role"]
        return role["Arn"], self.outputs(
            account,
            inputs,
            arn=role["Arn"],
            name=role["RoleName"],
            path=role["Path"],
            uniqueId=role["RoleId"],
            createDate=str(role["CreateDate"]),
        )

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Asked for by its name, which ends its ARN."""
        return super().read(account, identity.rsplit("/", 1)[-1], inputs)

    def told(self, account: Account, identity: str, inputs: Inputs, found: Inputs) -> Inputs:
        """Dates are texts."""
        told = super().told(account, identity, inputs, found)
        return {**told, "createDate": str(told["createDate"])}

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change its description."""
        named = Existing(existing.identity.rsplit("/", 1)[-1], existing.inputs, existing.outputs)
        return super().update(account, named, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        client = account.client("iam", existing.inputs)
        client.delete_service_linked_role(RoleName=existing.identity.rsplit("/", 1)[-1])
