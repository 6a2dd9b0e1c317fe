"""Route 53 hosted zones and records."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles, is_missing


@handles("aws:route53/zone:Zone")
class Zone(Handler):
    """A hosted zone."""

    calls = ("route53.create_hosted_zone", "route53.get_hosted_zone", "route53.delete_hosted_zone")
    defaults: ClassVar = {"comment": "Managed by Pulumi", "forceDestroy": False}
    elsewhere = frozenset({"comment", "forceDestroy", "vpcs", "delegationSetId", "enableAcceleratedRecovery", "tags"})
    replace_on = frozenset({"name", "delegationSetId"})
    local = frozenset({"forceDestroy"})
    computed = ("arn", "zoneId", "nameServers", "primaryNameServer")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is without the path that AWS puts before it."""
        vpc = next(iter(inputs.get("vpcs") or []), None)
        inside = {"VPC": {"VPCId": vpc["vpcId"], "VPCRegion": vpc.get("vpcRegion") or account.region}} if vpc else {}
        answer = self.send(
            account,
            inputs,
            CallerReference=uuid.uuid4().hex,
            HostedZoneConfig={"Comment": inputs["comment"], "PrivateZone": bool(vpc)},
            **inside,
        )
        identity = answer["HostedZone"]["Id"].rsplit("/", 1)[-1]
        return identity, self._outputs(account, inputs, identity, answer)

    def _outputs(self, account: Account, inputs: Inputs, identity: str, answer: dict[str, Any]) -> Inputs:
        servers = (answer.get("DelegationSet") or {}).get("NameServers") or []
        return self.outputs(
            account,
            inputs,
            arn=f"arn:aws:route53:::hostedzone/{identity}",
            zoneId=identity,
            nameServers=servers,
            primaryNameServer=servers[0] if servers else "",
        )

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its comment as it is now."""
        try:
            answer = account.client("route53").get_hosted_zone(Id=identity)
        except ClientError as error:
            if is_missing(error, "NoSuchHostedZone"):
                return None
            raise
        told = answer["HostedZone"]
        now = {**self.defaults, **inputs, "name": told["Name"].rstrip(".")}
        now["comment"] = told.get("Config", {}).get("Comment", now["comment"])
        return now, self._outputs(account, now, identity, answer)

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change its comment."""
        account.client("route53").update_hosted_zone_comment(Id=existing.identity, Comment=inputs["comment"])
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it; AWS refuses while it holds records."""
        account.client("route53").delete_hosted_zone(Id=existing.identity)


@handles("aws:route53/record:Record")
class Record(Handler):
    """A record; its zone may be one that the program only names."""

    kept = "extended"
    note = "A zone that the program only names is taken as there: its records are then kept by us."
    calls = ("route53.change_resource_record_sets", "route53.list_resource_record_sets")
    defaults: ClassVar = {"allowOverwrite": False}
    local = frozenset({"allowOverwrite"})
    replace_on = frozenset({"name", "type", "zoneId", "setIdentifier"})
    computed = ("fqdn",)

    def _set(self, inputs: Inputs) -> dict[str, Any]:
        told: dict[str, Any] = {"Name": _full(inputs["name"]), "Type": inputs["type"]}
        alias = next(iter(inputs.get("aliases") or []), None)
        if alias:
            told["AliasTarget"] = {
                "HostedZoneId": alias["zoneId"],
                "DNSName": alias["name"],
                "EvaluateTargetHealth": bool(alias["evaluateTargetHealth"]),
            }
        else:
            told["TTL"] = int(inputs.get("ttl", 300))
            told["ResourceRecords"] = [
                {"Value": _value(inputs["type"], value)} for value in inputs.get("records") or []
            ]
        if inputs.get("setIdentifier"):
            told["SetIdentifier"] = inputs["setIdentifier"]
        for weighted in inputs.get("weightedRoutingPolicies") or []:
            told["Weight"] = int(weighted["weight"])
        return told

    def _change(self, account: Account, inputs: Inputs, action: str) -> None:
        """Change it; the zone is asked for first, since AWS makes none."""
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": self._set(inputs)}]}
        account.client("route53").change_resource_record_sets(HostedZoneId=inputs["zoneId"], ChangeBatch=batch)

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is zone, name and type."""
        self._change(account, inputs, "UPSERT" if inputs["allowOverwrite"] else "CREATE")
        parts = [inputs["zoneId"], inputs["name"].rstrip("."), inputs["type"], inputs.get("setIdentifier")]
        return "_".join(part for part in parts if part), self.outputs(account, inputs, fqdn=inputs["name"].rstrip("."))

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its values as they are now."""
        zone, name, kind = (
            (*identity.split("_", 1), "")[:3] if not inputs else (inputs["zoneId"], inputs["name"], inputs["type"])
        )
        found = self._find(account, zone, name, kind)
        if found is None:
            return None
        now = {**self.defaults, **inputs}
        if "TTL" in found and "ttl" in inputs:
            now["ttl"] = found["TTL"]
        if found.get("ResourceRecords"):
            now["records"] = [item["Value"].strip('"') for item in found["ResourceRecords"]]
        return now, self.outputs(account, now, fqdn=name.rstrip("."))

    def _find(self, account: Account, zone: str, name: str, kind: str) -> dict[str, Any] | None:
        try:
            pages = account.client("route53").get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone)
            sets = [item for page in pages for item in page["ResourceRecordSets"]]
        except ClientError as error:
            if is_missing(error, "NoSuchHostedZone"):
                return None
            raise
        return next((item for item in sets if item["Name"] == _full(name) and item["Type"] == kind), None)

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Write the new values in the place of the old."""
        self._change(account, inputs, "UPSERT")
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        self._change(account, existing.inputs, "DELETE")


def _full(name: str) -> str:
    return f"{name.rstrip('.')}."


def _value(kind: str, value: str) -> str:
    return f'"{value}"' if kind == "TXT" and not value.startswith('"') else value
