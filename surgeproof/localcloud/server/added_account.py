"""What moto lacks of the account's watchers: conformance packs, Security Hub's standards, Access Analyzer."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from surgeproof.localcloud.server.added_operations import Call, RefusedError, json_operation, rest_operation


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- AWS Config: conformance packs ---------------------------------------------------------------------------------


@json_operation("config", "PutConformancePack")
def put_conformance_pack(call: Call) -> dict[str, Any]:
    """Make or change a pack; its template is kept, and judges nothing here."""
    name = call.body["ConformancePackName"]
    known = call.kept["packs"].get(name, {})
    identity = known.get("ConformancePackId") or f"conformance-pack-{uuid.uuid4().hex[:9]}"
    pack = {
        "ConformancePackName": name,
        "ConformancePackArn": call.arn("config", f"conformance-pack/{name}/{identity}"),
        "ConformancePackId": identity,
        "DeliveryS3Bucket": call.body.get("DeliveryS3Bucket", ""),
        "DeliveryS3KeyPrefix": call.body.get("DeliveryS3KeyPrefix", ""),
        "ConformancePackInputParameters": call.body.get("ConformancePackInputParameters", []),
    }
    call.kept["packs"][name] = pack
    return {"ConformancePackArn": pack["ConformancePackArn"]}


@json_operation("config", "DescribeConformancePacks")
def describe_conformance_packs(call: Call) -> dict[str, Any]:
    """All packs, or those that are named."""
    packs, names = call.kept["packs"], call.body.get("ConformancePackNames")
    for name in names or ():
        if name not in packs:
            raise RefusedError("NoSuchConformancePackException", f"{name} does not exist")
    return {"ConformancePackDetails": [packs[name] for name in names or packs]}


@json_operation("config", "DeleteConformancePack")
def delete_conformance_pack(call: Call) -> dict[str, Any]:
    """Take a pack away."""
    if call.kept["packs"].pop(call.body["ConformancePackName"], None) is None:
        raise RefusedError("NoSuchConformancePackException", f"{call.body['ConformancePackName']} does not exist")
    return {}


# --- Security Hub: standards ---------------------------------------------------------------------------------------


@rest_operation("securityhub", "POST", "/standards/register")
def enable_standards(call: Call) -> dict[str, Any]:
    """Subscribe to standards."""
    made = []
    for request in call.body["StandardsSubscriptionRequests"]:
        standard = request["StandardsArn"]
        arn = call.arn("securityhub", f"subscription/{standard.split(':standards/')[-1]}")
        subscription = {
            "StandardsSubscriptionArn": arn,
            "StandardsArn": standard,
            "StandardsInput": request.get("StandardsInput", {}),
            "StandardsStatus": "READY",
        }
        call.kept["standards"][arn] = subscription
        made.append(subscription)
    return {"StandardsSubscriptions": made}


@rest_operation("securityhub", "POST", "/standards/get")
def enabled_standards(call: Call) -> dict[str, Any]:
    """All subscriptions, or those that are named."""
    known, wanted = call.kept["standards"], call.body.get("StandardsSubscriptionArns")
    return {"StandardsSubscriptions": [known[arn] for arn in (wanted or known) if arn in known]}


@rest_operation("securityhub", "POST", "/standards/deregister")
def disable_standards(call: Call) -> dict[str, Any]:
    """End subscriptions."""
    gone = [call.kept["standards"].pop(arn, None) for arn in call.body["StandardsSubscriptionArns"]]
    return {"StandardsSubscriptions": [{**item, "StandardsStatus": "DELETING"} for item in gone if item]}


# --- IAM Access Analyzer -------------------------------------------------------------------------------------------


@rest_operation("access-analyzer", "PUT", "/analyzer")
def create_analyzer(call: Call) -> dict[str, Any]:
    """Make an analyzer; it finds nothing here."""
    name = call.body["analyzerName"]
    if name in call.kept["analyzers"]:
        raise RefusedError("ConflictException", f"An analyzer {name} exists", 409)
    analyzer = {
        "arn": call.arn("access-analyzer", f"analyzer/{name}"),
        "name": name,
        "type": call.body["type"],
        "createdAt": _now(),
        "status": "ACTIVE",
        "tags": call.body.get("tags", {}),
        **({"configuration": call.body["configuration"]} if call.body.get("configuration") else {}),
    }
    call.kept["analyzers"][name] = analyzer
    return {"arn": analyzer["arn"]}


@rest_operation("access-analyzer", "GET", "/analyzer")
def list_analyzers(call: Call) -> dict[str, Any]:
    """All of them."""
    return {"analyzers": list(call.kept["analyzers"].values())}


@rest_operation("access-analyzer", "GET", "/analyzer/{name}")
def get_analyzer(call: Call) -> dict[str, Any]:
    """One of them."""
    return {"analyzer": _analyzer(call)}


@rest_operation("access-analyzer", "DELETE", "/analyzer/{name}")
def delete_analyzer(call: Call) -> dict[str, Any]:
    """Take it away."""
    _analyzer(call)
    del call.kept["analyzers"][call.path["name"]]
    return {}


def _analyzer(call: Call) -> dict[str, Any]:
    found = call.kept["analyzers"].get(call.path["name"])
    if found is None:
        raise RefusedError("ResourceNotFoundException", f"No analyzer {call.path['name']}", 404)
    return dict(found)
