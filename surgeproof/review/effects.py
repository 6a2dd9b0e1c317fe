"""What a change interrupts, or loses for good."""

from __future__ import annotations

from surgeproof.review.changes import Change

LOSES_DATA = {
    "aws:rds/cluster:Cluster": "the database and all its data; only a snapshot is left, if one is taken",
    "aws:rds/clusterInstance:ClusterInstance": "an instance of the database; readers reconnect, a writer fails over",
    "aws:elasticache/replicationGroup:ReplicationGroup": "the cache: carts and hot pages start empty",
    "aws:s3/bucket:Bucket": "the bucket; it is deleted only when it is empty, or force_destroy is set",
    "aws:sqs/queue:Queue": "the queue and every message in it",
    "aws:dynamodb/table:Table": "the table and all its data",
    "aws:efs/fileSystem:FileSystem": "the file system and all its data",
    "aws:kms/key:Key": "the key: what it has encrypted cannot be read once it is deleted",
    "aws:cloudwatch/logGroup:LogGroup": "the log group and its records",
    "aws:backup/vault:Vault": "the vault; it is deleted only when it is empty",
    "aws:ecr/repository:Repository": "the repository and its images",
    "aws:cloudwatch/eventArchive:EventArchive": "the archived events",
}
"""Types that keep something: what goes with them when they are replaced or deleted."""
INTERRUPTS = {
    "aws:lb/loadBalancer:LoadBalancer": "all requests, until DNS names the new balancer",
    "aws:lb/listener:Listener": "all requests, until the new listener stands",
    "aws:lb/targetGroup:TargetGroup": "requests of its service, until the new tasks are registered and healthy",
    "aws:ecs/cluster:Cluster": "all services in it",
    "aws:ecs/service:Service": "its service: the old tasks go before the new ones serve",
    "aws:cloudfront/distribution:Distribution": "all requests, until DNS names the new distribution",
    "aws:ec2/vpc:Vpc": "everything in it",
    "aws:ec2/subnet:Subnet": "everything in its zone that lies in it",
    "aws:ec2/natGateway:NatGateway": "the way out of its zone, for some minutes",
    "aws:rds/proxy:Proxy": "connections to the database",
}
"""Types that carry requests: what stops when they are replaced or deleted."""
ROLLS = {
    "aws:ecs/taskDefinition:TaskDefinition": "starts a deployment: every task is replaced, a few at a time",
}
"""Types whose change or replacement is a rollout rather than an interruption."""
_IN_PLACE = {
    ("aws:elasticache/replicationGroup:ReplicationGroup", "nodeType"): "fails over while nodes are resized",
    ("aws:elasticache/replicationGroup:ReplicationGroup", "engineVersion"): "fails over while the engine is upgraded",
    ("aws:rds/cluster:Cluster", "engineVersion"): "restarts the database while the engine is upgraded",
    ("aws:rds/clusterInstance:ClusterInstance", "instanceClass"): "restarts the instance",
    ("aws:rds/cluster:Cluster", "dbClusterParameterGroupName"): "takes a restart of the database to apply",
}


def interruption(change: Change) -> str | None:
    """What the change interrupts or loses, as the rest of a sentence; None when nothing is known of."""
    type_ = change.shape.type
    if type_ in ROLLS:
        return ROLLS[type_] if change.kind in {"replace", "update"} else None
    if change.kind in {"replace", "delete"}:
        if type_ in LOSES_DATA:
            return f"loses {LOSES_DATA[type_]}"
        if type_ in INTERRUPTS:
            return f"interrupts {INTERRUPTS[type_]}"
        return None
    if change.kind == "update":
        tops = {item.path.partition(".")[0] for item in change.differences}
        return next((said for (of, key), said in _IN_PLACE.items() if of == type_ and key in tops), None)
    return None
