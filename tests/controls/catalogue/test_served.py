"""Distributions' and APIs' logs, tables, functions and subscriptions: the triples of what serves without a server."""

from __future__ import annotations

from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import BYSTANDER, changed, made, subnet, verdicts
from tests.controls.triples import triple


def test_distribution_logs() -> None:
    """CF-02: the older way and the newer one."""
    shop = made("aws:cloudfront/distribution:Distribution", "shop")
    old = changed(shop, loggingConfig={"bucket": "logs.s3.amazonaws.com"})
    source = made(
        "aws:cloudwatch/logDeliverySource:LogDeliverySource", "s", {"logType": "ACCESS_LOGS"}, resourceArn=shop
    )
    delivery = made("aws:cloudwatch/logDelivery:LogDelivery", "d", deliverySourceName=source)
    triple("CF-02", none=[BYSTANDER], good=[old], bad=[shop])
    triple("CF-02", none=[], good=[shop, source, delivery], bad=[shop, source])


def test_stage_logs() -> None:
    """AGW-02."""
    form = "$context.requestId $context.identity.sourceIp $context.authorizer.claims.sub"
    stage = made(
        "aws:apigatewayv2/stage:Stage", "live", {"accessLogSettings": {"destinationArn": "arn:g", "format": form}}
    )
    short = changed(stage, accessLogSettings={"destinationArn": "arn:g", "format": "$context.requestId"})
    triple("AGW-02", none=[BYSTANDER], good=[stage], bad=[short])
    triple("AGW-02", none=[], good=[stage], bad=[changed(stage, "accessLogSettings")])


def test_table_scales() -> None:
    """DDB-03."""
    table = made("aws:dynamodb/table:Table", "orders", {"billingMode": "PAY_PER_REQUEST"})
    fixed = changed(table, billingMode="PROVISIONED")
    targets = [
        made(
            "aws:appautoscaling/target:Target",
            what,
            {"resourceId": "table/orders", "scalableDimension": f"dynamodb:table:{what}CapacityUnits"},
        )
        for what in ("Read", "Write")
    ]
    triple("DDB-03", none=[BYSTANDER], good=[table], bad=[fixed])
    triple("DDB-03", none=[], good=[fixed, *targets], bad=[fixed, targets[0]])


FUNCTION = made("aws:lambda/function:Function", "work", {"runtime": "python3.13", "reservedConcurrentExecutions": 10})


def test_function_limits() -> None:
    """LAM-02, LAM-05 and LAM-06."""
    image = changed(FUNCTION, "runtime", packageType="Image")
    triple("LAM-02", none=[BYSTANDER, image], good=[FUNCTION], bad=[changed(FUNCTION, runtime="python3.8")])
    zones = [subnet("a", "a"), subnet("b", "b")]
    inside = made("aws:lambda/function:Function", "pay", {"tags": {"pci-scope": "cde"}}, vpcConfig=zones)
    outside = changed(inside, "vpcConfig")
    triple("LAM-05", none=[FUNCTION], good=[*zones, inside], bad=[outside])
    one = made("aws:lambda/function:Function", "pay", {"tags": {"pci-scope": "cde"}}, vpcConfig=zones[0])
    triple("LAM-05", none=[], good=[*zones, inside], bad=[*zones, one])
    free = changed(FUNCTION, "reservedConcurrentExecutions")
    triple("LAM-06", none=[BYSTANDER], good=[FUNCTION], bad=[free])
    assert verdicts("LAM-06", changed(FUNCTION, reservedConcurrentExecutions=UNKNOWN_MARK)) == {"unknown"}
    mapping = made(
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        "m",
        {"scalingConfig": {"maximumConcurrency": 5}},
        functionName=free,
    )
    triple("LAM-06", none=[], good=[free, mapping], bad=[free, changed(mapping, "scalingConfig")])


def test_subscriptions() -> None:
    """SNS-03."""
    topic = made("aws:sns/topic:Topic", "alerts", {"sqsFailureFeedbackRoleArn": "arn:role"})
    kept = made(
        "aws:sns/topicSubscription:TopicSubscription", "s", {"protocol": "sqs", "redrivePolicy": "{}"}, topic=topic
    )
    alarm = made("aws:cloudwatch/metricAlarm:MetricAlarm", "a", alarmActions=topic)
    triple("SNS-03", none=[topic], good=[topic, kept, alarm], bad=[topic, changed(kept, "redrivePolicy")])
    triple("SNS-03", none=[], good=[topic, kept], bad=[topic, changed(kept, protocol="http")])
    silent = changed(topic, "sqsFailureFeedbackRoleArn")
    triple("SNS-03", none=[], good=[topic, kept, alarm], bad=[silent, kept, alarm])
    assert verdicts("SNS-03", silent, kept) == {"pass"}
