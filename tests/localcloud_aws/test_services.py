"""What a rehearsal does to the embedded AWS while it runs, through boto3 as in an account."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from surgeproof.localcloud.aws_errors import EmbeddedAwsError
from tests.localcloud_aws.conftest import server_cpu

START = datetime(2027, 3, 20, 9, tzinfo=UTC)


@pytest.fixture
def service(aws, unique):
    """A service with a scalable target, 2 to 10 tasks."""
    ecs, scaling = aws.client("ecs"), aws.client("application-autoscaling")
    ecs.create_cluster(clusterName=unique)
    for _ in range(2):
        ecs.register_task_definition(
            family=unique, containerDefinitions=[{"name": "web", "image": "shop", "memory": 512}]
        )
    ecs.create_service(
        cluster=unique,
        serviceName="web",
        taskDefinition=f"{unique}:1",
        desiredCount=2,
        healthCheckGracePeriodSeconds=60,
        deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200},
    )
    scaling.register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=f"service/{unique}/web",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=2,
        MaxCapacity=10,
    )
    return unique


def activity(cluster: str, minute: int, **more: Any):
    return {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{cluster}/web",
        "ScalableDimension": "ecs:service:DesiredCount",
        "Description": f"Setting desired count to {minute}.",
        "Cause": "monitor alarm in state ALARM triggered policy cpu",
        "StartTime": (START + timedelta(minutes=minute)).timestamp(),
        "StatusCode": "Successful",
        **more,
    }


def test_desired_count_and_task_definition_change_and_the_rest_is_kept(aws, service):
    ecs = aws.client("ecs")
    ecs.update_service(cluster=service, service="web", desiredCount=7, taskDefinition=f"{service}:2")
    told = ecs.describe_services(cluster=service, services=["web"])["services"][0]
    assert told["desiredCount"] == 7
    assert told["taskDefinition"].endswith(f"{service}:2")
    assert told["healthCheckGracePeriodSeconds"] == 60
    assert told["deploymentConfiguration"] == {"minimumHealthyPercent": 100, "maximumPercent": 200}


def test_scaling_activities_are_told_newest_first_and_in_pages(aws, service):
    for minute in range(5):
        aws.record_scaling_activity(activity(service, minute))
    ask = {"ServiceNamespace": "ecs", "ResourceId": f"service/{service}/web"}
    pages = list(
        aws.client("application-autoscaling")
        .get_paginator("describe_scaling_activities")
        .paginate(**ask, PaginationConfig={"PageSize": 2})
    )
    told = [found for page in pages for found in page["ScalingActivities"]]
    assert [found["StartTime"] for found in told] == [START + timedelta(minutes=minute) for minute in (4, 3, 2, 1, 0)]
    assert len(pages) == 3


def test_an_activity_is_replaced_by_its_id_and_reasons_are_told_when_asked_for(aws, service):
    scaling = aws.client("application-autoscaling")
    ask = {"ServiceNamespace": "ecs", "ResourceId": f"service/{service}/web"}
    running = aws.record_scaling_activity(activity(service, 1, StatusCode="InProgress"))
    aws.record_scaling_activity(activity(service, 1, ActivityId=running, EndTime=START.timestamp() + 90))
    reasons = [{"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 10, "CurrentCapacity": 10}]
    aws.record_scaling_activity(activity(service, 2, NotScaledReasons=reasons))
    (told,) = scaling.describe_scaling_activities(**ask)["ScalingActivities"]
    assert (told["ActivityId"], told["StatusCode"]) == (running, "Successful")
    assert told["EndTime"] == START + timedelta(seconds=90)
    all_of_them = scaling.describe_scaling_activities(**ask, IncludeNotScaledActivities=True)["ScalingActivities"]
    assert all_of_them[0]["NotScaledReasons"] == reasons


@pytest.mark.parametrize("change", [{"Nonsense": 1}, {"StartTime": "soon"}, {"Cause": None}])
def test_an_activity_that_is_none_is_refused(aws, service, change):
    wrong = {name: value for name, value in activity(service, 1, **change).items() if value is not None}
    with pytest.raises(EmbeddedAwsError, match="no ScalingActivity"):
        aws.record_scaling_activity(wrong)


def test_an_unknown_namespace_is_aws_own_error(aws):
    with pytest.raises(ClientError, match="failed to satisfy constraint"):
        aws.client("application-autoscaling").describe_scaling_activities(ServiceNamespace="nonsense")


def test_metrics_of_a_launch_to_come_are_put_and_read(aws, unique):
    cloudwatch = aws.client("cloudwatch")
    dimensions = [{"Name": "ServiceName", "Value": unique}]
    cloudwatch.put_metric_data(
        Namespace="AWS/ECS",
        MetricData=[
            {
                "MetricName": "CPUUtilization",
                "Dimensions": dimensions,
                "Timestamp": START + timedelta(minutes=minute),
                "Value": 10.0 * minute,
                "Unit": "Percent",
            }
            for minute in range(10)
        ],
    )
    stat = {
        "Metric": {"Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Dimensions": dimensions},
        "Period": 60,
        "Stat": "Average",
    }
    told = cloudwatch.get_metric_data(
        MetricDataQueries=[{"Id": "cpu", "MetricStat": stat}], StartTime=START, EndTime=START + timedelta(minutes=10)
    )["MetricDataResults"][0]
    assert sorted(told["Values"]) == [10.0 * minute for minute in range(10)]
    assert min(told["Timestamps"]) == START


def test_secrets_are_read_by_their_arn(aws, unique):
    secrets = aws.client("secretsmanager")
    arn = secrets.create_secret(Name=unique, SecretString=json.dumps({"username": "shop"}))["ARN"]
    assert json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"]) == {"username": "shop"}


def test_a_message_does_not_cost_more_behind_a_long_backlog(aws, unique):
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName=unique)["QueueUrl"]

    def cycle(times: int) -> float:
        before = server_cpu(aws)
        for _ in range(times):
            sqs.send_message(QueueUrl=url, MessageBody="order")
            message = sqs.receive_message(QueueUrl=url)["Messages"][0]
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return (server_cpu(aws) - before) / times

    cycle(5)
    for batch in range(100):
        entries = [{"Id": str(number), "MessageBody": f"{batch}-{number}"} for number in range(10)]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert aws.queues()[unique].visible == 1000
    assert cycle(20) < 0.01  # 3 ms of the server's CPU are usual; moto's own way takes about 80 at this backlog
    assert aws.queues()[unique].backlog == 1000


def test_odd_requests_are_answered_as_aws_does(aws, unique):
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName=unique)["QueueUrl"]
    for call in (
        lambda: sqs.receive_message(QueueUrl=f"{url}-not-there"),
        lambda: sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=11),
        lambda: sqs.delete_message(QueueUrl=url, ReceiptHandle="nonsense"),
        lambda: sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=901),
        lambda: aws.client("events").put_events(
            Entries=[{"Source": "s", "DetailType": "d", "Detail": "{}", "EventBusName": "not-there"}]
        ),
    ):
        with pytest.raises(ClientError) as caught:
            call()
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in {400, 404}
    sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes={"a": {"DataType": "String", "StringValue": "b"}})
    (message,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert message["MessageAttributes"]["a"]["StringValue"] == "b"
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def test_fifo_queues_keep_order_by_group(aws, unique):
    sqs = aws.client("sqs")
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    url = sqs.create_queue(QueueName=f"{unique}.fifo", Attributes=attributes)["QueueUrl"]
    for body in "abc":
        sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="g")
    (first,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert first["Body"] == "a"
    assert not sqs.receive_message(QueueUrl=url).get("Messages")
    sqs.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    reading = aws.queues()[f"{unique}.fifo"]
    assert (reading.visible, reading.in_flight, reading.deleted) == (2, 0, 1)
