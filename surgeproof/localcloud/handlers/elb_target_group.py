"""Target groups."""

from __future__ import annotations

from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Describe
from surgeproof.localcloud.handlers.elb_balancer import attribute, attributes_now
from surgeproof.localcloud.handlers.observed import observed

_ATTRIBUTES = {
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "slowStart": "slow_start.duration_seconds",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
    "loadBalancingAnomalyMitigation": "load_balancing.algorithm.anomaly_mitigation",
    "loadBalancingCrossZoneEnabled": "load_balancing.cross_zone.enabled",
    "preserveClientIp": "preserve_client_ip.enabled",
    "proxyProtocolV2": "proxy_protocol_v2.enabled",
    "connectionTermination": "deregistration_delay.connection_termination.enabled",
}
"""Provider's input to the attribute's key (API reference, TargetGroupAttribute)."""
_HEALTH_CHECK = {
    "enabled": "healthCheckEnabled",
    "interval": "healthCheckIntervalSeconds",
    "path": "healthCheckPath",
    "port": "healthCheckPort",
    "protocol": "healthCheckProtocol",
    "timeout": "healthCheckTimeoutSeconds",
    "healthyThreshold": "healthyThresholdCount",
    "unhealthyThreshold": "unhealthyThresholdCount",
}


@handles("aws:lb/targetGroup:TargetGroup")
class TargetGroup(Handler):
    """A target group with its health check and attributes."""

    calls = (
        "elbv2.create_target_group",
        "elbv2.modify_target_group_attributes",
        "elbv2.modify_target_group",
        "elbv2.describe_target_groups",
        "elbv2.describe_target_group_attributes",
        "elbv2.delete_target_group",
    )
    name_prop = "name"
    name_length = 32
    defaults: ClassVar = {"targetType": "instance", "deregistrationDelay": 300}
    elsewhere = frozenset({*_ATTRIBUTES, "stickiness", "lambdaMultiValueHeadersEnabled", "healthCheck"})
    replace_on = frozenset(
        {"name", "port", "protocol", "protocolVersion", "targetType", "ipAddressType", "vpcId", "region"}
    )
    computed = ("arn", "arnSuffix")
    describe = Describe(
        "elbv2.describe_target_groups", "TargetGroupArns", "TargetGroups", outputs={"arn": "TargetGroupArn"}
    )
    unread = frozenset({"healthCheck", "stickiness"})

    def seen(self, account: Account, identity: str, inputs: Inputs, found: Inputs) -> Inputs:
        """Its settings, its health check and its attributes."""
        now = super().seen(account, identity, inputs, found)
        asked = inputs.get("healthCheck")
        if asked:
            told = {name.lower(): value for name, value in found.items()}
            checks = {name: told.get(member.lower()) for name, member in _HEALTH_CHECK.items()}
            checks["matcher"] = next(iter((found.get("Matcher") or {}).values()), None)
            now["healthCheck"] = observed(asked, {name: value for name, value in checks.items() if value is not None})
        told_too = account.client("elbv2", inputs).describe_target_group_attributes(TargetGroupArn=identity)
        return now | attributes_now(inputs, told_too["Attributes"], _ATTRIBUTES)

    def _health(self, inputs: Inputs) -> Inputs:
        asked = inputs.get("healthCheck") or {}
        told: dict[str, Any] = {_HEALTH_CHECK[name]: value for name, value in asked.items() if name in _HEALTH_CHECK}
        if asked.get("matcher"):
            code = "GrpcCode" if inputs.get("protocolVersion") == "GRPC" else "HttpCode"
            told["matcher"] = {code: str(asked["matcher"])}
        return told

    def _attributes(self, inputs: Inputs) -> list[dict[str, str]]:
        # A function has none of these: AWS refuses even the provider's default for one.
        known = {} if inputs["targetType"] == "lambda" else _ATTRIBUTES
        told = [attribute(key, inputs[name]) for name, key in known.items() if name in inputs]
        sticky = inputs.get("stickiness")
        if sticky:
            told += [
                attribute("stickiness.enabled", sticky.get("enabled", True)),
                attribute("stickiness.type", sticky["type"]),
            ]
            if "cookieDuration" in sticky:
                told.append(attribute(f"stickiness.{sticky['type']}.duration_seconds", sticky["cookieDuration"]))
        return told

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it and set its attributes."""
        arn = self.send(account, {**inputs, **self._health(inputs)})["TargetGroups"][0]["TargetGroupArn"]
        attributes = self._attributes(inputs)
        if attributes:
            client = account.client("elbv2", inputs)
            client.modify_target_group_attributes(TargetGroupArn=arn, Attributes=attributes)
        return arn, self.outputs(account, inputs, arn=arn, arnSuffix=arn.rsplit(":", 1)[-1])

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change its health check and attributes."""
        account.send(
            "elbv2.modify_target_group",
            {"region": account.region_of(inputs), "targetGroupArn": existing.identity, **self._health(inputs)},
            leave_out=["tags"],
        )
        account.client("elbv2", inputs).modify_target_group_attributes(
            TargetGroupArn=existing.identity, Attributes=self._attributes(inputs)
        )
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("elbv2", existing.inputs).delete_target_group(TargetGroupArn=existing.identity)
