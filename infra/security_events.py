"""Which events of the account somebody is told of: findings, and the calls that switch off what watches."""

from __future__ import annotations

from typing import Any

SILENCING: dict[str, tuple[str, ...]] = {
    "aws.cloudtrail": ("StopLogging", "DeleteTrail"),
    "aws.config": (
        "StopConfigurationRecorder",
        "DeleteConfigurationRecorder",
        "DeleteDeliveryChannel",
        "DeleteConformancePack",
    ),
    "aws.guardduty": ("DeleteDetector", "StopMonitoringMembers", "DisassociateFromAdministratorAccount"),
    "aws.securityhub": ("DisableSecurityHub", "BatchDisableStandards"),
    "aws.access-analyzer": ("DeleteAnalyzer",),
    "aws.inspector2": ("Disable",),
    "aws.ec2": ("DeleteFlowLogs",),
    "aws.wafv2": ("DeleteLoggingConfiguration", "DisassociateWebACL"),
    "aws.backup": ("DeleteBackupVaultLockConfiguration", "DeleteRecoveryPoint"),
}
"""Source of the event to the calls after which something no longer watches, or no longer keeps."""

SEVERE = 4
"""GuardDuty severity from which somebody is called: medium (4.0 to 6.9) and above (GuardDuty User Guide, 'Severity
levels')."""


def silenced_pattern() -> dict[str, Any]:
    """EventBridge pattern of the calls that switch off what watches, as CloudTrail tells them."""
    return {
        "source": sorted(SILENCING),
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": sorted(name for names in SILENCING.values() for name in names)},
    }


def guardduty_pattern() -> dict[str, Any]:
    """EventBridge pattern of GuardDuty's findings from medium up."""
    return {
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"severity": [{"numeric": [">=", SEVERE]}]},
    }


def security_hub_pattern() -> dict[str, Any]:
    """EventBridge pattern of new findings of Security Hub, high and critical.

    GuardDuty's own come by their own rule, and not twice.
    """
    return {
        "source": ["aws.securityhub"],
        "detail-type": ["Security Hub Findings - Imported"],
        "detail": {
            "findings": {
                "Severity": {"Label": ["CRITICAL", "HIGH"]},
                "Workflow": {"Status": ["NEW"]},
                "RecordState": ["ACTIVE"],
                "ProductName": [{"anything-but": ["GuardDuty"]}],
            }
        },
    }
