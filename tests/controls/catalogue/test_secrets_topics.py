"""Secrets and topics: the triples."""

from __future__ import annotations

import json

from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import BYSTANDER, changed, made, verdicts
from tests.controls.triples import triple

SECRET = made("aws:secretsmanager/secret:Secret", "s", {"kmsKeyId": "k"})
ROTATION = made(
    "aws:secretsmanager/secretRotation:SecretRotation",
    "r",
    {"rotationRules": {"automaticallyAfterDays": 30}},
    secretId=SECRET,
)
TOPIC = made("aws:sns/topic:Topic", "t", {"kmsMasterKeyId": "k"})
PUBLIC = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]})


def test_secret_is_kept() -> None:
    for bad in (
        changed(SECRET, "kmsKeyId"),
        changed(SECRET, recoveryWindowInDays=0),
        changed(SECRET, kmsKeyId="alias/aws/secretsmanager"),
        changed(SECRET, policy=PUBLIC),
    ):
        triple("SEC-01", none=[BYSTANDER], good=[SECRET], bad=[bad])
    assert verdicts("SEC-01", changed(SECRET, kmsKeyId=UNKNOWN_MARK)) == {"unknown"}
    assert verdicts("SEC-01", changed(SECRET, policy=UNKNOWN_MARK)) == {"unknown"}


def test_secret_rotates() -> None:
    triple("SEC-02", none=[BYSTANDER], good=[SECRET, ROTATION], bad=[SECRET])
    seldom = changed(ROTATION, rotationRules={"automaticallyAfterDays": 365})
    assert verdicts("SEC-02", SECRET, seldom) == {"fail"}
    for schedule, verdict in (
        ("rate(30 days)", "pass"),
        ("rate(365 days)", "fail"),
        ("rate(12 hours)", "pass"),
        ("cron(0 4 1 * ? *)", "pass"),
        ("cron(0 4 1 1 ? *)", "fail"),
        ("cron(0 4 1 1,3,5,7,9,11 ? *)", "pass"),
        ("cron(0 4 1 1,2,3,4,5 ? *)", "fail"),
        ("at noon", "unknown"),
    ):
        by_schedule = changed(ROTATION, rotationRules={"scheduleExpression": schedule})
        assert verdicts("SEC-02", SECRET, by_schedule) == {verdict}, schedule


def test_topics() -> None:
    triple("SNS-01", none=[BYSTANDER], good=[TOPIC], bad=[changed(TOPIC, kmsMasterKeyId="alias/aws/sns")])
    triple("SNS-02", none=[BYSTANDER], good=[TOPIC], bad=[changed(TOPIC, policy=PUBLIC)])
    beside = made("aws:sns/topicPolicy:TopicPolicy", "p", {"policy": PUBLIC}, arn=TOPIC)
    assert verdicts("SNS-02", TOPIC, beside) == {"fail"}
    assert verdicts("SNS-01", changed(TOPIC, kmsMasterKeyId=UNKNOWN_MARK)) == {"unknown"}
    assert verdicts("SNS-02", changed(TOPIC, policy=UNKNOWN_MARK)) == {"unknown"}
