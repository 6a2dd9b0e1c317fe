"""Backups, parameters, typed secrets, masked logs, certificates and zones: the triples."""

from __future__ import annotations

import json
from typing import Any

import pytest

from surgeproof.graph.model import SECRET
from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import BYSTANDER, KEY, changed, made, verdicts
from tests.controls.triples import triple

STORE = made("aws:dynamodb/table:Table", "orders", {"tags": {"backup": "daily"}})
DAILY = [{"type": "STRINGEQUALS", "key": "backup", "value": "daily"}]
SELECTION = made("aws:backup/selection:Selection", "daily", {"selectionTags": DAILY})


def test_backup() -> None:
    """BKP-01: by tag, by link and by ARN; buckets of logs are left out."""
    logs = made("aws:s3/bucket:Bucket", "logs", {"tags": {"data-classification": "logs"}})
    triple("BKP-01", none=[BYSTANDER, logs], good=[STORE, SELECTION], bad=[STORE])
    triple("BKP-01", none=[], good=[STORE, SELECTION], bad=[changed(STORE, tags={"backup": "never"}), SELECTION])
    bare = changed(STORE, "tags")
    linked = made("aws:backup/selection:Selection", "linked", resources=bare)
    named = made("aws:backup/selection:Selection", "named", {"resources": ["arn:ord*"]})
    left_out = made("aws:backup/selection:Selection", "out", {"resources": ["arn:*"]}, notResources=bare)
    narrowed = changed(named, conditions=[{"stringEquals": [{"key": "aws:ResourceTag/backup", "value": "daily"}]}])
    assert verdicts("BKP-01", bare, linked) == verdicts("BKP-01", bare, named) == {"pass"}
    assert verdicts("BKP-01", bare, left_out) == verdicts("BKP-01", bare, narrowed) == {"fail"}
    assert verdicts("BKP-01", bare, changed(named, resources=UNKNOWN_MARK)) == {"unknown"}
    assert verdicts("BKP-01", bare, changed(named, notResources=["arn:orders"])) == {"fail"}


@pytest.mark.parametrize(("kind", "kept"), [("stringNotEquals", "weekly"), ("stringLikes", "dai*")])
def test_conditions_of_a_selection(kind: str, kept: str) -> None:
    """BKP-01: each kind of condition may leave a store out."""
    named = made("aws:backup/selection:Selection", "named", {"resources": ["*"]})
    for value, verdict in ((kept, "pass"), ("daily" if "Not" in kind else "week*", "fail")):
        condition = {kind: [{"key": "aws:ResourceTag/backup", "value": value}]}
        assert verdicts("BKP-01", STORE, changed(named, conditions=[condition])) == {verdict}


VAULT = made("aws:backup/vault:Vault", "vault", kmsKeyArn=KEY)
LOCK = made(
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration", "lock", {"minRetentionDays": 35}, backupVaultName=VAULT
)


def _plan(**rule: Any) -> Any:
    given = {"targetVaultName": "vault", "lifecycle": {"deleteAfter": 35}, **rule}
    return made("aws:backup/plan:Plan", "plan", {"rules": [given]})


def test_vault() -> None:
    """BKP-02."""
    good = [KEY, VAULT, LOCK, _plan()]
    triple("BKP-02", none=[BYSTANDER], good=good, bad=[KEY, VAULT, _plan()])
    triple("BKP-02", none=[], good=good, bad=[KEY, VAULT, changed(LOCK, minRetentionDays=7), _plan()])
    triple("BKP-02", none=[], good=good, bad=[changed(VAULT, "kmsKeyArn"), LOCK])
    triple("BKP-02", none=[], good=good, bad=[KEY, VAULT, LOCK, _plan(lifecycle={"deleteAfter": 7})])
    card = changed(VAULT, tags={"pci-scope": "cde"}).model_copy(
        update={"property_dependencies": VAULT.property_dependencies}
    )
    copied = _plan(copyActions=[{"destinationVaultArn": "arn:other"}])
    triple("BKP-02", none=[], good=[KEY, card, LOCK, copied], bad=[KEY, card, LOCK, _plan()])


def test_parameters() -> None:
    """SSM-01: parameters."""
    sealed = made("aws:ssm/parameter:Parameter", "p", {"name": "/shop/api_key", "type": "SecureString"}, keyId=KEY)
    plain = made("aws:ssm/parameter:Parameter", "colour", {"name": "/shop/colour", "type": "String", "value": "red"})
    typed = changed(sealed, type="String", value="abcdef")
    triple("SSM-01", none=[BYSTANDER, plain], good=[KEY, sealed], bad=[typed])
    triple("SSM-01", none=[], good=[KEY, sealed], bad=[changed(sealed, "keyId")])
    marked = changed(plain, value=SECRET).model_copy(update={"secrets": ("value",)})
    assert verdicts("SSM-01", marked) == {"fail"}


def test_documents() -> None:
    """SSM-01: documents and sessions."""
    kept = {"inputs": {"cloudWatchLogGroupName": "g", "cloudWatchEncryptionEnabled": True, "kmsKeyId": "k"}}
    session = made("aws:ssm/document:Document", "d", {"documentType": "Session", "content": json.dumps(kept)})
    triple("SSM-01", none=[], good=[session], bad=[changed(session, content=json.dumps({"inputs": {"kmsKeyId": "k"}}))])
    public = {"type": "Share", "accountIds": "All"}
    triple("SSM-01", none=[], good=[session], bad=[changed(session, permissions=public)])
    assert verdicts("SSM-01", changed(session, content=UNKNOWN_MARK)) == {"unknown"}


@pytest.mark.parametrize(
    "inputs",
    [
        {"masterPassword": "hunter2"},
        {"authenticationMode": {"type": "password", "passwords": ["hunter2"]}},
        {"userData": "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE"},
        {"secretString": "x"},
    ],
)
def test_typed_secrets(inputs: dict[str, Any]) -> None:
    """SEC-03: any type, any depth; marked, linked by ARN or not known is no literal."""
    item = made("aws:rds/cluster:Cluster", "c", inputs)
    name = next(iter(inputs))
    marked = item.model_copy(update={"secrets": (name,)})
    triple("SEC-03", none=[], good=[marked], bad=[item])
    assert verdicts("SEC-03", changed(item, **{name: SECRET})) == {"pass"}
    assert verdicts("SEC-03", changed(item, **{name: UNKNOWN_MARK})) == {"pass"}


def test_masking() -> None:
    """CW-08: on the group, or for the account."""
    group = made("aws:cloudwatch/logGroup:LogGroup", "shop")
    task = made("aws:ecs/taskDefinition:TaskDefinition", "t", containerDefinitions=group)
    identifier = "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber"
    masks = {"Statement": [{"DataIdentifier": [identifier], "Operation": {"Deidentify": {"MaskConfig": {}}}}]}
    counts = {"Statement": [{"DataIdentifier": [identifier], "Operation": {"Audit": {}}}]}
    type_ = "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy"
    policy = made(type_, "mask", {"policyDocument": json.dumps(masks)}, logGroupName=group)
    good = [group, task, policy]
    triple("CW-08", none=[BYSTANDER, group], good=good, bad=[group, task])
    triple("CW-08", none=[], good=good, bad=[group, task, changed(policy, policyDocument=json.dumps(counts))])
    account = {"policyType": "DATA_PROTECTION_POLICY", "policyDocument": json.dumps(masks)}
    everywhere = made("aws:cloudwatch/logAccountPolicy:LogAccountPolicy", "all", account)
    assert verdicts("CW-08", group, task, everywhere) == {"pass"}
    assert verdicts("CW-08", group, task, changed(policy, policyDocument=UNKNOWN_MARK)) == {"unknown"}


CERTIFICATE = made("aws:acm/certificate:Certificate", "shop", {"validationMethod": "DNS"})
ENDS = made("aws:cloudwatch/metricAlarm:MetricAlarm", "ends", {"metricName": "DaysToExpiry", "threshold": 30})


@pytest.mark.parametrize(
    "inputs",
    [
        {"validationMethod": "EMAIL"},
        {"keyAlgorithm": "RSA_1024"},
        {"options": {"certificateTransparencyLoggingPreference": "DISABLED"}},
        {"certificateBody": "-----BEGIN"},
    ],
)
def test_certificates(inputs: dict[str, Any]) -> None:
    """ACM-01."""
    triple("ACM-01", none=[BYSTANDER], good=[CERTIFICATE, ENDS], bad=[changed(CERTIFICATE, **inputs), ENDS])
    triple("ACM-01", none=[], good=[CERTIFICATE, ENDS], bad=[CERTIFICATE, changed(ENDS, threshold=7)])


def test_zones() -> None:
    """R53-01."""
    zone = made("aws:route53/zone:Zone", "shop")
    log = made("aws:route53/queryLog:QueryLog", "log", zoneId=zone)
    signed = made("aws:route53/hostedZoneDnsSec:HostedZoneDnsSec", "signed", hostedZoneId=zone)
    alias = {"aliases": [{"name": "shop-1.eu-west-1.elb.amazonaws.com"}]}
    record = made("aws:route53/record:Record", "www", alias, zoneId=zone)
    private = changed(zone, vpcs=[{"vpcId": "vpc"}])
    triple("R53-01", none=[BYSTANDER, private], good=[zone, log, signed], bad=[zone, log])
    triple("R53-01", none=[], good=[zone, log, signed], bad=[zone, signed])
    triple("R53-01", none=[], good=[zone, log, signed], bad=[zone, log, signed, record])
