"""What watches the account: Config, GuardDuty, Security Hub, alarms, identities. The triples."""

from __future__ import annotations

import json
from typing import Any

import pytest

from surgeproof.controls.catalogue.account_alarms import HAPPENINGS, LAUNCH
from surgeproof.controls.catalogue.threats import FEATURES
from surgeproof.graph.model import Resource
from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import BYSTANDER, KEY, changed, made, verdicts
from tests.controls.triples import resource, triple

SLR = "arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
RECORDER = made(
    "aws:cfg/recorder:Recorder",
    "recorder",
    {"roleArn": SLR, "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True}},
)
STATUS = made("aws:cfg/recorderStatus:RecorderStatus", "status", {"isEnabled": True}, name=RECORDER)
CHANNEL = made("aws:cfg/deliveryChannel:DeliveryChannel", "channel")
PACK = made("aws:cfg/conformancePack:ConformancePack", "pack", {"name": "pci-dss"})
KEPT = made("aws:cfg/retentionConfiguration:RetentionConfiguration", "kept", {"retentionPeriodInDays": 2557})
RECORDED = [RECORDER, STATUS, CHANNEL, PACK, KEPT]


@pytest.mark.parametrize("missing", [STATUS, CHANNEL, PACK])
def test_recorder_needs(missing: Resource) -> None:
    """CFG-01: status, channel and pack."""
    triple("CFG-01", none=[BYSTANDER], good=RECORDED, bad=[item for item in RECORDED if item != missing])


@pytest.mark.parametrize(
    "inputs",
    [
        {"recordingGroup": {"allSupported": False, "includeGlobalResourceTypes": True}},
        {"recordingGroup": {"allSupported": True}},
        {"roleArn": "arn:aws:iam::123456789012:role/mine"},
    ],
)
def test_recorder_is_whole(inputs: dict[str, Any]) -> None:
    """CFG-01: all types, the global ones, and its own role."""
    triple("CFG-01", none=[], good=RECORDED, bad=[changed(RECORDER, **inputs), *RECORDED[1:]])
    short = changed(KEPT, retentionPeriodInDays=30)
    triple("CFG-01", none=[], good=RECORDED, bad=[*RECORDED[:-1], short])
    off = changed(STATUS, isEnabled=UNKNOWN_MARK)
    assert verdicts("CFG-01", RECORDER, off, CHANNEL, PACK) == {"unknown"}


DETECTOR = made("aws:guardduty/detector:Detector", "detector", {"enable": True})


def _feature(name: str, **inputs: Any) -> Resource:
    more = [{"name": "ECS_FARGATE_AGENT_MANAGEMENT", "status": "ENABLED"}] if name == "RUNTIME_MONITORING" else []
    given = {"name": name, "status": "ENABLED", "additionalConfigurations": more, **inputs}
    return made("aws:guardduty/detectorFeature:DetectorFeature", name, given, detectorId=DETECTOR)


WATCHED = [DETECTOR, *(_feature(name) for name in FEATURES)]
TOPIC = made("aws:sns/topic:Topic", "alerts", kmsMasterKeyId=KEY)


def test_detector() -> None:
    """GD-01."""
    triple("GD-01", none=[BYSTANDER], good=WATCHED, bad=WATCHED[:-1])
    bare = _feature("RUNTIME_MONITORING", additionalConfigurations=[])
    triple("GD-01", none=[], good=WATCHED, bad=[*WATCHED[:-1], bare])
    triple("GD-01", none=[], good=WATCHED, bad=[changed(DETECTOR, enable=False), *WATCHED[1:]])


def _rule(source: str, **inputs: Any) -> list[Resource]:
    pattern = json.dumps({"source": [source], "detail-type": ["Security Hub Findings - Imported"]})
    rule = made("aws:cloudwatch/eventRule:EventRule", source, {"eventPattern": pattern, **inputs})
    return [rule, made("aws:cloudwatch/eventTarget:EventTarget", f"{source}-to", rule=rule, arn=TOPIC)]


HUB = made("aws:securityhub/account:Account", "hub")


def test_findings_are_told() -> None:
    """GD-02: for each of the two that is switched on."""
    both = [DETECTOR, HUB, TOPIC, *_rule("aws.guardduty"), *_rule("aws.securityhub")]
    triple("GD-02", none=[BYSTANDER], good=both, bad=both[:-2])
    triple("GD-02", none=[], good=both, bad=[item for item in both if item != both[-1]])
    triple("GD-02", none=[], good=both, bad=[*both[:-2], *_rule("aws.securityhub", state="DISABLED")])
    unsure = _rule("aws.securityhub", eventPattern=UNKNOWN_MARK)
    assert verdicts("GD-02", *both[:-2], *unsure) == {"unknown"}
    assert verdicts("GD-02", HUB, *_rule("aws.securityhub", eventPattern="{oops")) == {"fail"}


def _standard(name: str) -> Resource:
    arn = f"arn:aws:securityhub:eu-west-1::standards/{name}"
    return made("aws:securityhub/standardsSubscription:StandardsSubscription", name, {"standardsArn": arn})


def test_hub() -> None:
    """SHB-01."""
    standards = [_standard("aws-foundational-security-best-practices/v/1.0.0"), _standard("pci-dss/v/4.0.1")]
    analyzer = made("aws:accessanalyzer/analyzer:Analyzer", "analyzer")
    good = [HUB, *standards, analyzer]
    triple("SHB-01", none=[BYSTANDER], good=good, bad=[HUB, standards[0], analyzer])
    triple("SHB-01", none=[], good=good, bad=[HUB, *standards])
    images = made("aws:ecr/repository:Repository", "shop")
    inspector = made("aws:inspector2/enabler:Enabler", "inspector", {"resourceTypes": ["ECR"]})
    triple("SHB-01", none=[], good=[*good, images, inspector], bad=[*good, images])
    cards = made("aws:s3/bucket:Bucket", "cards", {"tags": {"data-classification": "cde"}})
    triple("SHB-01", none=[], good=[*good, cards, made("aws:macie2/account:Account", "macie")], bad=[*good, cards])


GROUP = made("aws:cloudwatch/logGroup:LogGroup", "trail")
TRAIL = made("aws:cloudtrail/trail:Trail", "t", cloudWatchLogsGroupArn=GROUP, cloudWatchLogsRoleArn=BYSTANDER)


def _filters(*without: str) -> list[Resource]:
    found = []
    for number, (what, words) in enumerate(HAPPENINGS.items()):
        if what in without:
            continue
        inputs = {"pattern": " ".join(words), "metricTransformation": {"name": f"m{number}"}}
        found.append(made("aws:cloudwatch/logMetricFilter:LogMetricFilter", f"f{number}", inputs, logGroupName=GROUP))
        found.append(_alarm(f"m{number}"))
    return found


def _alarm(metric: str, **inputs: Any) -> Resource:
    given = {"metricName": metric, "alarmActions": ["arn:topic"], **inputs}
    return made("aws:cloudwatch/metricAlarm:MetricAlarm", f"alarm-{metric}", given)


def test_changes_are_told() -> None:
    """CW-05 and CT-04."""
    triple("CW-05", none=[GROUP], good=[TRAIL, *_filters()], bad=[TRAIL, *_filters("use of root")])
    silent = [changed(item, "alarmActions") if "alarm-" in item.name else item for item in _filters()]
    triple("CW-05", none=[], good=[TRAIL, *_filters()], bad=[TRAIL, *silent])
    triple("CT-04", none=[GROUP], good=[TRAIL], bad=[changed(TRAIL, "cloudWatchLogsRoleArn")])


def test_launch_alarms() -> None:
    """CW-06: metrics by themselves and in metric math."""
    cache = made("aws:elasticache/replicationGroup:ReplicationGroup", "cache")
    queue = made("aws:sqs/queue:Queue", "orders")
    maths = _alarm("age", metricName=None, metricQueries=[{"metric": {"metricName": LAUNCH["queue"][0][0]}}])
    good = [cache, queue, _alarm("Evictions"), maths]
    triple("CW-06", none=[BYSTANDER], good=good, bad=[cache, queue, maths])
    triple("CW-06", none=[], good=good, bad=[cache, queue, _alarm("Evictions", alarmActions=[]), maths])


ROLE = made("aws:iam/role:Role", "task", {"permissionsBoundary": "arn:aws:iam::123456789012:policy/boundary"})
HUMAN = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:root"}, "Action": "sts:AssumeRole"}]}


def test_identities() -> None:
    """IAM-06."""
    service = resource("aws:iam/role:Role", "slr", inputs={"path": "/aws-service-role/x.amazonaws.com/"})
    triple("IAM-06", none=[GROUP, service], good=[ROLE], bad=[made("aws:iam/user:User", "ada")])
    triple("IAM-06", none=[], good=[ROLE], bad=[made("aws:iam/accessKey:AccessKey", "key")])
    triple("IAM-06", none=[], good=[ROLE], bad=[changed(ROLE, "permissionsBoundary")])
    people = changed(ROLE, assumeRolePolicy=json.dumps(HUMAN))
    triple("IAM-06", none=[], good=[people], bad=[changed(people, maxSessionDuration=43_200)])
    assert verdicts("IAM-06", changed(people, maxSessionDuration=UNKNOWN_MARK)) == {"unknown"}
    assert verdicts("IAM-06", changed(people, assumeRolePolicy=UNKNOWN_MARK, maxSessionDuration=43_200)) == {"unknown"}
    assert verdicts("IAM-06", changed(people, assumeRolePolicy=UNKNOWN_MARK, maxSessionDuration=3_600)) == {"pass"}
    assert verdicts("IAM-06", changed(ROLE, maxSessionDuration=43_200)) == {"pass"}
