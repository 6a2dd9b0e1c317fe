"""Task definitions, services, repositories: the triples."""

from __future__ import annotations

import json
from typing import Any

import pytest

from surgeproof.controls.secret_words import looks_secret
from surgeproof.graph.model import Resource
from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import BYSTANDER, KEY, changed, group, made, subnet, verdicts
from tests.controls.triples import triple

LOGS = made("aws:cloudwatch/logGroup:LogGroup", "/shop", {"name": "/shop", "retentionInDays": 365}, kmsKeyId=KEY)
TASK_ROLE, EXECUTION_ROLE = (made("aws:iam/role:Role", name) for name in ("task", "execution"))
ACCOUNT = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
CONTAINER: dict[str, Any] = {
    "name": "shop",
    "image": f"{ACCOUNT}/shop@sha256:{'0' * 64}",
    "user": "10001:10001",
    "readonlyRootFilesystem": True,
    "privileged": False,
    "environment": [{"name": "DB_HOST", "value": "db.internal"}],
    "linuxParameters": {"capabilities": {"add": [], "drop": ["ALL"]}},
    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/shop"}},
}


def _task(**keys: Any) -> Resource:
    return made(
        "aws:ecs/taskDefinition:TaskDefinition",
        "task",
        {"networkMode": "awsvpc", "containerDefinitions": json.dumps([{**CONTAINER, **keys}])},
        taskRoleArn=TASK_ROLE,
        executionRoleArn=EXECUTION_ROLE,
    )


GOOD = [KEY, LOGS, TASK_ROLE, EXECUTION_ROLE, _task()]


@pytest.mark.parametrize(
    ("control", "keys"),
    [
        ("ECS-02", {"privileged": True}),
        ("ECS-02", {"linuxParameters": {"capabilities": {"add": ["SYS_ADMIN"]}}}),
        ("ECS-03", {"readonlyRootFilesystem": False}),
        ("ECS-04", {"environment": [{"name": "DB_PASSWORD", "value": "hunter2hunter2"}]}),
        ("ECS-04", {"environment": [{"name": "PGPASSWORD", "value": "hunter2"}]}),
        ("ECS-04", {"environment": [{"name": "stripeApiKey", "value": "hunter2"}]}),
        ("ECS-04", {"environment": [{"name": "DSN", "value": "postgresql://shop:hunter2@db/shop"}]}),
        ("ECS-05", {"logConfiguration": None}),
        ("ECS-05", {"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/elsewhere"}}}),
        ("ECS-06", {"user": "0:0"}),
        ("ECS-06", {"user": "00"}),
        ("ECS-06", {"user": None}),
        ("ECS-09", {"image": f"{ACCOUNT}/shop:latest"}),
        ("ECS-09", {"image": "nginx@sha256:" + "0" * 64}),
        ("ECS-09", {"image": f"{ACCOUNT}/shop:1.2.3"}),
    ],
)
def test_container(control: str, keys: dict[str, Any]) -> None:
    """ECS-02 to 06 and 09: one edit breaks each; a preview that does not know the definitions says so."""
    triple(control, none=[BYSTANDER], good=GOOD, bad=[KEY, LOGS, _task(**keys)])
    assert verdicts(control, changed(_task(), containerDefinitions=UNKNOWN_MARK)) == {"unknown"}


def test_host_network() -> None:
    """ECS-02, on the task itself."""
    assert "fail" in verdicts("ECS-02", changed(_task(), networkMode="host"))


def test_immutable_tag() -> None:
    """ECS-09 takes a tag of a repository whose tags cannot move."""
    repository = made("aws:ecr/repository:Repository", "shop", {"imageTagMutability": "IMMUTABLE"})
    assert verdicts("ECS-09", repository, _task(image=f"{ACCOUNT}/shop:1.2.3")) == {"pass"}


def test_bare_log_group() -> None:
    """ECS-05: a group without a key or a retention."""
    for key in ("kmsKeyId", "retentionInDays"):
        assert verdicts("ECS-05", changed(LOGS, key), _task()) == {"fail"}


def test_roles() -> None:
    """ECS-08."""
    same = made("aws:ecs/taskDefinition:TaskDefinition", "t", taskRoleArn=TASK_ROLE, executionRoleArn=TASK_ROLE)
    triple("ECS-08", none=[BYSTANDER], good=GOOD, bad=[TASK_ROLE, same])
    triple("ECS-08", none=[], good=GOOD, bad=[changed(same, "taskRoleArn")])


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("DB_PASSWORD", "correct-horse", True),
        ("KEY", "AKIAIOSFODNN7EXAMPLE", True),
        ("X", "q7Zr1Kx9Lm3Vt8Bw5Ny2Pc6Hd4Jf0Gs", True),
        ("DB_PASSWORD_SECRET_ARN", "arn:aws:secretsmanager:eu-west-1:1:secret:x", False),
        ("DB_HOST", "shop.cluster-abcdefghijkl.eu-west-1.rds.amazonaws.com", False),
        ("QUEUE_URL", "https://sqs.eu-west-1.amazonaws.com/123456789012/orders", False),
        ("TOKEN_TTL_SECONDS", "900", False),
        ("LOG_LEVEL", "info", False),
    ],
)
def test_secret_words(*, name: str, value: str, secret: bool) -> None:
    """Names, known forms and random values; references and settings are none."""
    assert looks_secret(name, value) is secret


SUBNETS = [subnet("app-a", "a"), subnet("app-b", "b")]
TASKS = group("tasks")
CLUSTER = made("aws:ecs/cluster:Cluster", "cluster")


def _service(name: str = "shop", **inputs: Any) -> Resource:
    network = {"assignPublicIp": False, "subnets": [item.id for item in SUBNETS]}
    given = made(
        "aws:ecs/service:Service",
        name,
        {
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "deploymentMinimumHealthyPercent": 100,
            "availabilityZoneRebalancing": "ENABLED",
            "enableExecuteCommand": False,
        },
        networkConfiguration=[*SUBNETS, TASKS],
        cluster=CLUSTER,
        taskDefinition=_task(),
    )
    return given.model_copy(update={"inputs": {**given.inputs, "networkConfiguration": network, **inputs}})


@pytest.mark.parametrize(
    ("control", "inputs"),
    [
        ("ECS-01", {"networkConfiguration": {"assignPublicIp": True}}),
        ("ECS-07", {"platformVersion": "1.3.0"}),
        ("ECS-10", {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}),
        ("ECS-10", {"deploymentMinimumHealthyPercent": 50}),
        ("ECS-10", {"availabilityZoneRebalancing": "DISABLED"}),
        ("ECS-11", {"enableExecuteCommand": True}),
    ],
)
def test_service(control: str, inputs: dict[str, Any]) -> None:
    """ECS-01, 07, 10, 11: one edit breaks each."""
    place = [*SUBNETS, TASKS, CLUSTER]
    triple(control, none=[BYSTANDER], good=[*place, _service()], bad=[*place, _service(**inputs)])


def test_one_zone() -> None:
    """ECS-10, by the zones of its subnets."""
    same = [subnet("app-a", "a"), subnet("app-b", "a")]
    assert verdicts("ECS-10", *same, TASKS, CLUSTER, _service()) == {"fail"}


def test_logged_exec() -> None:
    """ECS-11 takes exec where the cluster keeps what is typed."""
    kept = {"executeCommandConfiguration": {"logging": "OVERRIDE", "kmsKeyId": "arn:key"}}
    cluster = changed(CLUSTER, configuration=kept)
    assert verdicts("ECS-11", cluster, _service(enableExecuteCommand=True)) == {"pass"}


def test_card_service() -> None:
    """ECS-12."""
    card = _service("pay", tags={"pci-scope": "cde"})
    own = made("aws:ecs/service:Service", "own", {"tags": {"pci-scope": "cde"}}, networkConfiguration=group("own"))
    place = [*SUBNETS, TASKS, CLUSTER, *GOOD]
    triple("ECS-12", none=[*place, _service()], good=[*place, _service(), own], bad=[*place, _service(), card])


def test_repositories() -> None:
    """ECR-01 and ECR-02."""
    repository = made(
        "aws:ecr/repository:Repository",
        "shop",
        {
            "imageTagMutability": "IMMUTABLE",
            "imageScanningConfiguration": {"scanOnPush": True},
            "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": "arn:key"}],
        },
    )
    tidy = made("aws:ecr/lifecyclePolicy:LifecyclePolicy", "tidy", repository=repository)
    good = [repository, tidy]
    triple("ECR-01", none=[BYSTANDER], good=good, bad=[changed(repository, "imageScanningConfiguration")])
    for bad in (changed(repository, imageTagMutability="MUTABLE"), changed(repository, "encryptionConfigurations")):
        triple("ECR-02", none=[BYSTANDER], good=good, bad=[bad, tidy])
    everybody = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:*"}]})
    public = made("aws:ecr/repositoryPolicy:RepositoryPolicy", "p", {"policy": everybody}, repository=repository)
    triple("ECR-02", none=[], good=good, bad=[*good, public])
