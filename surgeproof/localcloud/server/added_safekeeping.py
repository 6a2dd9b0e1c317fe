"""What moto lacks of safekeeping: selections of AWS Backup, and data protection of log groups."""

from __future__ import annotations

import time
import uuid
from typing import Any

from surgeproof.localcloud.server.added_operations import Call, RefusedError, json_operation, rest_operation

_SELECTIONS = "/backup/plans/{plan}/selections"


@rest_operation("backup", "PUT", _SELECTIONS)
def create_backup_selection(call: Call) -> dict[str, Any]:
    """Say what a plan backs up."""
    identity = str(uuid.uuid4())
    selection = {
        "BackupSelection": call.body["BackupSelection"],
        "SelectionId": identity,
        "BackupPlanId": call.path["plan"],
        "CreationDate": time.time(),
    }
    call.kept["selections"][identity] = selection
    return {name: selection[name] for name in ("SelectionId", "BackupPlanId", "CreationDate")}


@rest_operation("backup", "GET", _SELECTIONS)
def list_backup_selections(call: Call) -> dict[str, Any]:
    """The selections of a plan."""
    found = [item for item in call.kept["selections"].values() if item["BackupPlanId"] == call.path["plan"]]
    return {
        "BackupSelectionsList": [
            {
                "SelectionId": item["SelectionId"],
                "SelectionName": item["BackupSelection"]["SelectionName"],
                "BackupPlanId": item["BackupPlanId"],
                "CreationDate": item["CreationDate"],
                "IamRoleArn": item["BackupSelection"]["IamRoleArn"],
            }
            for item in found
        ]
    }


@rest_operation("backup", "GET", f"{_SELECTIONS}/{{selection}}")
def get_backup_selection(call: Call) -> dict[str, Any]:
    """One of them, whole."""
    return _selection(call)


@rest_operation("backup", "DELETE", f"{_SELECTIONS}/{{selection}}")
def delete_backup_selection(call: Call) -> dict[str, Any]:
    """Take it away."""
    _selection(call)
    del call.kept["selections"][call.path["selection"]]
    return {}


def _selection(call: Call) -> dict[str, Any]:
    found = call.kept["selections"].get(call.path["selection"])
    if found is None or found["BackupPlanId"] != call.path["plan"]:
        raise RefusedError("ResourceNotFoundException", "Cannot find Backup plan selection", 404)
    return dict(found)


def _group(call: Call) -> str:
    """Name of a log group that may be named by its ARN."""
    given = call.body["logGroupIdentifier"]
    return given.split(":log-group:")[-1].removesuffix(":*")


@json_operation("logs", "PutDataProtectionPolicy")
def put_data_protection_policy(call: Call) -> dict[str, Any]:
    """Protect a log group; nothing is masked here."""
    kept = {"policyDocument": call.body["policyDocument"], "lastUpdatedTime": int(time.time() * 1000)}
    call.kept["protected"][_group(call)] = kept
    return {"logGroupIdentifier": call.body["logGroupIdentifier"], **kept}


@json_operation("logs", "GetDataProtectionPolicy")
def get_data_protection_policy(call: Call) -> dict[str, Any]:
    """How it is protected; no document when it is not."""
    return {"logGroupIdentifier": call.body["logGroupIdentifier"], **call.kept["protected"].get(_group(call), {})}


@json_operation("logs", "DeleteDataProtectionPolicy")
def delete_data_protection_policy(call: Call) -> dict[str, Any]:
    """Protect it no more."""
    call.kept["protected"].pop(_group(call), None)
    return {}
