"""Claims of controls of queues, topics, events, streams and functions."""

import json

from surgeproof.controls.mutants.claims import claims
from surgeproof.controls.mutants.groups import off, unsealed
from surgeproof.controls.mutants.operators import added, drop, edited, gone, put
from surgeproof.controls.mutants.policies import opened, without_statements

claims(
    "SQS-01",
    unsealed("kmsMasterKeyId", "sqs"),
    edited("SQS's own key", "kmsMasterKeyId", lambda _value: "alias/aws/sqs", linked=False),
)
ALLOW = "redrive_allow_policy"
claims(
    "SQS-02",
    drop("redrivePolicy"),
    put("redrivePolicy.maxReceiveCount", 1, linked=True),
    put("redrivePolicy.maxReceiveCount", 1000, linked=True),
    gone(ALLOW),
    put("redriveAllowPolicy", json.dumps({"redrivePermission": "allowAll"}), on=ALLOW),
    put("fifoQueue", True),
    put("redrivePolicy.deadLetterTargetArn", "arn:aws:sqs:eu-west-1:999999999999:theirs"),
)
claims(
    "SQS-03",
    drop("messageRetentionSeconds"),
    put("messageRetentionSeconds", 60),
    put("messageRetentionSeconds", 345_600),
)
claims(
    "SQS-04", put("visibilityTimeoutSeconds", 5), put("visibilityTimeoutSeconds", 0), drop("visibilityTimeoutSeconds")
)
claims(
    "SQS-05",
    gone("queue_policy"),
    opened("sqs:SendMessage", on="queue_policy"),
    without_statements("TLS is not asked for", "aws:SecureTransport", on="queue_policy"),
)
claims("SNS-01", unsealed("kmsMasterKeyId", "sns"))
claims(
    "SNS-02",
    *(
        added(item.label, "aws:sns/topicPolicy:TopicPolicy", {"policy": json.dumps({"Statement": [statement]})}, arn="")
        for item, statement in zip(
            opened("sns:Publish"),
            (
                {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*", "Principal": "*"},
                {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*", "Principal": {"AWS": "*"}},
                {
                    "Effect": "Allow",
                    "Action": "sns:Publish",
                    "Resource": "*",
                    "NotPrincipal": {"AWS": "arn:aws:iam::1:root"},
                },
                {
                    "Effect": "Allow",
                    "Action": "sns:Publish",
                    "Resource": "*",
                    "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
                },
            ),
            strict=True,
        )
    ),
)
claims(
    "SNS-03",
    put("protocol", "http"),
    edited("to a queue, without a place for failures", "protocol", lambda _value: "sqs"),
    edited("to a function, without a place for failures", "protocol", lambda _value: "lambda"),
)
claims(
    "EVB-01",
    gone("event_bus_policy"),
    opened("events:PutEvents", on="event_bus_policy"),
)
claims(
    "EVB-02",
    drop("deadLetterConfig"),
    drop("retryPolicy"),
    put("retryPolicy.maximumRetryAttempts", 0),
    gone("event_archive"),
    drop("eventSourceArn", on="event_archive"),
)
claims("EVB-03", unsealed("kmsKeyIdentifier", "events"), unsealed("kmsKeyArn", "scheduler", on="schedule"))
claims(
    "KIN-01",
    put("encryptionType", "NONE"),
    unsealed("kmsKeyId", "kinesis"),
    drop("retentionPeriod"),
    put("retentionPeriod", 8760),
)
claims(
    "KIN-02",
    off("serverSideEncryption.enabled"),
    unsealed("serverSideEncryption.keyArn", "firehose"),
    put("extendedS3Configuration.cloudwatchLoggingOptions.enabled", False),
)
claims(
    "LAM-01",
    added("everybody may call it", "aws:lambda/permission:Permission", {"principal": "*"}, function=""),
    added(
        "a service may call it for anybody",
        "aws:lambda/permission:Permission",
        {"principal": "s3.amazonaws.com"},
        function="",
    ),
    added("its URL asks nobody", "aws:lambda/functionUrl:FunctionUrl", {"authorizationType": "NONE"}, functionName=""),
    drop("sourceArn", on="function_permission"),
)
claims("LAM-02", put("runtime", "python3.8"), put("runtime", "nodejs16.x"), drop("runtime"), put("runtime", "go1.x"))
claims(
    "LAM-03",
    unsealed("kmsKeyArn", "lambda"),
    put("environment.variables.API_KEY", "abcdef123456"),
    put("environment.variables.GREETING", "AKIAIOSFODNN7EXAMPLE"),
)
claims(
    "LAM-04",
    drop("functionResponseTypes", on="event_source_mapping"),
    put("functionResponseTypes", [], on="event_source_mapping"),
    added(
        "an event calls it, and failures are dropped",
        "aws:lambda/permission:Permission",
        {"principal": "events.amazonaws.com", "sourceArn": "arn:x"},
        function="",
    ),
)
claims(
    "LAM-05",
    drop("vpcConfig"),
    put("availabilityZone", "a", on="subnet", linked=True),
    gone("subnet", where=lambda item: item.name == "b"),
)
claims("LAM-06", drop("reservedConcurrentExecutions"), put("reservedConcurrentExecutions", -1))
DIMENSIONS = "dimensions"
claims(
    "CW-04",
    gone("alarm"),
    drop("alarmActions", on="alarm"),
    drop(DIMENSIONS, "metricQueries", on="alarm"),
    put("metricName", "NumberOfMessagesSent", on="alarm"),
)
