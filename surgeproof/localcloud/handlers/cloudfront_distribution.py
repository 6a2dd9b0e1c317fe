"""CloudFront distributions."""

from __future__ import annotations

from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Checked, Existing, Handler, Inputs, New, handles
from surgeproof.localcloud.handlers.cloudfront_lists import counted, uncounted
from surgeproof.localcloud.handlers.describe import unless_gone
from surgeproof.localcloud.handlers.request import tag_values

ZONE = "Z2FDTNDATAQYW2"
"""Hosted zone of all distributions (AWS General Reference, 'Amazon CloudFront endpoints and quotas')."""
_RENAMED = {
    "orderedCacheBehaviors": "CacheBehaviors",
    "loggingConfig": "Logging",
    "originId": "id",
    "functionArn": "FunctionARN",
    "lambdaArn": "LambdaFunctionARN",
}
"""Provider's name to AWS's, at any depth of the configuration."""


@handles("aws:cloudfront/distribution:Distribution")
class Distribution(Handler):
    """A distribution, answered for at once: it serves nothing on this machine."""

    kept = "extended"
    note = "Origins keep their VPC origin and access control. It serves nothing: visitors of a rehearsal come to the balancer."
    calls = (
        "cloudfront.create_distribution_with_tags",
        "cloudfront.get_distribution",
        "cloudfront.update_distribution",
        "cloudfront.delete_distribution",
    )
    defaults: ClassVar = {
        "comment": "",
        "enabled": True,
        "httpVersion": "http2",
        "isIpv6Enabled": False,
        "priceClass": "PriceClass_All",
        "retainOnDelete": False,
        "staging": False,
        "waitForDeployment": True,
    }
    elsewhere = frozenset({"retainOnDelete", "waitForDeployment"})
    local = frozenset({"retainOnDelete", "waitForDeployment"})
    replace_on = frozenset({"staging"})
    computed = ("arn", "domainName", "hostedZoneId", "etag", "status")

    def check(self, new: New) -> Checked:
        """The caller's reference makes a second creation the same as the first."""
        inputs, failures = super().check(new)
        return {
            **inputs,
            "callerReference": new.old_inputs.get("callerReference") or f"{new.name}-{new.seed}",
        }, failures

    def _config(self, account: Account, inputs: Inputs) -> dict[str, Any]:
        model = account.client("cloudfront").meta.service_model
        given = {name: value for name, value in inputs.items() if name not in {*self.elsewhere, "region", "tags"}}
        shape = model.shape_for("DistributionConfig")
        values = counted(shape, _as_aws_names(given))
        _, request = account.request(
            "cloudfront.update_distribution",
            {"distributionConfig": values, "id": "any"},
            leave_out=("tags",),
            type_token=self.token,
        )
        return request["DistributionConfig"]

    def _outputs(self, account: Account, inputs: Inputs, told: dict[str, Any], etag: str) -> Inputs:
        return self.outputs(
            account,
            inputs,
            arn=told["ARN"],
            domainName=told["DomainName"],
            hostedZoneId=ZONE,
            status=told["Status"],
            etag=etag,
            callerReference=inputs["callerReference"],
        )

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it."""
        client = account.client("cloudfront")
        tags = tag_values(client.meta.service_model.shape_for("TagList"), account.tags(inputs))
        answer = client.create_distribution_with_tags(
            DistributionConfigWithTags={"DistributionConfig": self._config(account, inputs), "Tags": {"Items": tags}}
        )
        told = answer["Distribution"]
        return told["Id"], self._outputs(account, inputs, told, answer["ETag"])

    def _now(self, account: Account, identity: str) -> dict[str, Any] | None:
        return unless_gone(account.client("cloudfront").get_distribution, Id=identity)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its configuration as it is now."""
        answer = self._now(account, identity)
        if answer is None:
            return None
        told = answer["Distribution"]
        asked = _as_aws_names({name: value for name, value in inputs.items() if name not in {"tags", "region"}})
        seen = self.seen(account, identity, asked, uncounted(asked, told["DistributionConfig"]))
        now = {**inputs, **_changed(inputs, asked, seen)}
        now.setdefault("callerReference", told["DistributionConfig"]["CallerReference"])
        return now, self._outputs(account, now, told, answer["ETag"])

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Write the new configuration in the place of the old."""
        answer = self._now(account, existing.identity) or {}
        changed = account.client("cloudfront").update_distribution(
            Id=existing.identity, IfMatch=answer.get("ETag", ""), DistributionConfig=self._config(account, inputs)
        )
        return self._outputs(account, inputs, changed["Distribution"], changed["ETag"])

    def delete(self, account: Account, existing: Existing) -> None:
        """Switch it off, and delete it: AWS deletes none that is on."""
        if existing.inputs.get("retainOnDelete"):
            return
        answer = self._now(account, existing.identity)
        if answer is None:
            return
        client = account.client("cloudfront")
        config = {**answer["Distribution"]["DistributionConfig"], "Enabled": False}
        stopped = client.update_distribution(Id=existing.identity, IfMatch=answer["ETag"], DistributionConfig=config)
        client.delete_distribution(Id=existing.identity, IfMatch=stopped["ETag"])


def _as_aws_names(value: Any) -> Any:
    """The configuration in AWS's structure: methods in one object, places by their code, headers by their name."""
    if isinstance(value, list):
        return [_as_aws_names(item) for item in value]
    if not isinstance(value, dict):
        return value
    told = {_RENAMED.get(name, name): _as_aws_names(item) for name, item in value.items()}
    if "cachedMethods" in told:
        told["allowedMethods"] = {"items": told["allowedMethods"], "cachedMethods": told.pop("cachedMethods")}
    if "restrictionType" in told:
        told["items"] = told.pop("locations", [])
    if "customHeaders" in told:
        told["customHeaders"] = [
            {"headerName": item["name"], "headerValue": item["value"]} for item in told["customHeaders"]
        ]
    return told


def _changed(inputs: Inputs, asked: Inputs, seen: Inputs) -> Inputs:
    """Inputs whose state in AWS is another than was asked for."""
    names = {_RENAMED.get(name, name): name for name in inputs}
    return {names[name]: value for name, value in seen.items() if name in names and value != asked.get(name)}
