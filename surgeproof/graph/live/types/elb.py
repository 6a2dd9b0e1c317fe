"""Load balancers, listeners and target groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from surgeproof.graph.live.account import Part, Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import NOT_KEPT, camel, part_or, picked, tags, without_nothing

_FLAGS = {
    "deletion_protection.enabled": "enableDeletionProtection",
    "load_balancing.cross_zone.enabled": "enableCrossZoneLoadBalancing",
    "routing.http2.enabled": "enableHttp2",
    "routing.http.drop_invalid_header_fields.enabled": "dropInvalidHeaderFields",
    "waf.fail_open.enabled": "enableWafFailOpen",
}
_LOGS = {"access_logs.s3": "accessLogs", "connection_logs.s3": "connectionLogs"}
_OF_GROUP = ("deregistrationDelay", "loadBalancingAlgorithmType", "loadBalancingCrossZoneEnabled")
_HIDDEN = (*_FLAGS.values(), *_LOGS.values(), "desyncMitigationMode", "idleTimeout")


@reads(
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:lb/listener:Listener",
    "aws:lb/listenerRule:ListenerRule",
    calls=(
        "elbv2.describe_load_balancers",
        "elbv2.describe_load_balancer_attributes",
        "elbv2.describe_tags",
        "elbv2.describe_listeners",
        "elbv2.describe_rules",
    ),
    also=("aws:alb/listenerRule:ListenerRule",),
)
def balancers(account: Reading) -> Iterator[Found]:
    """Load balancers of the second generation, with their listeners."""
    for row in account.rows("elbv2.describe_load_balancers", "LoadBalancers"):
        arn = row["LoadBalancerArn"]
        given = account.part("elbv2.describe_load_balancer_attributes", LoadBalancerArn=arn)
        labels = account.part("elbv2.describe_tags", ResourceArns=[arn])
        inputs = {
            **picked(row, name="LoadBalancerName", loadBalancerType="Type", securityGroups="SecurityGroups"),
            "internal": row.get("Scheme") == "internal",
            "subnets": [zone["SubnetId"] for zone in row.get("AvailabilityZones", ())],
            "tags": part_or(labels, _labels, {}),
            **(dict.fromkeys(_HIDDEN, NOT_KEPT) if isinstance(given, Part) else _attributes(given)),
        }
        name = row["LoadBalancerName"]
        yield Found("aws:lb/loadBalancer:LoadBalancer", arn, inputs, {"arn": arn, "name": name})
        for listener in account.rows("elbv2.describe_listeners", "Listeners", LoadBalancerArn=arn):
            yield _listener(listener)
            for rule in account.rows("elbv2.describe_rules", "Rules", ListenerArn=listener["ListenerArn"]):
                if not rule.get("IsDefault"):
                    yield _rule(listener["ListenerArn"], rule)


def _labels(answer: dict[str, Any]) -> dict[str, str]:
    return tags(answer["TagDescriptions"][0].get("Tags")) if answer.get("TagDescriptions") else {}


def _attributes(answer: dict[str, Any]) -> dict[str, Any]:
    attributes = {item["Key"]: item["Value"] for item in answer["Attributes"]}
    found: dict[str, Any] = {
        ours: attributes[theirs] == "true" for theirs, ours in _FLAGS.items() if theirs in attributes
    }
    for theirs, ours in _LOGS.items():
        if attributes.get(f"{theirs}.enabled") == "true":
            found[ours] = without_nothing(
                {
                    "enabled": True,
                    "bucket": attributes.get(f"{theirs}.bucket"),
                    "prefix": attributes.get(f"{theirs}.prefix"),
                }
            )
    if "routing.http.desync_mitigation_mode" in attributes:
        found["desyncMitigationMode"] = attributes["routing.http.desync_mitigation_mode"]
    if "idle_timeout.timeout_seconds" in attributes:
        found["idleTimeout"] = int(attributes["idle_timeout.timeout_seconds"])
    return found


def _listener(row: dict[str, Any]) -> Found:
    inputs = picked(row, loadBalancerArn="LoadBalancerArn", port="Port", protocol="Protocol", sslPolicy="SslPolicy")
    certificates = row.get("Certificates")
    if certificates:
        inputs["certificateArn"] = certificates[0]["CertificateArn"]
    inputs["defaultActions"] = _actions(row.get("DefaultActions", ()))
    arn = row["ListenerArn"]
    return Found("aws:lb/listener:Listener", arn, inputs, {"arn": arn})


def _actions(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    # The provider names what is done by a property of the kind: redirect, fixedResponse.
    renamed = {"redirectConfig": "redirect", "fixedResponseConfig": "fixedResponse", "forwardConfig": "forward"}
    return [{renamed.get(key, key): value for key, value in camel(row).items()} for row in rows]


def _rule(listener: str, row: dict[str, Any]) -> Found:
    inputs = {
        "listenerArn": listener,
        "priority": int(row["Priority"]),
        "actions": _actions(row.get("Actions", ())),
        "conditions": camel(row.get("Conditions", [])),
    }
    return Found("aws:lb/listenerRule:ListenerRule", row["RuleArn"], inputs, {"arn": row["RuleArn"]})


@reads(
    "aws:lb/targetGroup:TargetGroup",
    calls=("elbv2.describe_target_groups", "elbv2.describe_target_group_attributes", "elbv2.describe_tags"),
)
def target_groups(account: Reading) -> Iterator[Found]:
    """Target groups with their health checks."""
    for row in account.rows("elbv2.describe_target_groups", "TargetGroups"):
        arn = row["TargetGroupArn"]
        given = account.part("elbv2.describe_target_group_attributes", TargetGroupArn=arn)
        inputs = picked(
            row,
            name="TargetGroupName",
            port="Port",
            protocol="Protocol",
            protocolVersion="ProtocolVersion",
            targetType="TargetType",
            vpcId="VpcId",
        )
        check = picked(
            row,
            enabled="HealthCheckEnabled",
            interval="HealthCheckIntervalSeconds",
            path="HealthCheckPath",
            port="HealthCheckPort",
            protocol="HealthCheckProtocol",
            timeout="HealthCheckTimeoutSeconds",
            healthyThreshold="HealthyThresholdCount",
            unhealthyThreshold="UnhealthyThresholdCount",
        )
        codes = row.get("Matcher", {})
        check |= {"matcher": codes["HttpCode"]} if codes.get("HttpCode") else {}
        inputs["healthCheck"] = check
        if isinstance(given, Part):
            inputs |= dict.fromkeys(_OF_GROUP, NOT_KEPT)
        else:
            attributes = {item["Key"]: item["Value"] for item in given["Attributes"]}
            if "deregistration_delay.timeout_seconds" in attributes:
                inputs["deregistrationDelay"] = int(attributes["deregistration_delay.timeout_seconds"])
            if "load_balancing.algorithm.type" in attributes:
                inputs["loadBalancingAlgorithmType"] = attributes["load_balancing.algorithm.type"]
            if "load_balancing.cross_zone.enabled" in attributes:
                inputs["loadBalancingCrossZoneEnabled"] = attributes["load_balancing.cross_zone.enabled"]
        inputs["tags"] = part_or(account.part("elbv2.describe_tags", ResourceArns=[arn]), _labels, {})
        yield Found("aws:lb/targetGroup:TargetGroup", arn, inputs, {"arn": arn, "name": row["TargetGroupName"]})
