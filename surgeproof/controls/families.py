"""Families of resource types: what AWS's provider spells in several ways is covered once, here.

A type of a covered service that no family and no list below names is told by the engine as uncovered,
so that a sibling that is added later does not go unjudged in silence.
"""

from __future__ import annotations

from functools import cache

STACK = "stack"
"""Family of controls that look at the whole graph."""
ANY = "any"
"""Family of controls that look at every resource, whatever its type."""


def _aws(*types: str) -> tuple[str, ...]:
    """``s3/bucket`` as ``aws:s3/bucket:Bucket``."""
    return tuple(f"aws:{item}:{item.split('/')[1][0].upper()}{item.split('/')[1][1:]}" for item in types)


def _lb(*kinds: str) -> tuple[str, ...]:
    return _aws(*(f"{module}/{kind}" for kind in kinds for module in ("lb", "alb", "elasticloadbalancingv2")))


FAMILIES: dict[str, tuple[str, ...]] = {
    # storage and keys
    "bucket": _aws("s3/bucket", "s3/bucketV2"),
    "public_access_block": _aws("s3/bucketPublicAccessBlock"),
    "public_access": _aws("s3/bucket", "s3/bucketV2", "s3/accountPublicAccessBlock"),
    "account_public_access_block": _aws("s3/accountPublicAccessBlock"),
    "bucket_encryption": _aws(
        "s3/bucketServerSideEncryptionConfiguration", "s3/bucketServerSideEncryptionConfigurationV2"
    ),
    "bucket_policy": _aws("s3/bucketPolicy"),
    "bucket_statements": _aws("s3/bucketPolicy", "s3/bucket", "s3/bucketV2"),
    "bucket_versioning": _aws("s3/bucketVersioning", "s3/bucketVersioningV2"),
    "bucket_lifecycle": _aws("s3/bucketLifecycleConfiguration", "s3/bucketLifecycleConfigurationV2"),
    "bucket_logging": _aws("s3/bucketLogging", "s3/bucketLoggingV2"),
    "bucket_ownership": _aws("s3/bucketOwnershipControls"),
    "bucket_acl": _aws("s3/bucketAcl", "s3/bucketAclV2"),
    "bucket_object_lock": _aws("s3/bucketObjectLockConfiguration", "s3/bucketObjectLockConfigurationV2"),
    "kms_key": _aws("kms/key", "kms/replicaKey"),
    "kms_alias": _aws("kms/alias"),
    "kms_key_policy": _aws("kms/keyPolicy"),
    "kms_grant": _aws("kms/grant"),
    "table": _aws("dynamodb/table"),
    "database": _aws("rds/cluster", "rds/instance"),
    "database_cluster": _aws("rds/cluster"),
    "database_instance": _aws("rds/clusterInstance", "rds/instance"),
    "database_subnets": _aws("rds/subnetGroup"),
    "database_parameters": _aws("rds/clusterParameterGroup", "rds/parameterGroup"),
    "cache": _aws("elasticache/replicationGroup", "elasticache/cluster"),
    "cache_user": _aws("elasticache/user"),
    "cache_subnets": _aws("elasticache/subnetGroup"),
    # queues, events, streams, functions
    "queue": _aws("sqs/queue"),
    "queue_policy": _aws("sqs/queuePolicy"),
    "redrive_policy": _aws("sqs/redrivePolicy"),
    "redrive_allow_policy": _aws("sqs/redriveAllowPolicy"),
    "topic": _aws("sns/topic"),
    "topic_policy": _aws("sns/topicPolicy"),
    "topic_subscription": _aws("sns/topicSubscription"),
    "event_bus": _aws("cloudwatch/eventBus"),
    "event_bus_policy": _aws("cloudwatch/eventBusPolicy", "cloudwatch/eventPermission"),
    "event_rule": _aws("cloudwatch/eventRule"),
    "event_target": _aws("cloudwatch/eventTarget"),
    "event_archive": _aws("cloudwatch/eventArchive"),
    "schedule": _aws("scheduler/schedule"),
    "pipe": _aws("pipes/pipe"),
    "event_carrier": _aws("cloudwatch/eventBus", "scheduler/schedule", "pipes/pipe"),
    "stream": _aws("kinesis/stream"),
    "firehose": _aws("kinesis/firehoseDeliveryStream"),
    "function": _aws("lambda/function"),
    "function_permission": _aws("lambda/permission"),
    "function_url": _aws("lambda/functionUrl"),
    "event_source_mapping": _aws("lambda/eventSourceMapping"),
    "event_invoke_config": _aws("lambda/functionEventInvokeConfig"),
    # compute and edge
    "ecs_cluster": _aws("ecs/cluster"),
    "ecs_service": _aws("ecs/service"),
    "task_definition": _aws("ecs/taskDefinition"),
    "repository": _aws("ecr/repository"),
    "repository_policy": _aws("ecr/repositoryPolicy"),
    "repository_lifecycle": _aws("ecr/lifecyclePolicy"),
    "registry_scanning": _aws("ecr/registryScanningConfiguration"),
    "load_balancer": _lb("loadBalancer"),
    "listener": _lb("listener"),
    "target_group": _lb("targetGroup"),
    "web_acl": _aws("wafv2/webAcl"),
    "web_acl_association": _aws("wafv2/webAclAssociation"),
    "web_acl_logging": _aws("wafv2/webAclLoggingConfiguration"),
    "distribution": _aws("cloudfront/distribution"),
    "response_headers_policy": _aws("cloudfront/responseHeadersPolicy"),
    "certificate": _aws("acm/certificate"),
    "certificate_validation": _aws("acm/certificateValidation"),
    "zone": _aws("route53/zone"),
    "zone_query_log": _aws("route53/queryLog"),
    "zone_dnssec": _aws("route53/hostedZoneDnsSec"),
    "record": _aws("route53/record"),
    "api": _aws("apigatewayv2/api"),
    "api_route": _aws("apigatewayv2/route"),
    "api_stage": _aws("apigatewayv2/stage"),
    "api_domain": _aws("apigatewayv2/domainName"),
    "scaling_target": _aws("appautoscaling/target"),
    "scaling_policy": _aws("appautoscaling/policy"),
    "scheduled_action": _aws("appautoscaling/scheduledAction"),
    "auto_scaling_group": _aws("autoscaling/group"),
    "launch_template": _aws("ec2/launchTemplate"),
    "instance": _aws("ec2/instance"),
    "volume": _aws("ebs/volume"),
    "file_system": _aws("efs/fileSystem"),
    # audit, monitoring, account services
    "trail": _aws("cloudtrail/trail"),
    "log_group": _aws("cloudwatch/logGroup"),
    "log_metric_filter": _aws("cloudwatch/logMetricFilter"),
    "log_delivery_source": _aws("cloudwatch/logDeliverySource"),
    "log_delivery": _aws("cloudwatch/logDelivery"),
    "log_data_protection": _aws("cloudwatch/logDataProtectionPolicy"),
    "alarm": _aws("cloudwatch/metricAlarm", "cloudwatch/compositeAlarm"),
    "config_recorder": _aws("cfg/recorder"),
    "config_recorder_status": _aws("cfg/recorderStatus"),
    "config_delivery_channel": _aws("cfg/deliveryChannel"),
    "config_conformance_pack": _aws("cfg/conformancePack"),
    "config_retention": _aws("cfg/retentionConfiguration"),
    "detector": _aws("guardduty/detector"),
    "detector_feature": _aws("guardduty/detectorFeature"),
    "security_hub": _aws("securityhub/account"),
    "security_hub_standard": _aws("securityhub/standardsSubscription"),
    "inspector": _aws("inspector2/enabler"),
    "access_analyzer": _aws("accessanalyzer/analyzer"),
    "macie": _aws("macie2/account"),
    # network
    "vpc": _aws("ec2/vpc", "ec2/defaultVpc"),
    "subnet": _aws("ec2/subnet", "ec2/defaultSubnet"),
    "security_group": _aws("ec2/securityGroup", "ec2/defaultSecurityGroup"),
    "default_security_group": _aws("ec2/defaultSecurityGroup"),
    "security_group_rule": _aws("ec2/securityGroupRule", "vpc/securityGroupIngressRule", "vpc/securityGroupEgressRule"),
    "network_acl": _aws("ec2/networkAcl", "ec2/defaultNetworkAcl"),
    "network_acl_rule": _aws("ec2/networkAclRule"),
    "flow_log": _aws("ec2/flowLog"),
    "vpc_endpoint": _aws("ec2/vpcEndpoint"),
    "route": _aws("ec2/route"),
    "route_table": _aws("ec2/routeTable", "ec2/defaultRouteTable"),
    "route_table_association": _aws("ec2/routeTableAssociation"),
    "nat_gateway": _aws("ec2/natGateway"),
    # identity, secrets, backup
    "role": _aws("iam/role"),
    "role_policy": _aws("iam/rolePolicy"),
    "role_policy_attachment": _aws("iam/rolePolicyAttachment"),
    "policy": _aws("iam/policy"),
    "policy_attachment": _aws(
        "iam/rolePolicyAttachment", "iam/policyAttachment", "iam/userPolicyAttachment", "iam/groupPolicyAttachment"
    ),
    "user": _aws("iam/user"),
    "user_policy": _aws("iam/userPolicy", "iam/userPolicyAttachment"),
    "group": _aws("iam/group"),
    "access_key": _aws("iam/accessKey"),
    "login_profile": _aws("iam/userLoginProfile"),
    "account_password_policy": _aws("iam/accountPasswordPolicy"),
    "openid_connect_provider": _aws("iam/openIdConnectProvider"),
    "secret": _aws("secretsmanager/secret"),
    "secret_version": _aws("secretsmanager/secretVersion"),
    "secret_rotation": _aws("secretsmanager/secretRotation"),
    "secret_policy": _aws("secretsmanager/secretPolicy"),
    "ssm_parameter": _aws("ssm/parameter"),
    "ssm": _aws("ssm/parameter", "ssm/document"),
    "backed_up": _aws(
        "rds/cluster", "rds/instance", "dynamodb/table", "efs/fileSystem", "ebs/volume", "s3/bucket", "s3/bucketV2"
    ),
    "backup_vault": _aws("backup/vault"),
    "backup_vault_lock": _aws("backup/vaultLockConfiguration"),
    "backup_vault_policy": _aws("backup/vaultPolicy"),
    "backup_plan": _aws("backup/plan"),
    "backup_selection": _aws("backup/selection"),
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

FAMILIES["permissions"] = _aws("iam/rolePolicy", "iam/policy", "iam/userPolicy", "iam/role")
"""What states an identity policy."""

FAMILIES["grants"] = FAMILIES["permissions"] + FAMILIES["policy_attachment"]
"""What gives permissions: by stating them, or by attaching a policy that does."""

FAMILIES["identity"] = _aws("iam/user", "iam/accessKey", "iam/userLoginProfile", "iam/role")
"""Who can act."""

FAMILIES["watcher"] = _aws("cloudtrail/trail", "cfg/recorder", "ec2/flowLog", "guardduty/detector")
"""What writes down or watches what happens in the account."""

FOLLOWS: frozenset[str] = frozenset(
    _aws(
        "accessanalyzer/archiveRule",
        "apigatewayv2/apiMapping",
        "apigatewayv2/authorizer",
        "apigatewayv2/integration",
        "apigatewayv2/vpcLink",
        "backup/framework",
        "backup/globalSettings",
        "backup/regionSettings",
        "backup/reportPlan",
        "backup/vaultNotifications",
        "cfg/rule",
        "cloudfront/cachePolicy",
        "cloudfront/function",
        "cloudfront/monitoringSubscription",
        "cloudfront/originAccessControl",
        "cloudfront/originRequestPolicy",
        "cloudfront/vpcOrigin",
        "cloudwatch/dashboard",
        "cloudwatch/logAccountPolicy",
        "cloudwatch/logDeliveryDestination",
        "cloudwatch/logResourcePolicy",
        "cloudwatch/logStream",
        "cloudwatch/logSubscriptionFilter",
        "cloudwatch/queryDefinition",
        "ec2/eip",
        "ec2/internetGateway",
        "ec2/mainRouteTableAssociation",
        "ec2/networkAclAssociation",
        "ec2/vpcDhcpOptions",
        "ec2/vpcDhcpOptionsAssociation",
        "ec2/vpcPeeringConnection",
        "ecr/pullThroughCacheRule",
        "ecr/registryPolicy",
        "ecr/replicationConfiguration",
        "ecs/accountSettingDefault",
        "ecs/capacityProvider",
        "ecs/clusterCapacityProviders",
        "elasticache/parameterGroup",
        "elasticache/userGroup",
        "elasticache/userGroupAssociation",
        "guardduty/filter",
        "guardduty/publishingDestination",
        "iam/accountAlias",
        "iam/instanceProfile",
        "iam/serviceLinkedRole",
        "lambda/alias",
        "lambda/layerVersion",
        "lb/listenerCertificate",
        "lb/listenerRule",
        "lb/targetGroupAttachment",
        "lb/trustStore",
        "rds/clusterEndpoint",
        "rds/eventSubscription",
        "rds/proxy",
        "rds/proxyDefaultTargetGroup",
        "rds/proxyTarget",
        "route53/healthCheck",
        "route53/keySigningKey",
        "s3/bucketNotification",
        "s3/bucketObject",
        "s3/bucketObjectv2",
        "scheduler/scheduleGroup",
        "securityhub/findingAggregator",
        "securityhub/productSubscription",
        "ssm/association",
        "wafv2/ipSet",
        "wafv2/regexPatternSet",
        "wafv2/ruleGroup",
    )
)
"""Types of covered services that need no control of their own: what matters of them is judged where they are used."""


@cache
def covered_types() -> frozenset[str]:
    """Types that a family or the list above names."""
    return FOLLOWS | {type_ for types in FAMILIES.values() for type_ in types}


@cache
def covered_services() -> frozenset[str]:
    """Modules of the provider (``aws:s3``) that at least one family covers."""
    return frozenset(type_.partition("/")[0] for types in FAMILIES.values() for type_ in types)
