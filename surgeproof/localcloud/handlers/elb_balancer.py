"""Load balancers."""

from __future__ import annotations

from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Describe
from surgeproof.localcloud.handlers.observed import value_now

_SWITCHES = {
    "enableDeletionProtection": "deletion_protection.enabled",
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "enableHttp2": "routing.http2.enabled",
    "enableTlsVersionAndCipherSuiteHeaders": "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
    "enableXffClientPort": "routing.http.xff_client_port.enabled",
    "preserveHostHeader": "routing.http.preserve_host_header.enabled",
    "enableWafFailOpen": "waf.fail_open.enabled",
    "enableCrossZoneLoadBalancing": "load_balancing.cross_zone.enabled",
    "enableZonalShift": "zonal_shift.config.enabled",
    "idleTimeout": "idle_timeout.timeout_seconds",
    "clientKeepAlive": "client_keep_alive.seconds",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "xffHeaderProcessingMode": "routing.http.xff_header_processing.mode",
}
"""Provider's input to the attribute's key (API reference, LoadBalancerAttribute)."""


def attribute(key: str, value: Any) -> dict[str, str]:
    """One attribute as AWS takes it: all values are texts."""
    return {"Key": key, "Value": str(value).lower() if isinstance(value, bool) else str(value)}


def _log_attributes(kind: str, logs: Inputs) -> list[dict[str, str]]:
    told = [attribute(f"{kind}.s3.enabled", logs.get("enabled", False))]
    if logs.get("bucket"):
        told.append(attribute(f"{kind}.s3.bucket", logs["bucket"]))
    if logs.get("prefix"):
        told.append(attribute(f"{kind}.s3.prefix", logs["prefix"]))
    return told


def attributes_now(inputs: Inputs, told: list[dict[str, str]], keys: dict[str, str]) -> Inputs:
    """The inputs that are attributes, as AWS tells these."""
    kept = {one["Key"]: one["Value"] for one in told}
    return {name: value_now(inputs[name], kept[key]) for name, key in keys.items() if name in inputs and key in kept}


@handles("aws:lb/loadBalancer:LoadBalancer")
class LoadBalancer(Handler):
    """A load balancer with its attributes."""

    kept = "extended"
    note = "Reserved capacity is kept, and there at once."

    calls = (
        "elbv2.create_load_balancer",
        "elbv2.modify_load_balancer_attributes",
        "elbv2.set_security_groups",
        "elbv2.modify_capacity_reservation",
        "elbv2.set_subnets",
        "elbv2.describe_load_balancers",
        "elbv2.describe_load_balancer_attributes",
        "elbv2.delete_load_balancer",
    )
    name_prop = "name"
    name_length = 32
    defaults: ClassVar = {"loadBalancerType": "application", "internal": False, "idleTimeout": 60}
    renamed: ClassVar = {"loadBalancerType": "Type"}
    elsewhere = frozenset(
        {*_SWITCHES, "accessLogs", "connectionLogs", "healthCheckLogs", "internal", "minimumLoadBalancerCapacity"}
    )
    replace_on = frozenset({"name", "internal", "loadBalancerType", "region"})
    computed = ("arn", "arnSuffix", "dnsName", "zoneId", "vpcId")
    describe = Describe(
        "elbv2.describe_load_balancers",
        "LoadBalancerArns",
        "LoadBalancers",
        outputs={"arn": "LoadBalancerArn", "dnsName": "DNSName", "zoneId": "CanonicalHostedZoneId", "vpcId": "VpcId"},
    )
    unread = frozenset({"subnets", "subnetMappings"})

    def seen(self, account: Account, identity: str, inputs: Inputs, found: Inputs) -> Inputs:
        """Its settings and its attributes."""
        now = super().seen(account, identity, inputs, found)
        now["internal"] = found.get("Scheme") == "internal"
        told = account.client("elbv2", inputs).describe_load_balancer_attributes(LoadBalancerArn=identity)["Attributes"]
        return now | attributes_now(inputs, told, _SWITCHES)

    def _attributes(self, inputs: Inputs) -> list[dict[str, str]]:
        told = [attribute(key, inputs[name]) for name, key in _SWITCHES.items() if name in inputs]
        for name, kind in (("accessLogs", "access_logs"), ("connectionLogs", "connection_logs")):
            if inputs.get(name):
                told += _log_attributes(kind, inputs[name])
        return told

    def _reserve(self, account: Account, inputs: Inputs, identity: str) -> None:
        """Reserve capacity, or give it back."""
        units = (inputs.get("minimumLoadBalancerCapacity") or {}).get("capacityUnits")
        wanted: dict[str, Any] = (
            {"MinimumLoadBalancerCapacity": {"CapacityUnits": units}} if units else {"ResetCapacityReservation": True}
        )
        account.client("elbv2", inputs).modify_capacity_reservation(LoadBalancerArn=identity, **wanted)

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it and set its attributes."""
        scheme = "internal" if inputs["internal"] else "internet-facing"
        made = self.send(account, inputs, Scheme=scheme)["LoadBalancers"][0]
        arn = made["LoadBalancerArn"]
        account.client("elbv2", inputs).modify_load_balancer_attributes(
            LoadBalancerArn=arn, Attributes=self._attributes(inputs)
        )
        if inputs.get("minimumLoadBalancerCapacity"):
            self._reserve(account, inputs, arn)
        return arn, self.outputs(
            account,
            inputs,
            arn=arn,
            arnSuffix=arn.split(":loadbalancer/", 1)[1],
            dnsName=made["DNSName"],
            zoneId=made["CanonicalHostedZoneId"],
            vpcId=made.get("VpcId"),
        )

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change attributes and security groups."""
        client = account.client("elbv2", inputs)
        client.modify_load_balancer_attributes(LoadBalancerArn=existing.identity, Attributes=self._attributes(inputs))
        if inputs.get("minimumLoadBalancerCapacity") != existing.inputs.get("minimumLoadBalancerCapacity"):
            self._reserve(account, inputs, existing.identity)
        if inputs.get("securityGroups"):
            client.set_security_groups(LoadBalancerArn=existing.identity, SecurityGroups=inputs["securityGroups"])
        if inputs.get("subnets") and inputs["subnets"] != existing.inputs.get("subnets"):
            client.set_subnets(LoadBalancerArn=existing.identity, Subnets=inputs["subnets"])
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it; AWS refuses while it is protected."""
        account.client("elbv2", existing.inputs).delete_load_balancer(LoadBalancerArn=existing.identity)

    def unprotect(self, account: Account, existing: Existing) -> None:
        """Turn its deletion protection off."""
        account.client("elbv2", existing.inputs).modify_load_balancer_attributes(
            LoadBalancerArn=existing.identity, Attributes=[attribute("deletion_protection.enabled", False)]
        )
