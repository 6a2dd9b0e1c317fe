"""Hosted zones, their records, and whether they are signed and watched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surgeproof.graph.live.account import Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import part_or, picked, tags, without_nothing


@reads(
    "aws:route53/zone:Zone",
    "aws:route53/record:Record",
    "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec",
    calls=(
        "route53.list_hosted_zones",
        "route53.list_tags_for_resource",
        "route53.list_resource_record_sets",
        "route53.get_dnssec",
    ),
)
def zones(account: Reading) -> Iterator[Found]:
    """Zones of the account with their records, but those that every zone has."""
    for row in account.rows("route53.list_hosted_zones", "HostedZones"):
        id_ = row["Id"].rsplit("/", 1)[-1]
        private = row.get("Config", {}).get("PrivateZone", False)
        labels = account.part("route53.list_tags_for_resource", ResourceType="hostedzone", ResourceId=id_)
        name = row["Name"].rstrip(".")
        inputs: dict[str, Any] = {
            "name": name,
            "comment": row.get("Config", {}).get("Comment"),
            "tags": part_or(labels, lambda answer: tags(answer["ResourceTagSet"].get("Tags")), {}),
        }
        if private:
            # Which networks a private zone answers to is asked of each zone; that there are some is what matters.
            inputs["vpcs"] = [{}]
        outputs = {"arn": f"arn:aws:route53:::hostedzone/{id_}", "name": name, "zoneId": id_}
        yield Found("aws:route53/zone:Zone", id_, without_nothing(inputs), outputs)
        if not private:
            signed = part_or(account.part("route53.get_dnssec", HostedZoneId=id_), _signing)
            if signed:
                type_ = "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec"
                yield Found(type_, id_, {"hostedZoneId": id_, "signingStatus": signed})
        for record in account.rows("route53.list_resource_record_sets", "ResourceRecordSets", HostedZoneId=id_):
            if record["Type"] not in {"NS", "SOA"}:
                yield _record(id_, record)


def _signing(answer: dict[str, Any]) -> str | None:
    status = str(answer.get("Status", {}).get("ServeSignature", ""))
    return status if status == "SIGNING" else None


def _record(zone: str, row: dict[str, Any]) -> Found:
    name = row["Name"].rstrip(".")
    inputs = {"zoneId": zone, "name": name, "type": row["Type"], **picked(row, ttl="TTL")}
    if row.get("AliasTarget"):
        target = row["AliasTarget"]
        alias = picked(target, name="DNSName", zoneId="HostedZoneId", evaluateTargetHealth="EvaluateTargetHealth")
        inputs["aliases"] = [alias]
    else:
        inputs["records"] = [item["Value"] for item in row.get("ResourceRecords", ())]
    return Found("aws:route53/record:Record", f"{zone}_{name}_{row['Type']}", inputs)


@reads("aws:route53/queryLog:QueryLog", calls=("route53.list_query_logging_configs",))
def query_logs(account: Reading) -> Iterator[Found]:
    """Where queries are written down."""
    for row in account.rows("route53.list_query_logging_configs", "QueryLoggingConfigs"):
        inputs = picked(row, zoneId="HostedZoneId", cloudwatchLogGroupArn="CloudWatchLogsLogGroupArn")
        yield Found("aws:route53/queryLog:QueryLog", row["Id"], inputs)
