"""What data costs to keep ready: databases, caches, keys, secrets; storage itself is billed by use."""

from __future__ import annotations

from collections.abc import Iterator

from surgeproof.graph.model import Graph, Resource
from surgeproof.scaling.cost.item import FREE, USAGE, Quantity, counts, fixed, hourly, number

FREE.update(
    {
        "aws:kms/alias:Alias",
        "aws:kms/grant:Grant",
        "aws:rds/clusterParameterGroup:ClusterParameterGroup",
        "aws:rds/parameterGroup:ParameterGroup",
        "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup",
        "aws:rds/proxyTarget:ProxyTarget",
        "aws:rds/subnetGroup:SubnetGroup",
        "aws:elasticache/parameterGroup:ParameterGroup",
        "aws:elasticache/subnetGroup:SubnetGroup",
        "aws:elasticache/user:User",
        "aws:elasticache/userGroup:UserGroup",
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        "aws:secretsmanager/secretRotation:SecretRotation",
        "aws:secretsmanager/secretVersion:SecretVersion",
        "aws:sqs/queuePolicy:QueuePolicy",
        "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
        "aws:sqs/redrivePolicy:RedrivePolicy",
        "aws:backup/plan:Plan",
        "aws:backup/regionSettings:RegionSettings",
        "aws:backup/selection:Selection",
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        "aws:backup/vaultPolicy:VaultPolicy",
        "aws:backup/vaultNotifications:VaultNotifications",
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
    }
)
USAGE.update(
    {
        "aws:s3/bucket:Bucket": ("s3.storage",),
        "aws:sqs/queue:Queue": ("sqs.requests",),
        "aws:backup/vault:Vault": ("backup.storage",),
        "aws:ecr/repository:Repository": ("ecr.storage",),
    }
)
CLUSTER = "aws:rds/cluster:Cluster"


@counts("aws:rds/clusterInstance:ClusterInstance")
def serverless_instance(graph: Graph, resource: Resource) -> Iterator[Quantity]:
    """Aurora Serverless v2: each instance between the ACUs of its cluster. Storage and I/O are billed by use."""
    if resource.inputs.get("instanceClass") != "db.serverless":
        yield hourly(f"rds.{resource.inputs.get('instanceClass')}")
        return
    for cluster in graph.sources(resource, "clusterIdentifier"):
        if cluster.type == CLUSTER:
            limits = cluster.inputs.get("serverlessv2ScalingConfiguration") or {}
            yield hourly("aurora.acu", number(limits.get("minCapacity")), number(limits.get("maxCapacity")))


@counts(CLUSTER)
def cluster(graph: Graph, resource: Resource) -> Iterator[Quantity]:
    """The managed password is a secret; what it stores is billed by use."""
    del graph
    if resource.inputs.get("manageMasterUserPassword"):
        yield fixed("secretsmanager.secret", 1)


@counts("aws:rds/proxy:Proxy")
def proxy(graph: Graph, resource: Resource) -> Iterator[Quantity]:
    """RDS Proxy before Aurora Serverless v2: by the ACUs of the database behind it, at least eight."""
    most = 0.0
    for group in graph.of_type(CLUSTER):
        limits = group.inputs.get("serverlessv2ScalingConfiguration") or {}
        most = max(most, number(limits.get("maxCapacity")))
    del resource
    yield hourly("rds.proxy.acu", 8, max(8.0, most))


@counts("aws:elasticache/replicationGroup:ReplicationGroup")
def replication_group(graph: Graph, resource: Resource) -> Iterator[Quantity]:
    """Nodes x node type."""
    del graph
    nodes = number(resource.inputs.get("numCacheClusters"))
    if not nodes:
        nodes = number(resource.inputs.get("numNodeGroups"), 1) * (
            1 + number(resource.inputs.get("replicasPerNodeGroup"))
        )
    yield hourly(f"elasticache.{resource.inputs.get('engine')}.{resource.inputs.get('nodeType')}", nodes)


@counts("aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey")
def key(graph: Graph, resource: Resource) -> Iterator[Quantity]:
    """A key, in its first year; the first two rotations add the price of a key each."""
    del graph, resource
    yield fixed("kms.key", 1)


@counts("aws:secretsmanager/secret:Secret")
def secret(graph: Graph, resource: Resource) -> Iterator[Quantity]:
    """A secret."""
    del graph, resource
    yield fixed("secretsmanager.secret", 1)
