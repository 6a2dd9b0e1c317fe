"""What forces a new resource: held against AWS's own published schemas, which say what can be set at creation alone.

Source: the CloudFormation resource schemas (``createOnlyProperties``), which cfn-lint carries and moto depends on. The
provider follows them almost everywhere; where it does not, the reason stands here.
"""

import inspect
import json
import warnings
from pathlib import Path

import cfnlint
import pulumi_aws
import pytest

from surgeproof.localcloud.handlers import HANDLERS

SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas"

COUNTERPARTS = {
    "aws:acm/certificate:Certificate": "AWS::CertificateManager::Certificate",
    "aws:appautoscaling/policy:Policy": "AWS::ApplicationAutoScaling::ScalingPolicy",
    "aws:appautoscaling/target:Target": "AWS::ApplicationAutoScaling::ScalableTarget",
    "aws:cloudtrail/trail:Trail": "AWS::CloudTrail::Trail",
    "aws:cloudwatch/eventArchive:EventArchive": "AWS::Events::Archive",
    "aws:cloudwatch/eventBus:EventBus": "AWS::Events::EventBus",
    "aws:cloudwatch/eventRule:EventRule": "AWS::Events::Rule",
    "aws:cloudwatch/logGroup:LogGroup": "AWS::Logs::LogGroup",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "AWS::CloudWatch::Alarm",
    "aws:ec2/eip:Eip": "AWS::EC2::EIP",
    "aws:ec2/flowLog:FlowLog": "AWS::EC2::FlowLog",
    "aws:ec2/internetGateway:InternetGateway": "AWS::EC2::InternetGateway",
    "aws:ec2/natGateway:NatGateway": "AWS::EC2::NatGateway",
    "aws:ec2/route:Route": "AWS::EC2::Route",
    "aws:ec2/routeTable:RouteTable": "AWS::EC2::RouteTable",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "AWS::EC2::SubnetRouteTableAssociation",
    "aws:ec2/securityGroup:SecurityGroup": "AWS::EC2::SecurityGroup",
    "aws:ec2/subnet:Subnet": "AWS::EC2::Subnet",
    "aws:ec2/vpc:Vpc": "AWS::EC2::VPC",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "AWS::EC2::VPCEndpoint",
    "aws:ecs/cluster:Cluster": "AWS::ECS::Cluster",
    "aws:ecs/service:Service": "AWS::ECS::Service",
    "aws:ecs/taskDefinition:TaskDefinition": "AWS::ECS::TaskDefinition",
    "aws:elasticache/parameterGroup:ParameterGroup": "AWS::ElastiCache::ParameterGroup",
    "aws:elasticache/replicationGroup:ReplicationGroup": "AWS::ElastiCache::ReplicationGroup",
    "aws:elasticache/subnetGroup:SubnetGroup": "AWS::ElastiCache::SubnetGroup",
    "aws:elasticache/user:User": "AWS::ElastiCache::User",
    "aws:elasticache/userGroup:UserGroup": "AWS::ElastiCache::UserGroup",
    "aws:iam/policy:Policy": "AWS::IAM::ManagedPolicy",
    "aws:iam/role:Role": "AWS::IAM::Role",
    "aws:iam/rolePolicy:RolePolicy": "AWS::IAM::RolePolicy",
    "aws:kms/alias:Alias": "AWS::KMS::Alias",
    "aws:kms/key:Key": "AWS::KMS::Key",
    "aws:lb/listener:Listener": "AWS::ElasticLoadBalancingV2::Listener",
    "aws:lb/listenerRule:ListenerRule": "AWS::ElasticLoadBalancingV2::ListenerRule",
    "aws:lb/loadBalancer:LoadBalancer": "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "aws:lb/targetGroup:TargetGroup": "AWS::ElasticLoadBalancingV2::TargetGroup",
    "aws:rds/cluster:Cluster": "AWS::RDS::DBCluster",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": "AWS::RDS::DBClusterParameterGroup",
    "aws:rds/subnetGroup:SubnetGroup": "AWS::RDS::DBSubnetGroup",
    "aws:s3/bucket:Bucket": "AWS::S3::Bucket",
    "aws:s3/bucketPolicy:BucketPolicy": "AWS::S3::BucketPolicy",
    "aws:secretsmanager/secret:Secret": "AWS::SecretsManager::Secret",
    "aws:sqs/queue:Queue": "AWS::SQS::Queue",
}

SPELLED = {
    "aws:cloudtrail/trail:Trail": {"trailname": "name"},
    "aws:cloudwatch/eventArchive:EventArchive": {"sourcearn": "eventsourcearn"},
    "aws:ec2/securityGroup:SecurityGroup": {"groupdescription": "description"},
    "aws:iam/policy:Policy": {"managedpolicyname": "name"},
    "aws:lb/loadBalancer:LoadBalancer": {"scheme": "internal"},
    "aws:s3/bucket:Bucket": {"bucketname": "bucket"},
    "aws:sqs/queue:Queue": {"queuename": "name"},
}
"""CloudFormation's name to the provider's, where they differ by more than the creating call's."""

CHANGED_BY_THE_PROVIDER = {
    # ElastiCache changes the type of a group's network in its place; the provider does that, CloudFormation does not.
    ("aws:elasticache/replicationGroup:ReplicationGroup", "networktype"),
    # The provider takes a move between networks as a change of the endpoint's region alone.
    ("aws:ec2/vpcEndpoint:VpcEndpoint", "serviceregion"),
}
"""What CloudFormation can set at creation alone, and the provider changes."""


def create_only(counterpart: str) -> list[str]:
    names = json.loads((SCHEMAS / "providers" / "us-east-1.json").read_text())
    schema = json.loads((SCHEMAS / "resources" / f"{names[counterpart]}.json").read_text())
    return [path.removeprefix("/properties/").lower() for path in schema.get("createOnlyProperties", [])]


def provider_inputs(token: str) -> set[str]:
    """Inputs of the provider's class, in small letters."""
    module, kind = token.split(":")[1].split("/", maxsplit=1)[0], token.rsplit(":", 1)[1]
    with warnings.catch_warnings():
        # Importing a module of the provider warns of its own deprecated classes, used or not.
        warnings.simplefilter("ignore", DeprecationWarning)
        made = getattr(getattr(pulumi_aws, module), kind)
    arguments = inspect.signature(made._internal_init).parameters
    return {name.replace("_", "") for name in arguments}


@pytest.mark.parametrize("token", sorted(COUNTERPARTS))
def test_what_aws_sets_at_creation_alone_forces_a_new_resource(token):
    handler = HANDLERS[token]
    ours = {name.lower() for name in handler.replace_on}
    by_member = {member.lower(): name.lower() for name, member in handler.renamed.items() if not name.startswith("*")}
    spelled = {**by_member, **SPELLED.get(token, {})}
    wanted = {spelled.get(name, name) for name in create_only(COUNTERPARTS[token])} & provider_inputs(token)
    assert {name for name in wanted - ours if (token, name) not in CHANGED_BY_THE_PROVIDER} == set()


@pytest.mark.parametrize("token", sorted(HANDLERS))
def test_what_forces_a_new_resource_is_an_input_of_the_provider(token):
    handler = HANDLERS[token]
    top = {name.split(".")[0].lower() for name in handler.replace_on}
    assert top - provider_inputs(token) == set()
