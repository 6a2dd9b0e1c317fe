"""What changes in its place: each type is made, changed, read back as changed, and gone after its deletion."""

import json
from typing import Any

import pytest

from surgeproof.localcloud.handlers.base import HANDLERS, Existing
from surgeproof.localcloud.handlers.tagging import retag

TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]})
TRUST_OTHER = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
        ],
    }
)
OTHER = DOCUMENT.replace("sqs:", "sns:")


class Lives:
    """Makes what a type stands on, and takes one through its life."""

    def __init__(self, create, outputs) -> None:
        self._create = create
        self.account = outputs.account

    def make(self, token: str, name: str = "thing", **inputs: Any) -> str:
        return self._create(token, name, **inputs)[0]

    def vpc(self, block: str) -> str:
        return self.make("aws:ec2/vpc:Vpc", cidrBlock=f"{block}.0.0/16")

    def subnets(self, block: str) -> list[str]:
        vpc = self.vpc(block)
        return [
            self.make("aws:ec2/subnet:Subnet", f"s{n}", vpcId=vpc, cidrBlock=f"{block}.{n}.0/24", availabilityZone=f"eu-west-3{z}")
            for n, z in enumerate("abc")
        ]  # fmt: skip

    def through(self, token: str, inputs: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
        handler = HANDLERS[token]
        identity, outputs = self._create(token, "changed", **inputs)
        before = {
            name: value for name, value in outputs.items() if name in {*inputs, *handler.defaults, handler.name_prop}
        }
        existing = Existing(identity, before, outputs)
        unchanged = handler.read(self.account, identity, before)
        assert unchanged is not None
        assert unchanged[0] == before
        after = {**before, **changed}
        later = handler.update(self.account, existing, after)
        retag(self.account, handler, existing, after)
        found = handler.read(self.account, identity, after)
        assert found is not None
        assert found[0] == after
        last = Existing(identity, after, {**outputs, **later})
        handler.delete(self.account, last)
        return found[0]

    def gone(self, token: str, identity: str, inputs: dict[str, Any]) -> bool:
        return HANDLERS[token].read(self.account, identity, inputs) is None


@pytest.fixture
def lives(create, outputs) -> Lives:
    return Lives(create, outputs)


@pytest.mark.slow
def test_network(lives):
    vpc = lives.vpc("10.41")
    lives.through("aws:ec2/vpc:Vpc", {"cidrBlock": "10.42.0.0/16"}, {"enableDnsHostnames": True})
    lives.through("aws:ec2/subnet:Subnet", {"vpcId": vpc, "cidrBlock": "10.41.1.0/24"}, {"mapPublicIpOnLaunch": True})
    gateway = lives.make("aws:ec2/internetGateway:InternetGateway", vpcId=vpc)
    lives.through(
        "aws:ec2/internetGateway:InternetGateway", {"vpcId": lives.vpc("10.43")}, {"vpcId": lives.vpc("10.44")}
    )
    table = lives.make("aws:ec2/routeTable:RouteTable", vpcId=vpc)
    lives.through(
        "aws:ec2/routeTable:RouteTable", {"vpcId": vpc}, {"routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": gateway}]}
    )
    subnet = lives.make("aws:ec2/subnet:Subnet", vpcId=vpc, cidrBlock="10.41.2.0/24")
    address = lives.make("aws:ec2/eip:Eip")
    nat = lives.make("aws:ec2/natGateway:NatGateway", subnetId=subnet, allocationId=address)
    route = {"routeTableId": table, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway}
    handler = HANDLERS["aws:ec2/route:Route"]
    identity = lives.make("aws:ec2/route:Route", **route)
    other = {"routeTableId": table, "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": nat}
    handler.update(lives.account, Existing(identity, route, route), other)
    read = handler.read(lives.account, identity, other)
    assert read is not None
    assert read[0] == other
    joined = lives.make("aws:ec2/routeTableAssociation:RouteTableAssociation", subnetId=subnet, routeTableId=table)
    HANDLERS["aws:ec2/routeTableAssociation:RouteTableAssociation"].delete(lives.account, Existing(joined, {}, {}))
    assert lives.gone(
        "aws:ec2/routeTableAssociation:RouteTableAssociation", joined, {"subnetId": subnet, "routeTableId": table}
    )
    endpoint = {"vpcId": vpc, "serviceName": "com.amazonaws.eu-west-3.s3", "routeTableIds": [table]}
    lives.through("aws:ec2/vpcEndpoint:VpcEndpoint", endpoint, {"policy": DOCUMENT})


def test_security_group_rules(lives):
    group = lives.make("aws:ec2/securityGroup:SecurityGroup", vpcId=lives.vpc("10.45"))
    rule = {"securityGroupId": group, "ipProtocol": "tcp", "fromPort": 80, "toPort": 80, "cidrIpv4": "10.45.0.0/16"}
    for direction in ("Ingress", "Egress"):
        lives.through(
            f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule", rule, {"fromPort": 443, "toPort": 443}
        )
    inline = {
        "vpcId": lives.vpc("10.46"),
        "ingress": [{"protocol": "tcp", "fromPort": 80, "toPort": 80, "cidrBlocks": ["10.0.0.0/8"]}],
    }
    lives.through(
        "aws:ec2/securityGroup:SecurityGroup",
        inline,
        {"ingress": [{**inline["ingress"][0], "cidrBlocks": ["10.1.0.0/16"]}]},
    )


def test_a_rule_that_was_added_by_hand_is_seen(aws, lives):
    vpc = lives.vpc("10.47")
    group = lives.make("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", vpcId=vpc)
    aws.client("ec2").authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
    )
    found = HANDLERS["aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"].read(lives.account, group, {"vpcId": vpc})
    assert found is not None
    assert found[0]["ingress"] == [{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]}]


def test_identities(lives):
    lives.through(
        "aws:iam/role:Role",
        {"assumeRolePolicy": TRUST, "description": "tasks", "inlinePolicies": [{"name": "a", "policy": DOCUMENT}]},
        {"assumeRolePolicy": TRUST_OTHER, "maxSessionDuration": 7200, "description": "x",
         "permissionsBoundary": "arn:aws:iam::123456789012:policy/boundary"},
    )  # fmt: skip
    role = lives.make("aws:iam/role:Role", assumeRolePolicy=TRUST)
    lives.through("aws:iam/rolePolicy:RolePolicy", {"role": role, "policy": DOCUMENT}, {"policy": OTHER})
    lives.through("aws:iam/policy:Policy", {"policy": DOCUMENT}, {"policy": OTHER})
    policy = lives.make("aws:iam/policy:Policy", policy=DOCUMENT)
    attached = {"role": role, "policyArn": policy}
    identity = lives.make("aws:iam/rolePolicyAttachment:RolePolicyAttachment", **attached)
    handler = HANDLERS["aws:iam/rolePolicyAttachment:RolePolicyAttachment"]
    assert handler.read(lives.account, identity, attached) is not None
    handler.delete(lives.account, Existing(identity, attached, attached))
    assert lives.gone("aws:iam/rolePolicyAttachment:RolePolicyAttachment", identity, attached)


def test_keys_secrets_and_trails(lives, unique):
    first, second = (lives.make("aws:kms/key:Key", name) for name in ("a", "b"))
    lives.through("aws:kms/alias:Alias", {"name": f"alias/{unique}", "targetKeyId": first}, {"targetKeyId": second})
    lives.through(
        "aws:secretsmanager/secret:Secret", {"description": "a", "recoveryWindowInDays": 0}, {"description": "b"}
    )
    bucket = lives.make("aws:s3/bucket:Bucket")
    trail = {"s3BucketName": bucket, "eventSelectors": [{"readWriteType": "All", "includeManagementEvents": True}]}
    lives.through("aws:cloudtrail/trail:Trail", trail, {"enableLogging": False, "isMultiRegionTrail": True})


def test_data_stores(lives, unique):
    subnets = lives.subnets("10.48")
    lives.through("aws:rds/subnetGroup:SubnetGroup", {"subnetIds": subnets[:2]}, {"description": "orders"})
    group = {"family": "aurora-postgresql16", "parameters": [{"name": "rds.force_ssl", "value": "1"}]}
    lives.through(
        "aws:rds/clusterParameterGroup:ClusterParameterGroup",
        group,
        {"parameters": [{"name": "rds.force_ssl", "value": "0"}]},
    )
    cluster = {
        "engine": "aurora-postgresql",
        "masterUsername": "shop",
        "masterPassword": "password-123",
        "skipFinalSnapshot": True,
    }
    lives.through("aws:rds/cluster:Cluster", cluster, {"backupRetentionPeriod": 7, "deletionProtection": False})
    lives.through("aws:elasticache/subnetGroup:SubnetGroup", {"subnetIds": subnets[:2]}, {"description": "carts"})
    user = {
        "userId": unique,
        "userName": "shop",
        "engine": "valkey",
        "accessString": "on ~* +@all",
        "noPasswordRequired": True,
    }
    lives.through("aws:elasticache/user:User", user, {"accessString": "on ~* +get"})
    cache = {"description": "carts", "nodeType": "cache.t4g.micro", "engine": "valkey", "snapshotRetentionLimit": 1}
    lives.through("aws:elasticache/replicationGroup:ReplicationGroup", cache, {"snapshotRetentionLimit": 3})


def test_recorded_types_live_with_the_embedded_aws(aws, lives, unique):
    user = lives.make(
        "aws:elasticache/user:User",
        userId=unique,
        userName="a",
        engine="valkey",
        accessString="on",
        noPasswordRequired=True,
    )
    group = {"userGroupId": f"{unique}-group", "engine": "valkey", "userIds": [user]}
    lives.through("aws:elasticache/userGroup:UserGroup", group, {"userIds": [user, "another"]})
    assert lives.gone("aws:elasticache/userGroup:UserGroup", f"{unique}-group", group)
    assert all(one["id"] != f"{unique}-group" for one in aws.request("GET", "recorded")["resources"])


def test_buckets(lives):
    bucket = lives.make("aws:s3/bucket:Bucket")
    rule = {"id": "old", "status": "Enabled", "expiration": {"days": 30}, "filter": {"prefix": "logs/"}}
    changes: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("bucketPublicAccessBlock:BucketPublicAccessBlock", {"blockPublicAcls": True}, {"blockPublicAcls": False}),
        ("bucketOwnershipControls:BucketOwnershipControls", {"rule": {"objectOwnership": "BucketOwnerEnforced"}}, {"rule": {"objectOwnership": "ObjectWriter"}}),
        ("bucketPolicy:BucketPolicy", {"policy": DOCUMENT}, {"policy": OTHER}),
        ("bucketLifecycleConfiguration:BucketLifecycleConfiguration", {"rules": [rule]}, {"rules": [{**rule, "expiration": {"days": 60}}]}),
        ("bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
         {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
         {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}]}),
    ]  # fmt: skip
    for kind, inputs, changed in changes:
        lives.through(f"aws:s3/{kind}", {"bucket": bucket, **inputs}, changed)


def test_the_account_s_block_of_public_access(lives):
    token = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
    lives.through(token, {"blockPublicAcls": True}, {"blockPublicPolicy": True, "blockPublicAcls": False})
    assert lives.gone(token, lives.account.number, {})


def test_what_backup_looks_at_in_a_region(lives):
    token = "aws:backup/regionSettings:RegionSettings"
    asked = {"resourceTypeOptInPreference": {"Aurora": True}}
    lives.through(token, asked, {"resourceTypeOptInPreference": {"Aurora": True, "S3": True}})
    assert lives.gone(token, lives.account.region, {})


def test_a_bucket_with_deleted_objects_is_emptied(aws, lives):
    bucket = lives.make("aws:s3/bucket:Bucket")
    s3 = aws.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=bucket, Key="order", Body=b"1")
    s3.delete_object(Bucket=bucket, Key="order")
    HANDLERS["aws:s3/bucket:Bucket"].delete(lives.account, Existing(bucket, {"forceDestroy": True}, {}))
    assert lives.gone("aws:s3/bucket:Bucket", bucket, {})


def test_balancers(lives):
    subnets = lives.subnets("10.49")
    balancer = lives.make("aws:lb/loadBalancer:LoadBalancer", subnets=subnets[:2])
    lives.through(
        "aws:lb/loadBalancer:LoadBalancer",
        {"subnets": subnets[:2], "enableDeletionProtection": False},
        {"idleTimeout": 90},
    )
    vpc = lives.vpc("10.50")
    check = {"path": "/a", "interval": 30, "healthyThreshold": 3, "matcher": "200"}
    group = {"port": 80, "protocol": "HTTP", "vpcId": vpc, "targetType": "ip", "healthCheck": check}
    lives.through(
        "aws:lb/targetGroup:TargetGroup", group, {"healthCheck": {**check, "path": "/b"}, "deregistrationDelay": 30}
    )
    target = lives.make("aws:lb/targetGroup:TargetGroup", port=80, protocol="HTTP", vpcId=vpc)
    forward = [{"type": "forward", "targetGroupArn": target}]
    listener = lives.make("aws:lb/listener:Listener", loadBalancerArn=balancer, port=80, defaultActions=forward)
    lives.through(
        "aws:lb/listener:Listener", {"loadBalancerArn": balancer, "port": 81, "defaultActions": forward}, {"port": 82}
    )
    rule = {
        "listenerArn": listener,
        "priority": 5,
        "actions": forward,
        "conditions": [{"pathPattern": {"values": ["/a"]}}],
    }
    lives.through(
        "aws:lb/listenerRule:ListenerRule", rule, {"priority": 7, "conditions": [{"pathPattern": {"values": ["/b"]}}]}
    )


def test_buses_clusters_and_services(lives):
    bus = lives.make("aws:cloudwatch/eventBus:EventBus")
    lives.through(
        "aws:cloudwatch/eventRule:EventRule",
        {"eventBusName": bus, "eventPattern": '{"source": ["shop"]}'},
        {"description": "x"},
    )
    arn = f"arn:aws:events:eu-west-3:123456789012:event-bus/{bus}"
    lives.through(
        "aws:cloudwatch/eventArchive:EventArchive", {"eventSourceArn": arn, "retentionDays": 1}, {"retentionDays": 9}
    )
    cluster = lives.make("aws:ecs/cluster:Cluster")
    settings = [{"name": "containerInsights", "value": "enabled"}]
    lives.through(
        "aws:ecs/cluster:Cluster",
        {"settings": settings},
        {"settings": [{"name": "containerInsights", "value": "disabled"}]},
    )
    containers = json.dumps([{"name": "app", "image": "shop", "memory": 128}])
    tasks = [lives._create("aws:ecs/taskDefinition:TaskDefinition", family=f"f{n}", containerDefinitions=containers)[1]["arn"] for n in range(2)]  # fmt: skip
    service = {"cluster": cluster, "taskDefinition": tasks[0], "desiredCount": 1}
    lives.through("aws:ecs/service:Service", service, {"taskDefinition": tasks[1], "desiredCount": 3})


def test_tags_come_and_go(aws, lives):
    handler = HANDLERS["aws:sqs/queue:Queue"]
    url, outputs = lives._create("aws:sqs/queue:Queue", tags={"tier": "orders", "old": "1"})
    before = {name: value for name, value in outputs.items() if name in {"name", "tags", *handler.defaults}}
    retag(lives.account, handler, Existing(url, before, outputs), {**before, "tags": {"tier": "carts"}})
    assert aws.client("sqs").list_queue_tags(QueueUrl=url)["Tags"] == {"owner": "tests", "tier": "carts"}
    key = lives.make("aws:kms/key:Key")
    retag(lives.account, HANDLERS["aws:kms/key:Key"], Existing(key, {}, {}), {"tags": {"tier": "keys"}})
    told = aws.client("kms").list_resource_tags(KeyId=key)["Tags"]
    assert {"TagKey": "tier", "TagValue": "keys"} in told
