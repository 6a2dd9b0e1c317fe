"""Web ACLs, their logs, what they protect, and sets of addresses."""

from __future__ import annotations

from typing import Any, ClassVar

from botocore.exceptions import ClientError

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, Settable, handles, is_missing


class _Scoped(Handler):
    """Something of WAF's that is changed by name, scope, id, and a token of its state.

    Attributes:
        member: Member of the answers that holds it.
    """

    member: ClassVar[str] = ""
    name_prop = "name"
    name_length = 128
    replace_on = frozenset({"name", "scope", "region"})
    computed = ("arn", "lockToken")

    def _where(self, inputs: Inputs, identity: str) -> dict[str, str]:
        return {"Name": inputs["name"], "Scope": inputs["scope"], "Id": identity}

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is AWS's."""
        made = self.send(account, inputs)["Summary"]
        return made["Id"], self.outputs(account, inputs, arn=made["ARN"], lockToken=made["LockToken"])

    def _now(self, account: Account, inputs: Inputs, identity: str) -> dict[str, Any] | None:
        operation = self.calls[1].split(".")[1]
        try:
            return getattr(account.client("wafv2", inputs), operation)(**self._where(inputs, identity))
        except ClientError as error:
            if is_missing(error, "WAFNonexistentItemException"):
                return None
            raise

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its settings as they are now."""
        answer = self._now(account, inputs, identity)
        if answer is None:
            return None
        told = answer[self.member]
        now = self.seen(account, identity, inputs, told)
        return now, self.outputs(account, now, arn=told["ARN"], lockToken=answer["LockToken"])

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Write the new settings in the place of the old."""
        answer = self._now(account, existing.inputs, existing.identity) or {}
        account.send(
            self.calls[2],
            inputs,
            renamed=self.renamed,
            leave_out=[*self.elsewhere, "tags", "ipAddressVersion"],
            type_token=self.token,
            Id=existing.identity,
            LockToken=answer.get("LockToken", ""),
        )
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        answer = self._now(account, existing.inputs, existing.identity)
        if answer is not None:
            operation = self.calls[3].split(".")[1]
            getattr(account.client("wafv2", existing.inputs), operation)(
                **self._where(existing.inputs, existing.identity), LockToken=answer["LockToken"]
            )


@handles("aws:wafv2/webAcl:WebAcl")
class WebAcl(_Scoped):
    """A web ACL with its rules. It stops nobody: visitors of a rehearsal do not pass it."""

    kept = "extended"
    note = "What is taken out of its logs is kept. It stops nobody: visitors of a rehearsal do not pass it."
    calls = ("wafv2.create_web_acl", "wafv2.get_web_acl", "wafv2.update_web_acl", "wafv2.delete_web_acl")
    member = "WebACL"


@handles("aws:wafv2/ipSet:IpSet")
class IpSet(_Scoped):
    """A set of addresses."""

    calls = ("wafv2.create_ip_set", "wafv2.get_ip_set", "wafv2.update_ip_set", "wafv2.delete_ip_set")
    member = "IPSet"
    replace_on = frozenset({"name", "scope", "region", "ipAddressVersion"})


@handles("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration")
class WebAclLoggingConfiguration(Settable):
    """Where a web ACL logs, and what is left out."""

    calls = (
        "wafv2.put_logging_configuration",
        "wafv2.get_logging_configuration",
        "wafv2.delete_logging_configuration",
    )
    replace_on = frozenset({"resourceArn", "region"})
    computed = ()

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put it."""
        given = {name: value for name, value in inputs.items() if name != "region"}
        account.send(
            self.calls[0],
            {"loggingConfiguration": given, "region": account.region_of(inputs)},
            leave_out=("tags",),
            type_token=self.token,
        )
        return self.outputs(account, inputs)

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Put it; its id is the ACL's ARN."""
        return inputs["resourceArn"], self.put(account, inputs)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """It as it is now."""
        try:
            answer = account.client("wafv2", inputs).get_logging_configuration(ResourceArn=identity)
        except ClientError as error:
            if is_missing(error, "WAFNonexistentItemException"):
                return None
            raise
        now = self.seen(account, identity, inputs, answer["LoggingConfiguration"])
        return now, self.outputs(account, now)

    def delete(self, account: Account, existing: Existing) -> None:
        """Stop logging."""
        account.client("wafv2", existing.inputs).delete_logging_configuration(ResourceArn=existing.identity)


@handles("aws:wafv2/webAclAssociation:WebAclAssociation")
class WebAclAssociation(Handler):
    """What a regional web ACL stands before."""

    calls = ("wafv2.associate_web_acl", "wafv2.get_web_acl_for_resource", "wafv2.disassociate_web_acl")
    replace_on = frozenset({"resourceArn", "webAclArn", "region"})
    computed = ()

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Associate them; its id is both ARNs."""
        self.send(account, inputs)
        return f"{inputs['webAclArn']},{inputs['resourceArn']}", self.outputs(account, inputs)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Whether it stands."""
        acl, resource = identity.split(",")
        found = account.client("wafv2", inputs).get_web_acl_for_resource(ResourceArn=resource).get("WebACL")
        if found is None or found["ARN"] != acl:
            return None
        now = {**inputs, "webAclArn": acl, "resourceArn": resource}
        return now, self.outputs(account, now)

    def delete(self, account: Account, existing: Existing) -> None:
        """Take the ACL away."""
        account.client("wafv2", existing.inputs).disassociate_web_acl(ResourceArn=existing.inputs["resourceArn"])
