"""Ids and computed outputs in AWS's shapes, by resource type, made from names alone.

Shapes: 'Actions, resources, and condition keys' in the Service Authorization Reference, and the
outputs of pulumi-aws 7.51. A type that is not listed gets an ARN of its service and kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from surgeproof.graph.edge_arns import EDGE_SHAPES
from surgeproof.graph.store_arns import STORE_SHAPES
from surgeproof.graph.watch_arns import WATCH_SHAPES

PARTITION = "aws"
ACCOUNT = "123456789012"


@dataclass(frozen=True, slots=True)
class Seed:
    """What a made-up identity is made from."""

    name: str
    inputs: Mapping[str, Any]
    digest: str
    region: str

    def physical(self, key: str = "name") -> str:
        """The name given in the inputs, or one in the way of Pulumi's auto-naming: name and seven hex digits."""
        given = self.inputs.get(key)
        prefix = self.inputs.get(f"{key}Prefix")
        return str(given or f"{prefix or f'{self.name}-'}{self.digest[:7]}")

    def arn(self, service: str, resource: str, *, regional: bool = True, account: bool = True) -> str:
        """``arn:aws:service:region:account:resource``."""
        return f"arn:{PARTITION}:{service}:{self.region if regional else ''}:{ACCOUNT if account else ''}:{resource}"


Identity = tuple[str, dict[str, Any]]
_Shape = Callable[[Seed], Identity]


def computed_outputs(type_: str, name: str, inputs: Mapping[str, Any], digest: str, region: str) -> Identity:
    """Id and computed outputs of a resource.

    Args:
        type_: Type token, ``aws:sqs/queue:Queue``.
        name: Logical name.
        inputs: Inputs, in the provider's names.
        digest: Hex digits that are the same for the same URN.
        region: Region that the resource lies in.
    """
    seed = Seed(name, inputs, digest, region)
    return _SHAPES.get(type_, _unlisted(type_))(seed)


def _unlisted(type_: str) -> _Shape:
    _, module, kind = type_.split(":")
    service = module.split("/")[0]

    def shape(seed: Seed) -> Identity:
        physical = seed.physical()
        return physical, {"name": physical, "arn": seed.arn(service, f"{kind.lower()}/{physical}")}

    return shape


def _ec2(prefix: str, kind: str, **more: str) -> _Shape:
    """An EC2 thing: a prefix and 17 hex digits."""

    def shape(seed: Seed) -> Identity:
        identity = f"{prefix}-{seed.digest[:17]}"
        outputs = {"arn": seed.arn("ec2", f"{kind}/{identity}"), "ownerId": ACCOUNT}
        outputs.update({key: f"{value}-{seed.digest[17:34]}" for key, value in more.items()})
        return identity, outputs

    return shape


def _plain(prefix: str) -> _Shape:
    """A link between two resources: an id, and no ARN."""
    return lambda seed: (f"{prefix}-{seed.digest[:17]}", {})


def _same_as(key: str) -> _Shape:
    """A companion whose id is that of the resource it configures."""
    return lambda seed: (str(seed.inputs.get(key, seed.name)), {})


def _named(service: str, resource: str, *, id_is: str = "name", regional: bool = True, key: str = "name") -> _Shape:
    """A resource known by its name; ``{}`` in ``resource`` is the name."""

    def shape(seed: Seed) -> Identity:
        physical = seed.physical(key)
        arn = seed.arn(service, resource.format(physical), regional=regional)
        return (arn if id_is == "arn" else physical), {key: physical, "arn": arn}

    return shape


def _key(seed: Seed) -> Identity:
    digits = seed.digest
    key = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}"
    return key, {"keyId": key, "arn": seed.arn("kms", f"key/{key}")}


def _queue(seed: Seed) -> Identity:
    physical = seed.physical()
    url = f"https://sqs.{seed.region}.amazonaws.com/{ACCOUNT}/{physical}"
    return url, {"name": physical, "url": url, "arn": seed.arn("sqs", physical)}


def _bucket(seed: Seed) -> Identity:
    bucket = seed.physical("bucket")
    regional = f"{bucket}.s3.{seed.region}.amazonaws.com"
    arn = seed.arn("s3", bucket, regional=False, account=False)
    return bucket, {
        "bucket": bucket,
        "arn": arn,
        "bucketDomainName": f"{bucket}.s3.amazonaws.com",
        "bucketRegionalDomainName": regional,
    }


def _role(seed: Seed) -> Identity:
    physical = seed.physical()
    path = str(seed.inputs.get("path", "/"))
    return physical, {
        "name": physical,
        "arn": seed.arn("iam", f"role{path}{physical}", regional=False),
        "uniqueId": f"AROA{seed.digest[:17].upper()}",
    }


def _role_policy(seed: Seed) -> Identity:
    physical = seed.physical()
    return f"{seed.inputs.get('role')}:{physical}", {"name": physical}


def _load_balancer(seed: Seed) -> Identity:
    physical = seed.physical()
    suffix = f"app/{physical}/{seed.digest[:16]}"
    arn = seed.arn("elasticloadbalancing", f"loadbalancer/{suffix}")
    dns = f"{physical}-{int(seed.digest[:8], 16) % 10**10:010d}.{seed.region}.elb.amazonaws.com"
    return arn, {"name": physical, "arn": arn, "arnSuffix": suffix, "dnsName": dns, "zoneId": "Z32O12XQLNTSW2"}


def _target_group(seed: Seed) -> Identity:
    physical = seed.physical()
    suffix = f"targetgroup/{physical}/{seed.digest[:16]}"
    arn = seed.arn("elasticloadbalancing", suffix)
    return arn, {"name": physical, "arn": arn, "arnSuffix": suffix}


def _listener(seed: Seed) -> Identity:
    balancer = str(seed.inputs.get("loadBalancerArn", ""))
    arn = f"{balancer.replace(':loadbalancer/', ':listener/')}/{seed.digest[:16]}"
    return arn, {"arn": arn}


def _task_definition(seed: Seed) -> Identity:
    family = str(seed.inputs.get("family", seed.name))
    arn = seed.arn("ecs", f"task-definition/{family}:1")
    return family, {"family": family, "arn": arn, "arnWithoutRevision": arn.rsplit(":", 1)[0], "revision": 1}


def _service(seed: Seed) -> Identity:
    physical = seed.physical()
    cluster = str(seed.inputs.get("cluster", "default")).rsplit("/", 1)[-1]
    arn = seed.arn("ecs", f"service/{cluster}/{physical}")
    return arn, {"name": physical, "arn": arn}


def _database_cluster(seed: Seed) -> Identity:
    physical = seed.physical("clusterIdentifier")
    host = f"{physical}.cluster-{seed.digest[:12]}.{seed.region}.rds.amazonaws.com"
    outputs: dict[str, Any] = {
        "clusterIdentifier": physical,
        "arn": seed.arn("rds", f"cluster:{physical}"),
        "clusterResourceId": f"cluster-{seed.digest[:26].upper()}",
        "endpoint": host,
        "readerEndpoint": host.replace(".cluster-", ".cluster-ro-"),
        "port": seed.inputs.get("port", 5432),
    }
    if seed.inputs.get("manageMasterUserPassword"):
        secret = seed.arn("secretsmanager", f"secret:rds!cluster-{seed.digest[:8]}-{seed.digest[8:14]}")
        outputs["masterUserSecrets"] = [
            {"secretArn": secret, "secretStatus": "active", "kmsKeyId": seed.inputs.get("masterUserSecretKmsKeyId", "")}
        ]
    return physical, outputs


def _database_instance(seed: Seed) -> Identity:
    physical = seed.physical("identifier")
    host = f"{physical}.{seed.digest[:12]}.{seed.region}.rds.amazonaws.com"
    return physical, {"identifier": physical, "arn": seed.arn("rds", f"db:{physical}"), "endpoint": host, "port": 5432}


def _replication_group(seed: Seed) -> Identity:
    physical = seed.physical("replicationGroupId")
    domain = f"{physical}.{seed.digest[:6]}.{seed.region}.cache.amazonaws.com"
    return physical, {
        "replicationGroupId": physical,
        "arn": seed.arn("elasticache", f"replicationgroup:{physical}"),
        "primaryEndpointAddress": f"master.{domain}",
        "readerEndpointAddress": f"replica.{domain}",
        "port": seed.inputs.get("port", 6379),
    }


def _scaling_target(seed: Seed) -> Identity:
    arn = seed.arn("application-autoscaling", f"scalable-target/{seed.digest[:32]}")
    role = "ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"
    return str(seed.inputs.get("resourceId")), {
        "arn": arn,
        "roleArn": f"arn:{PARTITION}:iam::{ACCOUNT}:role/aws-service-role/{role}",
    }


def _scaling_child(kind: str) -> _Shape:
    def shape(seed: Seed) -> Identity:
        physical = seed.physical()
        resource = f"{kind}:{seed.digest[:32]}:resource/ecs/{seed.inputs.get('resourceId')}"
        return physical, {"name": physical, "arn": seed.arn("autoscaling", resource)}

    return shape


def _rule(seed: Seed) -> Identity:
    physical = seed.physical()
    bus = str(seed.inputs.get("eventBusName", "default")).rsplit("/", 1)[-1]
    return f"{bus}/{physical}", {"name": physical, "arn": seed.arn("events", f"rule/{bus}/{physical}")}


def _address(seed: Seed) -> Identity:
    identity, outputs = _ec2("eipalloc", "elastic-ip")(seed)
    return identity, {**outputs, "allocationId": identity, "publicIp": f"198.51.100.{int(seed.digest[:2], 16)}"}


_SHAPES: dict[str, _Shape] = {
    **EDGE_SHAPES,
    **STORE_SHAPES,
    **WATCH_SHAPES,
    "aws:appautoscaling/policy:Policy": _scaling_child("scalingPolicy"),
    "aws:appautoscaling/scheduledAction:ScheduledAction": _scaling_child("scheduledAction"),
    "aws:appautoscaling/target:Target": _scaling_target,
    "aws:cloudtrail/trail:Trail": _named("cloudtrail", "trail/{}", id_is="arn"),
    "aws:cloudwatch/eventBus:EventBus": _named("events", "event-bus/{}"),
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": _same_as("eventBusName"),
    "aws:cloudwatch/eventRule:EventRule": _rule,
    "aws:cloudwatch/eventTarget:EventTarget": _plain("target"),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _ec2("sg", "security-group"),
    "aws:ec2/eip:Eip": _address,
    "aws:ec2/flowLog:FlowLog": _ec2("fl", "vpc-flow-log"),
    "aws:ec2/internetGateway:InternetGateway": _ec2("igw", "internet-gateway"),
    "aws:ec2/natGateway:NatGateway": _ec2("nat", "natgateway"),
    "aws:ec2/route:Route": _plain("r"),
    "aws:ec2/routeTable:RouteTable": _ec2("rtb", "route-table"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _plain("rtbassoc"),
    "aws:ec2/securityGroup:SecurityGroup": _ec2("sg", "security-group"),
    "aws:ec2/subnet:Subnet": _ec2("subnet", "subnet"),
    "aws:ec2/vpc:Vpc": _ec2(
        "vpc", "vpc", defaultSecurityGroupId="sg", defaultRouteTableId="rtb", mainRouteTableId="rtb"
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _ec2("vpce", "vpc-endpoint", prefixListId="pl"),
    "aws:ecs/cluster:Cluster": _named("ecs", "cluster/{}", id_is="arn"),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": _same_as("clusterName"),
    "aws:ecs/service:Service": _service,
    "aws:ecs/taskDefinition:TaskDefinition": _task_definition,
    "aws:elasticache/parameterGroup:ParameterGroup": _named("elasticache", "parametergroup:{}"),
    "aws:elasticache/replicationGroup:ReplicationGroup": _replication_group,
    "aws:elasticache/subnetGroup:SubnetGroup": _named("elasticache", "subnetgroup:{}"),
    "aws:iam/role:Role": _role,
    "aws:iam/rolePolicy:RolePolicy": _role_policy,
    "aws:kms/alias:Alias": _named("kms", "{}"),
    "aws:kms/key:Key": _key,
    "aws:lb/listener:Listener": _listener,
    "aws:lb/loadBalancer:LoadBalancer": _load_balancer,
    "aws:lb/targetGroup:TargetGroup": _target_group,
    "aws:rds/cluster:Cluster": _database_cluster,
    "aws:rds/clusterInstance:ClusterInstance": _database_instance,
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": _named("rds", "cluster-pg:{}"),
    "aws:rds/subnetGroup:SubnetGroup": _named("rds", "subgrp:{}"),
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": lambda _seed: (ACCOUNT, {"accountId": ACCOUNT}),
    "aws:s3/bucket:Bucket": _bucket,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _same_as("bucket"),
    "aws:s3/bucketLogging:BucketLogging": _same_as("bucket"),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": _same_as("bucket"),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _same_as("bucket"),
    "aws:s3/bucketPolicy:BucketPolicy": _same_as("bucket"),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _same_as("bucket"),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _same_as("bucket"),
    "aws:s3/bucketVersioning:BucketVersioning": _same_as("bucket"),
    "aws:sqs/queue:Queue": _queue,
    "aws:sqs/queuePolicy:QueuePolicy": _same_as("queueUrl"),
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": _same_as("queueUrl"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _ec2("sgr", "security-group-rule"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _ec2("sgr", "security-group-rule"),
}
