"""What an embedded AWS holds, as its own list calls tell it: to see that a destroy leaves nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

_LISTS: tuple[tuple[str, str, str, str], ...] = (
    ("acm", "list_certificates", "CertificateSummaryList", "CertificateArn"),
    ("application-autoscaling", "describe_scalable_targets", "ScalableTargets", "ResourceId"),
    ("application-autoscaling", "describe_scaling_policies", "ScalingPolicies", "PolicyARN"),
    ("application-autoscaling", "describe_scheduled_actions", "ScheduledActions", "ScheduledActionARN"),
    ("cloudtrail", "describe_trails", "trailList", "TrailARN"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmArn"),
    ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    ("ec2", "describe_subnets", "Subnets", "SubnetId"),
    ("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    ("ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
    ("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    ("ec2", "describe_addresses", "Addresses", "AllocationId"),
    ("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    ("ecs", "describe_clusters", "clusters", "clusterArn"),
    ("elasticache", "describe_replication_groups", "ReplicationGroups", "ReplicationGroupId"),
    ("elasticache", "describe_cache_subnet_groups", "CacheSubnetGroups", "CacheSubnetGroupName"),
    ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerArn"),
    ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupArn"),
    ("events", "list_event_buses", "EventBuses", "Name"),
    ("events", "list_rules", "Rules", "Name"),
    ("events", "list_archives", "Archives", "ArchiveName"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("kms", "list_aliases", "Aliases", "AliasName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("rds", "describe_db_clusters", "DBClusters", "DBClusterIdentifier"),
    ("rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
    ("rds", "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName"),
    ("s3", "list_buckets", "Buckets", "Name"),
    ("secretsmanager", "list_secrets", "SecretList", "ARN"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("sqs", "list_queues", "QueueUrls", ""),
)
_LEFT = {"INACTIVE", "deleting"}
"""States of what AWS tells for a while after its deletion."""
_MORE: dict[str, dict[str, Any]] = {"application-autoscaling": {"ServiceNamespace": "ecs"}}


def holdings(client: Callable[[str], Any]) -> dict[str, list[str]]:
    """Names of what is there, by list call; AWS's own and what waits for its deletion left out where it is told."""
    found = {}
    for service, operation, member, name in _LISTS:
        try:
            more = _MORE.get(service, {})
            if operation == "describe_clusters":
                more = {"clusters": client("ecs").list_clusters()["clusterArns"]}
            told = getattr(client(service), operation)(**more).get(member) or []
        except ClientError as error:
            raise AssertionError(f"{service}.{operation}: {error}") from error
        found[f"{service}.{operation}"] = sorted(
            str(one[name] if name else one) for one in told if not name or one.get("status") not in _LEFT
        )
    # A role of a service stays: others of the account may use it, and the program says so (retain_on_delete).
    found["iam.list_roles"] = [name for name in found["iam.list_roles"] if not name.startswith("AWSServiceRoleFor")]
    return {call: names for call, names in found.items() if names}
