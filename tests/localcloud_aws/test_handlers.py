"""Handlers one by one: what is created is there, changes, and goes; what is wrong is told."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from surgeproof.localcloud.aws_errors import (
    DeployError,
    ResourceInputError,
    UnknownInvokeError,
    UnknownResourceTypeError,
    UnsupportedOperationError,
)
from surgeproof.localcloud.handlers.base import HANDLERS, Existing, Handler, New

TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


@dataclass(frozen=True)
class Made:
    handler: Handler
    existing: Existing


def later(token: str, identity: str, told: dict[str, Any]) -> tuple[Handler, Made]:
    return HANDLERS[token], Made(HANDLERS[token], Existing(identity, dict(told), dict(told)))


def read(outputs, made: Made, inputs: dict[str, Any] | None = None) -> dict[str, Any]:
    """Inputs as they are now."""
    found = made.handler.read(outputs.account, made.existing.identity, inputs or {})
    assert found is not None
    return found[0]


def test_a_type_without_a_handler_is_named(create):
    with pytest.raises(UnknownResourceTypeError, match="no handler for the resource type 'aws:braket/job:Job'"):
        create("aws:braket/job:Job")


def test_a_function_without_an_answer_is_named(outputs):
    with pytest.raises(UnknownInvokeError, match="getQuantumFoo"):
        outputs.call("aws:braket/getQuantumFoo:getQuantumFoo", {})


def test_an_input_that_the_call_does_not_know_is_named(create):
    with pytest.raises(ResourceInputError, match="takes no nonsense"):
        create("aws:kms/key:Key", nonsense=True)
    with pytest.raises(ResourceInputError, match="nonsense"):
        create("aws:sqs/queue:Queue", nonsense=True)


def test_what_aws_refuses_is_told_with_the_resource(create):
    with pytest.raises(DeployError, match=r"thing: aws:ec2/subnet:Subnet was refused: .*vpc-0"):
        create("aws:ec2/subnet:Subnet", vpcId="vpc-0", cidrBlock="10.0.0.0/24")


def test_an_operation_that_a_handler_lacks_is_an_error_and_no_pretence(outputs):
    alone = Existing("eipalloc-1", {"domain": "vpc"}, {})
    with pytest.raises(UnsupportedOperationError, match="can't change domain of"):
        HANDLERS["aws:ec2/eip:Eip"].update(outputs.account, alone, {"domain": "standard"})
    with pytest.raises(UnsupportedOperationError, match="can't import r-1 as"):
        HANDLERS["aws:ec2/route:Route"].read(outputs.account, "r-1", {})


def test_every_type_can_be_made_read_changed_and_deleted():
    """Inputs that force a replacement aside, a type without any other has nothing to change."""
    lacking = {
        token: [
            verb
            for verb in ("create", "read", "update", "delete")
            if getattr(type(handler), verb) is getattr(Handler, verb)
        ]
        for token, handler in HANDLERS.items()
    }
    generic = {
        token: [verb for verb in verbs if not (verb == "read" and HANDLERS[token].describe) and verb != "update"]
        for token, verbs in lacking.items()
    }
    assert {token: verbs for token, verbs in generic.items() if verbs} == {}


def test_names_are_made_from_the_urn_and_cut_to_what_aws_takes(create):
    _, told = create("aws:lb/targetGroup:TargetGroup", "a-name-far-too-long-for-a-target-group", targetType="lambda")
    assert len(told["name"]) == 32
    assert HANDLERS["aws:sqs/queue:Queue"].check(New("q", {}, {"name": "kept"}, "0000000"))[0]["name"] == "kept"


def test_default_tags_and_own_tags_are_both_there(aws, create):
    url, told = create("aws:sqs/queue:Queue", tags={"tier": "orders"})
    assert told["tagsAll"] == {"owner": "tests", "tier": "orders"}
    assert aws.client("sqs").list_queue_tags(QueueUrl=url)["Tags"] == told["tagsAll"]


def test_a_queue_lives_changes_and_goes(aws, create, outputs):
    policy = '{"Version":"2012-10-17",   "Statement":[{"Effect":"Deny","Principal":"*","Action":"sqs:*"}]}'
    url, told = create("aws:sqs/queue:Queue", visibilityTimeoutSeconds=77, policy=policy)
    handler, made = later("aws:sqs/queue:Queue", url, told)
    now = read(outputs, made, told)
    assert now["visibilityTimeoutSeconds"] == 77
    assert now["policy"] == policy
    handler.update(outputs.account, made.existing, {**told, "visibilityTimeoutSeconds": 99})
    assert read(outputs, made)["visibilityTimeoutSeconds"] == 99
    handler.delete(outputs.account, made.existing)
    assert handler.read(outputs.account, url, told) is None


def test_a_key_lives_changes_and_goes(create, outputs):
    identity, told = create("aws:kms/key:Key", description="orders", enableKeyRotation=True, deletionWindowInDays=7)
    handler, made = later("aws:kms/key:Key", identity, told)
    assert read(outputs, made)["enableKeyRotation"] is True
    handler.update(outputs.account, made.existing, {**told, "description": "carts", "enableKeyRotation": False})
    now = read(outputs, made)
    assert (now["description"], now["enableKeyRotation"]) == ("carts", False)
    handler.delete(outputs.account, made.existing)
    assert handler.read(outputs.account, identity, told) is None


def test_a_bucket_lives_and_goes(aws, create, outputs):
    name, told = create("aws:s3/bucket:Bucket", tags={"tier": "logs"})
    create("aws:s3/bucketVersioning:BucketVersioning", bucket=name, versioningConfiguration={"status": "Enabled"})
    assert aws.client("s3").get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    handler, made = later("aws:s3/bucket:Bucket", name, told)
    assert read(outputs, made, told)["tags"] == {"tier": "logs"}
    handler.delete(outputs.account, made.existing)
    assert handler.read(outputs.account, name, told) is None


def test_a_log_group_and_a_cluster_read_back(create, outputs):
    name, told = create("aws:cloudwatch/logGroup:LogGroup", retentionInDays=30)
    assert read(outputs, later("aws:cloudwatch/logGroup:LogGroup", name, told)[1])["retentionInDays"] == 30
    arn, told = create("aws:ecs/cluster:Cluster", settings=[{"name": "containerInsights", "value": "enabled"}])
    now = read(outputs, later("aws:ecs/cluster:Cluster", arn, told)[1], told)
    assert now["settings"] == [{"name": "containerInsights", "value": "enabled"}]


def test_a_vpc_s_security_group_loses_the_open_egress_rule(aws, create):
    vpc, told = create("aws:ec2/vpc:Vpc", cidrBlock="10.9.0.0/16", enableDnsHostnames=True)
    group, _ = create("aws:ec2/securityGroup:SecurityGroup", vpcId=vpc)
    rule = {"securityGroupId": group, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
    create("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", cidrIpv4="10.9.0.0/16", **rule)
    create("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", referencedSecurityGroupId=group, **rule)
    default, _ = create("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", vpcId=vpc)
    ec2 = aws.client("ec2")
    (found,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert [range_["CidrIp"] for rule in found["IpPermissionsEgress"] for range_ in rule["IpRanges"]] == ["10.9.0.0/16"]
    assert found["IpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"] == group
    (closed,) = ec2.describe_security_groups(GroupIds=[default])["SecurityGroups"]
    assert (closed["IpPermissions"], closed["IpPermissionsEgress"]) == ([], [])
    assert told["defaultSecurityGroupId"] == default


def test_inline_rules_are_replaced(aws, create, outputs):
    vpc, _ = create("aws:ec2/vpc:Vpc", cidrBlock="10.8.0.0/16")
    inline = [{"protocol": "tcp", "fromPort": 80, "toPort": 80, "cidrBlocks": ["0.0.0.0/0"]}]
    group, told = create("aws:ec2/securityGroup:SecurityGroup", vpcId=vpc, ingress=inline, egress=[{"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}])  # fmt: skip
    handler, made = later("aws:ec2/securityGroup:SecurityGroup", group, told)
    handler.update(outputs.account, made.existing, {**told, "ingress": [{**inline[0], "fromPort": 81, "toPort": 81}]})
    (found,) = aws.client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert [rule["FromPort"] for rule in found["IpPermissions"]] == [81]


def test_roles_and_policies(aws, create):
    role, told = create("aws:iam/role:Role", assumeRolePolicy=TRUST)
    document = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}
    )
    arn, _ = create("aws:iam/policy:Policy", policy=document)
    create("aws:iam/rolePolicyAttachment:RolePolicyAttachment", role=role, policyArn=arn)
    identity, _ = create("aws:iam/rolePolicy:RolePolicy", role=role, name="inline", policy=document)
    iam = aws.client("iam")
    assert identity == f"{role}:inline"
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"][0]["PolicyArn"] == arn
    assert (
        iam.get_role_policy(RoleName=role, PolicyName="inline")["PolicyDocument"]["Statement"][0]["Action"] == "sqs:*"
    )
    assert told["arn"] == iam.get_role(RoleName=role)["Role"]["Arn"]


def test_secrets_certificates_and_alarms(aws, create):
    secret, _ = create("aws:secretsmanager/secret:Secret", recoveryWindowInDays=0)
    create("aws:secretsmanager/secretVersion:SecretVersion", secretId=secret, secretString="s3cret")
    assert aws.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"] == "s3cret"
    _, certificate = create("aws:acm/certificate:Certificate", domainName="shop.example", validationMethod="DNS")
    assert certificate["arn"].startswith("arn:aws:acm:")
    flat = {"metricName": "Errors", "namespace": "Shop", "period": 60, "stat": "Sum", "dimensions": {"a": "b"}}
    alarm, _ = create(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        comparisonOperator="GreaterThanThreshold",
        evaluationPeriods=3,
        threshold=5,
        metricQueries=[{"id": "m1", "metric": flat, "returnData": True}],
    )
    (found,) = aws.client("cloudwatch").describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    assert found["Metrics"][0]["MetricStat"]["Metric"]["Dimensions"] == [{"Name": "a", "Value": "b"}]


def test_recorded_types_are_checked_and_recorded(aws, create):
    user, _ = create("aws:elasticache/user:User", userId="u1", userName="shop", engine="valkey", accessString="on ~* +@all", noPasswordRequired=True)  # fmt: skip
    group, told = create("aws:elasticache/userGroup:UserGroup", userGroupId="g1", engine="valkey", userIds=[user])
    assert told["arn"].endswith(":usergroup:g1")
    recorded = {one["id"]: one for one in aws.request("GET", "recorded")["resources"]}
    assert recorded[group]["operation"] == "elasticache.create_user_group"
    assert recorded[group]["request"]["UserIds"] == [user]
    with pytest.raises(ResourceInputError, match="takes no colour"):
        create("aws:elasticache/userGroup:UserGroup", userGroupId="g2", engine="valkey", colour="red")


def test_a_listener_forwards_and_its_rules_come_in_order(aws, create):
    vpc, _ = create("aws:ec2/vpc:Vpc", cidrBlock="10.7.0.0/16")
    subnets = [
        create(
            "aws:ec2/subnet:Subnet", f"s{n}", vpcId=vpc, cidrBlock=f"10.7.{n}.0/24", availabilityZone=f"eu-west-3{z}"
        )[0]
        for n, z in enumerate("ab")
    ]
    balancer, _ = create(
        "aws:lb/loadBalancer:LoadBalancer", subnets=subnets, idleTimeout=40, dropInvalidHeaderFields=True
    )
    group, _ = create("aws:lb/targetGroup:TargetGroup", port=80, protocol="HTTP", vpcId=vpc, targetType="ip", deregistrationDelay=30, stickiness={"type": "lb_cookie", "cookieDuration": 60})  # fmt: skip
    forward = {"type": "forward", "forward": {"targetGroups": [{"arn": group, "weight": 1}]}}
    listener, _ = create("aws:lb/listener:Listener", loadBalancerArn=balancer, port=80, defaultActions=[forward])
    condition = {"pathPattern": {"values": ["/checkout*"]}}
    for name in ("first", "second"):
        create("aws:lb/listenerRule:ListenerRule", name, listenerArn=listener, actions=[{"type": "forward", "targetGroupArn": group}], conditions=[condition])  # fmt: skip
    elb = aws.client("elbv2")
    rules = elb.describe_rules(ListenerArn=listener)["Rules"]
    assert [rule["Priority"] for rule in rules] == ["1", "2", "default"]
    assert rules[0]["Conditions"][0]["PathPatternConfig"]["Values"] == ["/checkout*"]
    kept = {a["Key"]: a["Value"] for a in elb.describe_load_balancer_attributes(LoadBalancerArn=balancer)["Attributes"]}
    assert kept["idle_timeout.timeout_seconds"] == "40"
    assert kept["routing.http.drop_invalid_header_fields.enabled"] == "true"


@pytest.mark.parametrize(
    ("token", "args", "expected"),
    [
        ("aws:index/getCallerIdentity:getCallerIdentity", {}, lambda told: told["accountId"] == "123456789012"),
        ("aws:index/getRegion:getRegion", {"region": "us-west-2"}, lambda told: told["name"] == "us-west-2"),
        ("aws:index/getPartition:getPartition", {}, lambda told: told["partition"] == "aws"),
        ("aws:index/getAvailabilityZones:getAvailabilityZones", {}, lambda told: len(told["names"]) == 3),
    ],
)
def test_provider_functions(outputs, token: str, args: dict, expected: Callable[[dict], bool]):
    assert expected(outputs.call(token, args))


def test_a_policy_document_is_the_provider_s(outputs):
    told = outputs.call(
        "aws:iam/getPolicyDocument:getPolicyDocument",
        {
            "statements": [
                {
                    "sid": "Read",
                    "actions": ["s3:GetObject", "s3:ListBucket"],
                    "resources": ["*"],
                    "principals": [{"type": "AWS", "identifiers": ["arn:aws:iam::1:root"]}],
                    "conditions": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}],
                }
            ]
        },
    )
    assert json.loads(told["json"])["Statement"] == [
        {
            "Sid": "Read",
            "Effect": "Allow",
            "Action": ["s3:ListBucket", "s3:GetObject"],
            "Resource": "*",
            "Principal": {"AWS": "arn:aws:iam::1:root"},
            "Condition": {"Bool": {"aws:SecureTransport": "true"}},
        }
    ]


def test_a_client_error_in_a_read_is_not_swallowed(outputs):
    with pytest.raises(ClientError):
        HANDLERS["aws:ecs/service:Service"].read(outputs.account, "arn:aws:ecs:r:1:service/nowhere/x", {})
