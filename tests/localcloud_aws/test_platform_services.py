"""Schedules, proxies, forecasts, schemas, redrive permissions and shifted deployments in the embedded AWS."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from surgeproof.localcloud.aws_errors import ResourceInputError
from surgeproof.localcloud.handlers import HANDLERS, INVOKES
from surgeproof.localcloud.handlers.base import Existing
from surgeproof.localcloud.server.scaling_policies import CONFIGURATION


def test_a_schedule_is_kept_changed_and_deleted(aws, create, outputs, unique):
    group, _ = create("aws:scheduler/scheduleGroup:ScheduleGroup", name=unique, tags={"tier": "jobs"})
    target = {
        "arn": "arn:aws:ecs:eu-west-1:123456789012:cluster/c",
        "roleArn": "arn:aws:iam::123456789012:role/r",
        "ecsParameters": {
            "taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:1",
            "taskCount": 2,
            "enableEcsManagedTags": True,
            "capacityProviderStrategies": [{"capacityProvider": "FARGATE_SPOT", "base": 0, "weight": 1}],
            "networkConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": False},
        },
        "retryPolicy": {"maximumEventAgeInSeconds": 3600, "maximumRetryAttempts": 3},
        "deadLetterConfig": {"arn": "arn:aws:sqs:eu-west-1:123456789012:dead"},
    }
    inputs = {
        "name": unique,
        "groupName": group,
        "scheduleExpression": "cron(0 3 * * ? *)",
        "scheduleExpressionTimezone": "Europe/Paris",
        "flexibleTimeWindow": {"mode": "OFF"},
        "target": target,
    }
    identity, made = create("aws:scheduler/schedule:Schedule", **inputs)
    assert identity == f"{unique}/{unique}"
    client = aws.client("scheduler")
    kept = client.get_schedule(GroupName=unique, Name=unique)
    assert (kept["ScheduleExpression"], kept["ScheduleExpressionTimezone"]) == ("cron(0 3 * * ? *)", "Europe/Paris")
    network = kept["Target"]["EcsParameters"]["NetworkConfiguration"]["awsvpcConfiguration"]
    assert network == {"Subnets": ["subnet-1"], "SecurityGroups": ["sg-1"], "AssignPublicIp": "DISABLED"}
    handler, account = HANDLERS["aws:scheduler/schedule:Schedule"], outputs.account
    changed = {**made, "scheduleExpression": "rate(1 hour)", "state": "DISABLED"}
    inputs_now = {key: changed[key] for key in (*inputs, "state")}
    handler.update(account, Existing(identity, made, made), inputs_now)
    now, _ = handler.read(account, identity, inputs_now) or ({}, {})
    assert (now["scheduleExpression"], now["state"]) == ("rate(1 hour)", "DISABLED")
    handler.delete(account, Existing(identity, inputs_now, made))
    assert handler.read(account, identity, inputs_now) is None
    groups = HANDLERS["aws:scheduler/scheduleGroup:ScheduleGroup"]
    assert (groups.read(account, unique, {"name": unique}) or ({}, {}))[1]["state"] == "ACTIVE"
    groups.delete(account, Existing(unique, {"name": unique}, {}))
    assert groups.read(account, unique, {"name": unique}) is None


def test_a_proxy_stands_before_a_cluster(aws, create, outputs, unique):
    cluster, _ = create(
        "aws:rds/cluster:Cluster",
        clusterIdentifier=unique,
        engine="aurora-postgresql",
        masterUsername="shop_owner",
        manageMasterUserPassword=True,
    )
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.99.{number}.0/24", AvailabilityZone=f"eu-west-1{zone}")["Subnet"]
        for number, zone in enumerate("ab")
    ]
    inputs = {
        "name": unique,
        "engineFamily": "POSTGRESQL",
        "roleArn": "arn:aws:iam::123456789012:role/r",
        "requireTls": True,
        "auths": [{"authScheme": "SECRETS", "iamAuth": "DISABLED", "secretArn": "arn:aws:secretsmanager:x:1:secret:s"}],
        "vpcSubnetIds": [subnet["SubnetId"] for subnet in subnets],
    }
    name, proxy = create("aws:rds/proxy:Proxy", **inputs)
    pool, _ = create(
        "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup",
        dbProxyName=name,
        connectionPoolConfig={"maxConnectionsPercent": 90, "connectionBorrowTimeout": 30},
    )
    identity, _ = create(
        "aws:rds/proxyTarget:ProxyTarget", dbProxyName=pool, dbClusterIdentifier=cluster, targetGroupName="default"
    )
    client = aws.client("rds")
    (told,) = client.describe_db_proxies(DBProxyName=name)["DBProxies"]
    assert (told["Endpoint"], told["RequireTLS"]) == (proxy["endpoint"], True)
    (group,) = client.describe_db_proxy_target_groups(DBProxyName=name)["TargetGroups"]
    assert group["ConnectionPoolConfig"]["MaxConnectionsPercent"] == 90
    assert identity == f"{name}/default/TRACKED_CLUSTER/{cluster}"
    account, target = outputs.account, HANDLERS["aws:rds/proxyTarget:ProxyTarget"]
    place = {"dbProxyName": name, "dbClusterIdentifier": cluster}
    assert target.read(account, identity, place) is not None
    target.delete(account, Existing(identity, place, {}))
    assert target.read(account, identity, place) is None
    proxies = HANDLERS["aws:rds/proxy:Proxy"]
    assert (proxies.read(account, name, inputs) or ({}, {}))[0]["requireTls"]
    proxies.delete(account, Existing(name, inputs, proxy))
    assert proxies.read(account, name, inputs) is None
    with pytest.raises(ResourceInputError, match="nonsense"):
        proxies.update(account, Existing(name, inputs, proxy), {**inputs, "nonsense": 1})


def test_a_forecast_is_kept_and_told_with_aws_s_defaults(aws, create, unique):
    place = {
        "serviceNamespace": "ecs",
        "resourceId": f"service/{unique}/web",
        "scalableDimension": "ecs:service:DesiredCount",
    }
    pair = {"predefinedMetricType": "ECSServiceCPUUtilization"}
    _, made = create(
        "aws:appautoscaling/policy:Policy",
        name="forecast",
        policyType="PredictiveScaling",
        predictiveScalingPolicyConfiguration={
            "metricSpecifications": [{"targetValue": "50", "predefinedMetricPairSpecification": pair}]
        },
        **place,
    )
    client = aws.client("application-autoscaling")
    (told,) = client.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=place["resourceId"])[
        "ScalingPolicies"
    ]
    assert (told["PolicyType"], told["PolicyARN"], told["Alarms"]) == ("PredictiveScaling", made["arn"], [])
    assert told[CONFIGURATION]["Mode"] == "ForecastOnly"
    assert told[CONFIGURATION]["MetricSpecifications"][0]["TargetValue"] == 50
    named = {"PolicyName": "forecast", "ServiceNamespace": "ecs", "ResourceId": place["resourceId"]}
    client.delete_scaling_policy(**named, ScalableDimension=place["scalableDimension"])
    with pytest.raises(ClientError):
        client.put_scaling_policy(**named, ScalableDimension=place["scalableDimension"], PolicyType="Guessing")


def test_policies_of_one_name_are_told_apart_by_their_service(create, outputs, unique):
    def track(service: str, target: float) -> dict[str, object]:
        metric = {"predefinedMetricType": "ECSServiceAverageCPUUtilization"}
        asked = {
            "name": "cpu",
            "policyType": "TargetTrackingScaling",
            "serviceNamespace": "ecs",
            "resourceId": f"service/{unique}/{service}",
            "scalableDimension": "ecs:service:DesiredCount",
            "targetTrackingScalingPolicyConfiguration": {
                "targetValue": target,
                "predefinedMetricSpecification": metric,
            },
        }
        create("aws:appautoscaling/policy:Policy", service, **asked)
        return asked

    asked = [track("web", 50), track("api", 70)]
    handler = HANDLERS["aws:appautoscaling/policy:Policy"]
    for one in asked:
        told, _ = handler.read(outputs.account, "cpu", one) or ({}, {})
        assert told["resourceId"] == one["resourceId"]
        assert told["targetTrackingScalingPolicyConfiguration"] == one["targetTrackingScalingPolicyConfiguration"]


def test_a_dead_letter_queue_tells_whose_messages_it_takes(aws, create, outputs, unique):
    url, queue = create("aws:sqs/queue:Queue", name=unique)
    deny = {"Sid": "OnlyOverTls", "Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": queue["arn"]}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    create("aws:sqs/queuePolicy:QueuePolicy", queueUrl=url, policy=policy)
    allowed = json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [queue["arn"]]})
    create("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", queueUrl=url, redriveAllowPolicy=allowed)
    client = aws.client("sqs")
    told = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert told["RedriveAllowPolicy"] == allowed
    assert told["Policy"] == policy  # moto forgets it when another attribute is set
    handler = HANDLERS["aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"]
    handler.delete(outputs.account, Existing(url, {"queueUrl": url}, {}))
    assert "RedriveAllowPolicy" not in client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def test_what_nothing_reads_is_checked_and_recorded(aws, create, outputs, unique):
    source = f"arn:aws:events:eu-west-1:123456789012:event-bus/{unique}"
    identity, _ = create("aws:schemas/discoverer:Discoverer", sourceArn=source)
    assert identity == f"events-event-bus-{unique}"
    secret = aws.client("secretsmanager").create_secret(Name=unique, SecretString="kept")["ARN"]
    rotation, told = create(
        "aws:secretsmanager/secretRotation:SecretRotation",
        secretId=secret,
        rotationRules={"automaticallyAfterDays": 30},
    )
    assert (rotation, told["rotationEnabled"]) == (secret, True)
    assert aws.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"] == "kept"
    for token, name in (
        ("aws:schemas/discoverer:Discoverer", identity),
        ("aws:secretsmanager/secretRotation:SecretRotation", rotation),
    ):
        assert HANDLERS[token].read(outputs.account, name, {}) is not None
        HANDLERS[token].delete(outputs.account, Existing(name, {}, {}))
        assert HANDLERS[token].read(outputs.account, name, {}) is None


def test_passwords_are_made_up_as_asked(outputs):
    ask = INVOKES["aws:secretsmanager/getRandomPassword:getRandomPassword"]
    made = [ask(outputs.account, {"passwordLength": 40, "excludePunctuation": True}) for _ in range(2)]
    passwords = {item["randomPassword"] for item in made}
    assert len(passwords) == 2
    assert all(len(password) == 40 and password.isalnum() for password in passwords)


def test_a_shifted_deployment_is_told_as_deployed(aws, create, unique):
    aws.client("ecs").create_cluster(clusterName=unique)
    family, _ = create(
        "aws:ecs/taskDefinition:TaskDefinition",
        family=unique,
        containerDefinitions=json.dumps([{"name": "web", "image": "shop", "memory": 512}]),
    )
    shift = {
        "alternateTargetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/g/1",
        "productionListenerRule": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/b/1/2/3",
        "roleArn": "arn:aws:iam::123456789012:role/r",
    }
    strategy = [{"capacityProvider": "FARGATE_SPOT", "base": 0, "weight": 1}]
    arn, _ = create(
        "aws:ecs/service:Service",
        name="web",
        cluster=unique,
        taskDefinition=family,
        desiredCount=1,
        deploymentMinimumHealthyPercent=100,
        deploymentMaximumPercent=200,
        deploymentCircuitBreaker={"enable": True, "rollback": True},
        alarms={"alarmNames": ["a"], "enable": True, "rollback": True},
        deploymentConfiguration={
            "strategy": "CANARY",
            "bakeTimeInMinutes": "5",
            "canaryConfiguration": {"canaryPercent": 10, "canaryBakeTimeInMinutes": "3"},
        },
        capacityProviderStrategies=strategy,
        availabilityZoneRebalancing="ENABLED",
        forceNewDeployment=True,
        loadBalancers=[
            {
                "targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/b/2",
                "containerName": "web",
                "containerPort": 80,
                "advancedConfiguration": shift,
            }
        ],
    )
    (told,) = aws.client("ecs").describe_services(cluster=unique, services=[arn])["services"]
    deployment = told["deploymentConfiguration"]
    assert (deployment["strategy"], deployment["bakeTimeInMinutes"]) == ("CANARY", 5)
    assert deployment["canaryConfiguration"] == {"canaryPercent": 10.0, "canaryBakeTimeInMinutes": 3}
    assert deployment["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert deployment["alarms"]["alarmNames"] == ["a"]
    assert told["capacityProviderStrategy"] == strategy
    assert told["availabilityZoneRebalancing"] == "ENABLED"
    assert told["loadBalancers"][0]["advancedConfiguration"] == shift
