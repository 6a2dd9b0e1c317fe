"""Families of resource types: what AWS's provider spells in several ways is covered once, here.

A type of a covered service that no family and no list below names is told by the engine as uncovered,
so that a sibling that is added later does not go unjudged in silence.
"""

from __future__ import annotations

from functools import cache

from surgeproof.controls.families_followed import FOLLOWS, aws_types

STACK = "stack"
"""Family of controls that look at the whole graph."""
ANY = "any"
"""Family of controls that look at every resource, whatever its type."""


def _lb(*kinds: str) -> tuple[str, ...]:
    return aws_types(*(f"{module}/{kind}" for kind in kinds for module in ("lb", "alb", "elasticloadbalancingv2")))


FAMILIES: dict[str, tuple[str, ...]] = {
    # storage and keys
    "bucket": aws_types("s3/bucket", "s3/bucketV2"),
    "public_access_block": aws_types("s3/bucketPublicAccessBlock"),
    "public_access": aws_types("s3/bucket", "s3/bucketV2", "s3/accountPublicAccessBlock"),
    "account_public_access_block": aws_types("s3/accountPublicAccessBlock"),
    "bucket_encryption": aws_types(
        "s3/bucketServerSideEncryptionConfiguration", "s3/bucketServerSideEncryptionConfigurationV2"
    ),
    "bucket_policy": aws_types("s3/bucketPolicy"),
    "bucket_statements": aws_types("s3/bucketPolicy", "s3/bucket", "s3/bucketV2"),
    "bucket_versioning": aws_types("s3/bucketVersioning", "s3/bucketVersioningV2"),
    "bucket_lifecycle": aws_types("s3/bucketLifecycleConfiguration", "s3/bucketLifecycleConfigurationV2"),
    "bucket_logging": aws_types("s3/bucketLogging", "s3/bucketLoggingV2"),
    "bucket_ownership": aws_types("s3/bucketOwnershipControls"),
    "bucket_acl": aws_types("s3/bucketAcl", "s3/bucketAclV2"),
    "bucket_object_lock": aws_types("s3/bucketObjectLockConfiguration", "s3/bucketObjectLockConfigurationV2"),
    "kms_key": aws_types("kms/key", "kms/replicaKey"),
    "kms_alias": aws_types("kms/alias"),
    "kms_key_policy": aws_types("kms/keyPolicy"),
    "kms_grant": aws_types("kms/grant"),
    "table": aws_types("dynamodb/table"),
    "database": aws_types("rds/cluster", "rds/instance"),
    "database_cluster": aws_types("rds/cluster"),
    "database_instance": aws_types("rds/clusterInstance", "rds/instance"),
    "database_subnets": aws_types("rds/subnetGroup"),
    "database_parameters": aws_types("rds/clusterParameterGroup", "rds/parameterGroup"),
    "cache": aws_types("elasticache/replicationGroup", "elasticache/cluster"),
    "cache_parameters": aws_types("elasticache/parameterGroup"),
    "cache_user": aws_types("elasticache/user"),
    "cache_subnets": aws_types("elasticache/subnetGroup"),
    # queues, events, streams, functions
    "queue": aws_types("sqs/queue"),
    "queue_policy": aws_types("sqs/queuePolicy"),
    "redrive_policy": aws_types("sqs/redrivePolicy"),
    "redrive_allow_policy": aws_types("sqs/redriveAllowPolicy"),
    "topic": aws_types("sns/topic"),
    "topic_policy": aws_types("sns/topicPolicy"),
    "topic_subscription": aws_types("sns/topicSubscription"),
    "event_bus": aws_types("cloudwatch/eventBus"),
    "event_bus_policy": aws_types("cloudwatch/eventBusPolicy", "cloudwatch/eventPermission"),
    "event_rule": aws_types("cloudwatch/eventRule"),
    "event_target": aws_types("cloudwatch/eventTarget"),
    "event_archive": aws_types("cloudwatch/eventArchive"),
    "schedule": aws_types("scheduler/schedule"),
    "pipe": aws_types("pipes/pipe"),
    "event_carrier": aws_types("cloudwatch/eventBus", "scheduler/schedule", "pipes/pipe"),
    "stream": aws_types("kinesis/stream"),
    "firehose": aws_types("kinesis/firehoseDeliveryStream"),
    "function": aws_types("lambda/function"),
    "function_permission": aws_types("lambda/permission"),
    "function_url": aws_types("lambda/functionUrl"),
    "event_source_mapping": aws_types("lambda/eventSourceMapping"),
    "event_invoke_config": aws_types("lambda/functionEventInvokeConfig"),
    # compute and edge
    "ecs_cluster": aws_types("ecs/cluster"),
    "ecs_service": aws_types("ecs/service"),
    "task_definition": aws_types("ecs/taskDefinition"),
    "repository": aws_types("ecr/repository"),
    "repository_policy": aws_types("ecr/repositoryPolicy"),
    "repository_lifecycle": aws_types("ecr/lifecyclePolicy"),
    "registry_scanning": aws_types("ecr/registryScanningConfiguration"),
    "load_balancer": _lb("loadBalancer"),
    "listener": _lb("listener"),
    "listener_rule": _lb("listenerRule"),
    "target_group": _lb("targetGroup"),
    "web_acl": aws_types("wafv2/webAcl"),
    "web_acl_association": aws_types("wafv2/webAclAssociation"),
    "web_acl_logging": aws_types("wafv2/webAclLoggingConfiguration"),
    "distribution": aws_types("cloudfront/distribution"),
    "response_headers_policy": aws_types("cloudfront/responseHeadersPolicy"),
    "certificate": aws_types("acm/certificate"),
    "certificate_validation": aws_types("acm/certificateValidation"),
    "zone": aws_types("route53/zone"),
    "zone_query_log": aws_types("route53/queryLog"),
    "zone_dnssec": aws_types("route53/hostedZoneDnsSec"),
    "record": aws_types("route53/record"),
    "api": aws_types("apigatewayv2/api"),
    "api_route": aws_types("apigatewayv2/route"),
    "api_stage": aws_types("apigatewayv2/stage"),
    "api_domain": aws_types("apigatewayv2/domainName"),
    "scaling_target": aws_types("appautoscaling/target"),
    "scaling_policy": aws_types("appautoscaling/policy"),
    "scheduled_action": aws_types("appautoscaling/scheduledAction"),
    "auto_scaling_group": aws_types("autoscaling/group"),
    "launch_template": aws_types("ec2/launchTemplate"),
    "instance": aws_types("ec2/instance"),
    "volume": aws_types("ebs/volume"),
    "file_system": aws_types("efs/fileSystem"),
    # audit, monitoring, account services
    "trail": aws_types("cloudtrail/trail"),
    "log_group": aws_types("cloudwatch/logGroup"),
    "log_metric_filter": aws_types("cloudwatch/logMetricFilter"),
    "log_delivery_source": aws_types("cloudwatch/logDeliverySource"),
    "log_delivery": aws_types("cloudwatch/logDelivery"),
    "log_data_protection": aws_types("cloudwatch/logDataProtectionPolicy"),
    "alarm": aws_types("cloudwatch/metricAlarm", "cloudwatch/compositeAlarm"),
    "config_recorder": aws_types("cfg/recorder"),
    "config_recorder_status": aws_types("cfg/recorderStatus"),
    "config_delivery_channel": aws_types("cfg/deliveryChannel"),
    "config_conformance_pack": aws_types("cfg/conformancePack"),
    "config_retention": aws_types("cfg/retentionConfiguration"),
    "detector": aws_types("guardduty/detector"),
    "detector_feature": aws_types("guardduty/detectorFeature"),
    "security_hub": aws_types("securityhub/account"),
    "security_hub_standard": aws_types("securityhub/standardsSubscription"),
    "inspector": aws_types("inspector2/enabler"),
    "access_analyzer": aws_types("accessanalyzer/analyzer"),
    "macie": aws_types("macie2/account"),
    "budget": aws_types("budgets/budget"),
    "canary": aws_types("synthetics/canary"),
    # network
    "vpc": aws_types("ec2/vpc", "ec2/defaultVpc"),
    "subnet": aws_types("ec2/subnet", "ec2/defaultSubnet"),
    "security_group": aws_types("ec2/securityGroup", "ec2/defaultSecurityGroup"),
    "default_security_group": aws_types("ec2/defaultSecurityGroup"),
    "security_group_rule": aws_types(
        "ec2/securityGroupRule", "vpc/securityGroupIngressRule", "vpc/securityGroupEgressRule"
    ),
    "network_acl": aws_types("ec2/networkAcl", "ec2/defaultNetworkAcl"),
    "network_acl_rule": aws_types("ec2/networkAclRule"),
    "flow_log": aws_types("ec2/flowLog"),
    "vpc_endpoint": aws_types("ec2/vpcEndpoint"),
    "route": aws_types("ec2/route"),
    "route_table": aws_types("ec2/routeTable", "ec2/defaultRouteTable"),
    "route_table_association": aws_types("ec2/routeTableAssociation"),
    "nat_gateway": aws_types("ec2/natGateway"),
    # identity, secrets, backup
    "role": aws_types("iam/role"),
    "role_policy": aws_types("iam/rolePolicy"),
    "role_policy_attachment": aws_types("iam/rolePolicyAttachment"),
    "policy": aws_types("iam/policy"),
    "policy_attachment": aws_types(
        "iam/rolePolicyAttachment", "iam/policyAttachment", "iam/userPolicyAttachment", "iam/groupPolicyAttachment"
    ),
    "user": aws_types("iam/user"),
    "user_policy": aws_types("iam/userPolicy", "iam/userPolicyAttachment"),
    "group": aws_types("iam/group"),
    "access_key": aws_types("iam/accessKey"),
    "login_profile": aws_types("iam/userLoginProfile"),
    "account_password_policy": aws_types("iam/accountPasswordPolicy"),
    "openid_connect_provider": aws_types("iam/openIdConnectProvider"),
    "secret": aws_types("secretsmanager/secret"),
    "secret_version": aws_types("secretsmanager/secretVersion"),
    "secret_rotation": aws_types("secretsmanager/secretRotation"),
    "secret_policy": aws_types("secretsmanager/secretPolicy"),
    "ssm_parameter": aws_types("ssm/parameter"),
    "ssm": aws_types("ssm/parameter", "ssm/document"),
    "backed_up": aws_types(
        "rds/cluster", "rds/instance", "dynamodb/table", "efs/fileSystem", "ebs/volume", "s3/bucket", "s3/bucketV2"
    ),
    "backup_vault": aws_types("backup/vault"),
    "backup_vault_lock": aws_types("backup/vaultLockConfiguration"),
    "backup_vault_policy": aws_types("backup/vaultPolicy"),
    "backup_plan": aws_types("backup/plan"),
    "backup_selection": aws_types("backup/selection"),
}

FAMILIES["stateful"] = tuple(
    type_
    for family in (
        "bucket",
        "kms_key",
        "table",
        "database_cluster",
        "database_instance",
        "cache",
        "queue",
        "file_system",
    )
    for type_ in FAMILIES[family]
)
"""What loses data when it is deleted or replaced."""

FAMILIES["tagged"] = tuple(
    dict.fromkeys(
        type_
        for family in (
            "bucket", "kms_key", "table", "database", "database_instance", "cache", "queue", "topic", "event_bus",
            "stream", "function", "ecs_cluster", "ecs_service", "task_definition", "repository", "load_balancer",
            "target_group", "web_acl", "distribution", "trail", "log_group", "vpc", "subnet", "security_group", "role",
            "secret", "file_system", "backup_vault", "backup_plan", "alarm", "event_rule", "vpc_endpoint", "nat_gateway",
            "flow_log", "route_table", "database_subnets", "database_parameters", "cache_subnets", "certificate", "zone",
            "scaling_target", "firehose", "api", "api_stage", "detector", "ssm", "policy", "pipe", "volume", "instance",
        )
        for type_ in FAMILIES[family]
    )
)  # fmt: skip
"""What can hold data or cost money, and takes tags."""

FAMILIES["permissions"] = aws_types("iam/rolePolicy", "iam/policy", "iam/userPolicy", "iam/groupPolicy", "iam/role")
"""What states an identity policy."""

FAMILIES["grants"] = FAMILIES["permissions"] + FAMILIES["policy_attachment"]
"""What gives permissions: by stating them, or by attaching a policy that does."""

FAMILIES["identity"] = aws_types("iam/user", "iam/accessKey", "iam/userLoginProfile", "iam/role")
"""Who can act."""

FAMILIES["watcher"] = aws_types("cloudtrail/trail", "cfg/recorder", "ec2/flowLog", "guardduty/detector")
"""What writes down or watches what happens in the account."""


@cache
def covered_types() -> frozenset[str]:
    """Types that a family or the list above names."""
    return FOLLOWS | {type_ for types in FAMILIES.values() for type_ in types}


@cache
def covered_services() -> frozenset[str]:
    """Modules of the provider (``aws:s3``) that at least one family covers."""
    return frozenset(type_.partition("/")[0] for types in FAMILIES.values() for type_ in types)
