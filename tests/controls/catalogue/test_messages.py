"""Queues, events, functions, alarms: the triples."""

from __future__ import annotations

import json
from typing import Any

import pytest

from surgeproof.graph.model import Resource
from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import BYSTANDER, KEY, changed, made, verdicts
from tests.controls.triples import triple

DEAD = made("aws:sqs/queue:Queue", "dead", {"messageRetentionSeconds": 1_209_600}, kmsMasterKeyId=KEY)


def _queue(**redrive: Any) -> Resource:
    policy = json.dumps({"deadLetterTargetArn": "arn:dead", "maxReceiveCount": 5, **redrive})
    given = made("aws:sqs/queue:Queue", "orders", kmsMasterKeyId=KEY, redrivePolicy=DEAD)
    return given.model_copy(
        update={"inputs": {**given.inputs, "redrivePolicy": policy, "messageRetentionSeconds": 345_600}}
    )


BY_QUEUE = {"redrivePermission": "byQueue", "sourceQueueArns": ["arn:orders"]}
ALLOW = made(
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
    "allow",
    {"redriveAllowPolicy": json.dumps(BY_QUEUE)},
    queueUrl=DEAD,
)
PLACE = [KEY, DEAD, ALLOW]


def test_queue_key() -> None:
    """SQS-01."""
    triple("SQS-01", none=[BYSTANDER], good=[*PLACE, _queue()], bad=[*PLACE, changed(_queue(), "kmsMasterKeyId")])
    triple("SQS-01", none=[], good=PLACE, bad=[changed(DEAD, kmsMasterKeyId="alias/aws/sqs")])


def test_redrive() -> None:
    """SQS-02."""
    triple("SQS-02", none=[BYSTANDER], good=[*PLACE, _queue()], bad=[KEY, changed(_queue(), "redrivePolicy")])
    for count in (2, 11):
        triple("SQS-02", none=[], good=[*PLACE, _queue()], bad=[*PLACE, _queue(maxReceiveCount=count)])
    triple("SQS-02", none=[], good=[*PLACE, _queue()], bad=[KEY, DEAD, _queue()])
    fifo = _queue().model_copy(update={"inputs": {**_queue().inputs, "fifoQueue": True}})
    triple("SQS-02", none=[], good=[*PLACE, _queue()], bad=[*PLACE, fifo])
    for allowed in ({"redrivePermission": "allowAll"}, {**BY_QUEUE, "sourceQueueArns": ["arn:other"]}):
        loose = changed(ALLOW, redriveAllowPolicy=json.dumps(allowed))
        triple("SQS-02", none=[], good=[*PLACE, _queue()], bad=[KEY, DEAD, loose, _queue()])
    unsure = _queue().model_copy(update={"inputs": {**_queue().inputs, "redrivePolicy": UNKNOWN_MARK}})
    assert verdicts("SQS-02", *PLACE, unsure) == {"unknown", "not-applicable"}


def test_redrive_as_companion() -> None:
    """SQS-02 finds a redrive policy that is a resource of its own, by ARN where there is no link."""
    inputs = {"redrivePolicy": json.dumps({"deadLetterTargetArn": "arn:dead", "maxReceiveCount": 5})}
    bare = changed(_queue(), "redrivePolicy")
    companion = made("aws:sqs/redrivePolicy:RedrivePolicy", "redrive", inputs, queueUrl=bare)
    assert verdicts("SQS-02", *PLACE, bare, companion) == {"pass", "not-applicable"}


def test_retention() -> None:
    """SQS-03."""
    short = changed(DEAD, messageRetentionSeconds=345_600)
    triple("SQS-03", none=[BYSTANDER], good=[*PLACE, _queue()], bad=[KEY, short, _queue()])
    triple("SQS-03", none=[], good=PLACE, bad=[changed(DEAD, "messageRetentionSeconds")])
    assert verdicts("SQS-03", changed(DEAD, messageRetentionSeconds=UNKNOWN_MARK)) == {"unknown"}


FUNCTION = made(
    "aws:lambda/function:Function", "work", {"timeout": 10, "environment": {"variables": {"A": "b"}}}, kmsKeyArn=KEY
)
MAPPING = made(
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    "mapping",
    {"functionResponseTypes": ["ReportBatchItemFailures"]},
    eventSourceArn=DEAD,
    functionName=FUNCTION,
)


def test_visibility() -> None:
    """SQS-04."""
    place = [FUNCTION, MAPPING]
    good = changed(DEAD, visibilityTimeoutSeconds=60)
    triple("SQS-04", none=[DEAD], good=[*place, good], bad=[*place, changed(DEAD, visibilityTimeoutSeconds=59)])


def test_worker_keeps_its_messages() -> None:
    """SQS-04: a worker's handler time and stop timeout."""
    definition = [{"name": "w", "stopTimeout": 60, "environment": [{"name": "HANDLER_TIMEOUT", "value": "120"}]}]
    task = made("aws:ecs/taskDefinition:TaskDefinition", "t", containerDefinitions=DEAD)
    task = task.model_copy(update={"inputs": {"containerDefinitions": json.dumps(definition)}})
    service = made("aws:ecs/service:Service", "orders", taskDefinition=task)
    web = made("aws:ecs/service:Service", "web", {"loadBalancers": [{}]}, taskDefinition=task)
    queue = changed(DEAD, visibilityTimeoutSeconds=180)
    short = changed(DEAD, visibilityTimeoutSeconds=179)
    triple("SQS-04", none=[short, task, web], good=[queue, task, service], bad=[short, task, service])
    assert verdicts("SQS-04", changed(DEAD, visibilityTimeoutSeconds=UNKNOWN_MARK), task, service) == {"unknown"}


def _policy(*statements: dict[str, Any]) -> Resource:
    tls = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    document = json.dumps({"Statement": [tls, *statements]})
    return made("aws:sqs/queuePolicy:QueuePolicy", "policy", {"policy": document}, queueUrl=DEAD)


SENDER = {"Effect": "Allow", "Action": "sqs:SendMessage", "Principal": {"Service": "events.amazonaws.com"}}
BOUND = {**SENDER, "Condition": {"ArnEquals": {"aws:SourceArn": "arn:rule"}}}


@pytest.mark.parametrize(
    "statement",
    [
        SENDER,
        {**SENDER, "Principal": "*"},
        {**SENDER, "Principal": {"AWS": ["*"]}},
        {**SENDER, "Condition": {"ArnNotEquals": {"aws:SourceArn": "arn:rule"}}},
        {**SENDER, "Condition": {"ArnLikeIfExists": {"aws:SourceArn": "arn:rule"}}},
        {**SENDER, "Condition": {"ArnLike": {"aws:SourceArn": "*"}}},
        {"Effect": "Allow", "Action": "sqs:*", "NotPrincipal": {"AWS": "arn:x"}},
    ],
)
def test_queue_policy(statement: dict[str, Any]) -> None:
    """SQS-05: who is let in."""
    triple("SQS-05", none=[BYSTANDER], good=[DEAD, _policy(BOUND)], bad=[DEAD, _policy(statement)])


def test_queue_without_tls() -> None:
    """SQS-05: without a policy, and without its denial; a policy that is known only later is unknown."""
    triple("SQS-05", none=[], good=[DEAD, _policy(BOUND)], bad=[DEAD])
    open_ = changed(_policy(), policy=json.dumps({"Statement": [BOUND]}))
    triple("SQS-05", none=[], good=[DEAD, _policy(BOUND)], bad=[DEAD, open_])
    assert verdicts("SQS-05", DEAD, changed(_policy(), policy=UNKNOWN_MARK)) == {"unknown"}
    half = json.loads(_policy(BOUND).inputs["policy"])
    half["Statement"][0]["Action"] = "sqs:DeleteQueue"
    assert verdicts("SQS-05", DEAD, changed(_policy(), policy=json.dumps(half))) == {"fail"}


BUS = made("aws:cloudwatch/eventBus:EventBus", "bus", {"name": "bus"}, kmsKeyIdentifier=KEY)
ARCHIVE = made("aws:cloudwatch/eventArchive:EventArchive", "archive", eventSourceArn=BUS)
TARGET = made(
    "aws:cloudwatch/eventTarget:EventTarget",
    "target",
    {"deadLetterConfig": {"arn": "arn:dead"}, "retryPolicy": {"maximumRetryAttempts": 185}},
    eventBusName=BUS,
)


def test_events() -> None:
    """EVB-01 to EVB-03."""
    account = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:root"}, "Action": "events:PutEvents"}
    policy = made(
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
        "policy",
        {"policy": json.dumps({"Statement": [account]})},
        eventBusName=BUS,
    )
    public = changed(policy, policy=json.dumps({"Statement": [{**account, "Principal": "*"}]}))
    triple("EVB-01", none=[BYSTANDER], good=[KEY, BUS, policy], bad=[KEY, BUS])
    triple("EVB-01", none=[], good=[KEY, BUS, policy], bad=[KEY, BUS, public])
    one = made("aws:cloudwatch/eventPermission:EventPermission", "one", {"principal": "1"}, eventBusName=BUS)
    triple("EVB-01", none=[], good=[KEY, BUS, one], bad=[KEY, BUS, policy, changed(one, principal="*")])
    triple("EVB-03", none=[BYSTANDER], good=[KEY, BUS], bad=[changed(BUS, "kmsKeyIdentifier")])
    schedule = made("aws:scheduler/schedule:Schedule", "nightly", kmsKeyArn=KEY)
    triple("EVB-03", none=[], good=[KEY, schedule], bad=[KEY, changed(schedule, "kmsKeyArn")])
    triple("EVB-03", none=[], good=[KEY, BUS], bad=[made("aws:pipes/pipe:Pipe", "pipe")])
    triple("EVB-02", none=[BYSTANDER], good=[BUS, ARCHIVE, TARGET], bad=[BUS, TARGET])
    for missing in ("deadLetterConfig", "retryPolicy"):
        triple("EVB-02", none=[], good=[BUS, ARCHIVE, TARGET], bad=[BUS, ARCHIVE, changed(TARGET, missing)])


def _permission(**inputs: Any) -> Resource:
    return made("aws:lambda/permission:Permission", "permission", inputs, function=FUNCTION)


def test_function_callers() -> None:
    """LAM-01."""
    named = _permission(principal="events.amazonaws.com", sourceArn="arn:rule")
    url = made("aws:lambda/functionUrl:FunctionUrl", "url", {"authorizationType": "NONE"}, functionName=FUNCTION)
    good = [KEY, FUNCTION, named]
    triple("LAM-01", none=[BYSTANDER], good=good, bad=[FUNCTION, _permission(principal="events.amazonaws.com")])
    triple("LAM-01", none=[], good=good, bad=[FUNCTION, _permission(principal="*")])
    triple("LAM-01", none=[], good=good, bad=[FUNCTION, url])
    assert verdicts("LAM-01", FUNCTION, _permission(principal=UNKNOWN_MARK)) == {"unknown"}
    assert verdicts("LAM-01", FUNCTION, changed(url, authorizationType=UNKNOWN_MARK)) == {"unknown"}


def test_function_environment() -> None:
    """LAM-03."""
    bare = changed(FUNCTION, "environment")
    triple("LAM-03", none=[bare], good=[KEY, FUNCTION], bad=[changed(FUNCTION, "kmsKeyArn")])
    secret = changed(FUNCTION, environment={"variables": {"API_KEY": "abcdef"}})
    triple("LAM-03", none=[], good=[KEY, FUNCTION], bad=[KEY, secret])


def test_function_failures() -> None:
    """LAM-04."""
    called = _permission(principal="events.amazonaws.com", sourceArn="arn:rule")
    kept = changed(FUNCTION, deadLetterConfig={"targetArn": "arn:dead"})
    triple("LAM-04", none=[FUNCTION], good=[kept, called], bad=[FUNCTION, called])
    good = [DEAD, FUNCTION, MAPPING]
    triple("LAM-04", none=[], good=good, bad=[DEAD, FUNCTION, changed(MAPPING, "functionResponseTypes")])


ALARM = made(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "alarm",
    {
        "namespace": "AWS/SQS",
        "metricName": "ApproximateNumberOfMessagesVisible",
        "dimensions": {"QueueName": "dead"},
        "alarmActions": ["arn:topic"],
    },
)


def test_alarms() -> None:
    """CW-03, CW-04 and CW-07."""
    triple("CW-03", none=[BYSTANDER], good=[ALARM], bad=[changed(ALARM, alarmActions=[])])
    triple("CW-03", none=[], good=[ALARM], bad=[changed(ALARM, actionsEnabled=False)])
    # Of composite alarms over each other the uppermost one calls.
    part = made("aws:cloudwatch/compositeAlarm:CompositeAlarm", "part", {"alarmRule": 'ALARM("alarm")'})
    whole = made(part.type, "whole", {"alarmRule": 'ALARM("part")', "alarmActions": ["arn:topic"]}, alarmRule=part)
    triple("CW-03", none=[], good=[part, whole], bad=[part, changed(whole, "alarmActions")])
    assert verdicts("CW-03", part) == {"fail"}
    queues = [*PLACE, _queue()]
    triple("CW-04", none=[DEAD], good=[*queues, ALARM], bad=queues)
    triple("CW-04", none=[], good=[*queues, ALARM], bad=[*queues, changed(ALARM, "alarmActions")])
    triple("CW-04", none=[], good=[*queues, ALARM], bad=[*queues, changed(ALARM, dimensions={"QueueName": "orders"})])
    # Of several alarms any may tell, in whatever order they stand.
    mute = {key: value for key, value in ALARM.inputs.items() if key != "alarmActions"}
    silent = made(ALARM.type, "silent", mute)
    bound = made(ALARM.type, "bound", {**mute, "dimensions": UNKNOWN_MARK}, dimensions=DEAD)
    for beside in (silent, bound):
        assert verdicts("CW-04", *queues, beside, ALARM) == {"pass", "not-applicable"}
        assert verdicts("CW-04", *queues, ALARM, beside) == {"pass", "not-applicable"}
    assert verdicts("CW-04", *queues, silent, bound) == {"fail", "not-applicable"}
    trail = made("aws:cloudtrail/trail:Trail", "trail")
    topic = made("aws:sns/topic:Topic", "alerts")
    pattern = json.dumps({"detail": {"eventName": ["StopLogging"]}})
    rule = made("aws:cloudwatch/eventRule:EventRule", "silenced", {"eventPattern": pattern})
    to_topic = made("aws:cloudwatch/eventTarget:EventTarget", "told", rule=rule, arn=topic)
    triple("CW-07", none=[BYSTANDER], good=[trail, topic, rule, to_topic], bad=[trail, topic, rule])
    stream = made("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "audit")
    watched = [stream, changed(ALARM, namespace="AWS/Firehose")]
    triple("CW-07", none=[BYSTANDER], good=watched, bad=[stream])
