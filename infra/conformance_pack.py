"""Our conformance pack: AWS Config's managed rules that judge, all the time, what PCI DSS 4.0.1 asks of this platform.

Rules: AWS Config Developer Guide, 'List of AWS Config Managed Rules'. Requirements: AWS's 'Operational Best Practices
for PCI DSS 4.0', as each rule names them there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

MAX_TEMPLATE = 51_200
"""Bytes of a template that is given inline (PutConformancePack, TemplateBody)."""

PCI_RULES: Mapping[str, str] = {
    "ACCESS_KEYS_ROTATED": "8.6.3",
    "ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK": "4.2.1",
    "ALB_WAF_ENABLED": "6.4.2",
    "AURORA_RESOURCES_PROTECTED_BY_BACKUP_PLAN": "10.3.3",
    "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK": "10.3.3",
    "CLOUDWATCH_ALARM_ACTION_ENABLED_CHECK": "10.4.1.1",
    "CLOUDWATCH_LOG_GROUP_ENCRYPTED": "10.3.2",
    "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED": "10.2.1",
    "CLOUD_TRAIL_ENABLED": "10.2.1",
    "CLOUD_TRAIL_ENCRYPTION_ENABLED": "10.3.2",
    "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED": "10.3.4",
    "CMK_BACKING_KEY_ROTATION_ENABLED": "3.7.4",
    "CW_LOGGROUP_RETENTION_PERIOD_CHECK": "10.5.1",
    "ECS_CONTAINERS_NONPRIVILEGED": "7.2.2",
    "ECS_CONTAINERS_READONLY_ACCESS": "7.2.2",
    "ECS_TASK_DEFINITION_LOG_CONFIGURATION": "10.2.1",
    "ECS_TASK_DEFINITION_USER_FOR_HOST_MODE_CHECK": "7.2.1",
    "ELASTICACHE_REPL_GRP_ENCRYPTED_AT_REST": "3.5.1",
    "ELASTICACHE_REPL_GRP_ENCRYPTED_IN_TRANSIT": "4.2.1",
    "ELB_LOGGING_ENABLED": "10.2.1",
    "GUARDDUTY_ENABLED_CENTRALIZED": "11.5.1",
    "IAM_NO_INLINE_POLICY_CHECK": "7.2.1",
    "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS": "7.2.2",
    "IAM_ROOT_ACCESS_KEY_CHECK": "2.2.2",
    "IAM_USER_MFA_ENABLED": "8.4.2",
    "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS": "8.4.2",
    "MULTI_REGION_CLOUD_TRAIL_ENABLED": "10.2.1",
    "RDS_INSTANCE_PUBLIC_ACCESS_CHECK": "1.4.2",
    "RDS_LOGGING_ENABLED": "10.2.1",
    "RDS_STORAGE_ENCRYPTED": "3.5.1",
    "ROOT_ACCOUNT_MFA_ENABLED": "8.4.2",
    "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED": "1.4.4",
    "S3_BUCKET_LOGGING_ENABLED": "10.2.1",
    "S3_BUCKET_SSL_REQUESTS_ONLY": "4.2.1",
    "S3_BUCKET_VERSIONING_ENABLED": "10.3.4",
    "SECRETSMANAGER_ROTATION_ENABLED_CHECK": "8.6.3",
    "SECURITYHUB_ENABLED": "10.4.1.1",
    "SNS_ENCRYPTED_KMS": "3.5.1",
    "VPC_DEFAULT_SECURITY_GROUP_CLOSED": "1.3.1",
    "VPC_FLOW_LOGS_ENABLED": "10.2.1",
    "WAFV2_LOGGING_ENABLED": "10.4.2",
}
"""Identifier of a managed rule to the requirement that it is evidence for."""

_NEEDS: Mapping[str, Mapping[str, str]] = {
    # Both have a parameter that AWS Config demands.
    "ACCESS_KEYS_ROTATED": {"maxAccessKeyAge": "90"},
    "CW_LOGGROUP_RETENTION_PERIOD_CHECK": {"MinRetentionTime": "365"},
}


def pci_pack() -> str:
    """The template, as YAML of the JSON kind, sorted."""
    resources = {
        "".join(word.capitalize() for word in identifier.split("_")): _rule(identifier, requirement)
        for identifier, requirement in PCI_RULES.items()
    }
    return json.dumps({"Resources": resources}, indent=1, sort_keys=True)


def _rule(identifier: str, requirement: str) -> dict[str, object]:
    properties: dict[str, object] = {
        "ConfigRuleName": identifier.lower().replace("_", "-"),
        "Description": f"PCI DSS 4.0.1, {requirement}",
        "Source": {"Owner": "AWS", "SourceIdentifier": identifier},
    }
    if identifier in _NEEDS:
        properties["InputParameters"] = dict(_NEEDS[identifier])
    return {"Type": "AWS::Config::ConfigRule", "Properties": properties}
