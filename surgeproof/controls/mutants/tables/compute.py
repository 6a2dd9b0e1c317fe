"""Claims of controls of task definitions, services and image repositories."""

import json

from surgeproof.controls.mutants.claims import claims
from surgeproof.controls.mutants.groups import container, off, unsealed
from surgeproof.controls.mutants.operators import added, both, drop, gone, put, same_as

claims(
    "ECS-01",
    put("networkConfiguration.assignPublicIp", 1, linked=True),
    put("networkConfiguration", {"assignPublicIp": True}),
    put("networkConfiguration.assignPublicIp", True, linked=True),
    put("networkConfiguration.assignPublicIp", "true", linked=True),
)
claims(
    "ECS-02",
    container("privileged", True, "true"),
    container("linuxParameters.capabilities.add", ["SYS_ADMIN"]),
    put("networkMode", "host"),
    put("pidMode", "host"),
    put("ipcMode", "host"),
)
claims("ECS-03", container("readonlyRootFilesystem", False, "false", None, "no"))
claims(
    "ECS-04",
    container("environment[0]", {"name": "DB_PASSWORD", "value": "hunter2"}),
    container("environment[0]", {"name": "API_KEY", "value": "abcdef"}),
    container("environment[0]", {"name": "GREETING", "value": "AKIAIOSFODNN7EXAMPLE"}),
    container("environment[0]", {"name": "DATABASE", "value": "postgresql://shop:hunter2@db/shop"}),
    container("environment[0]", {"name": "SEED", "value": "q8Zt2Lm0Xv5Rb9Kc4Wd7Ye1Uf6Ni3Hg"}),
)
claims(
    "ECS-05",
    container("logConfiguration.logDriver", "json-file"),
    container("logConfiguration", {}),
    container("logConfiguration.options.awslogs-group", "somebody-elses"),
    drop("kmsKeyId", on="log_group"),
    drop("retentionInDays", on="log_group"),
    gone("log_group"),
)
claims("ECS-06", container("user", "root", "0", "0:0", "", "root:root"))
claims("ECS-07", put("platformVersion", "1.3.0"), put("platformVersion", "1.2.0"), put("platformVersion", "old"))
claims(
    "ECS-08",
    drop("taskRoleArn"),
    put("taskRoleArn", ""),
    same_as("executionRoleArn", "taskRoleArn"),
    put("taskRoleArn", None),
)
claims(
    "ECS-09",
    container("image", "shop:latest", "docker.io/library/nginx@sha256:" + "0" * 64),
    container("image", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:latest"),
    container("image", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop"),
    container("image", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/theirs:1.2"),
)
claims(
    "ECS-10",
    put("deploymentCircuitBreaker.enable", False),
    put("deploymentCircuitBreaker.rollback", False),
    drop("deploymentCircuitBreaker"),
    put("deploymentMinimumHealthyPercent", 50),
    put("availabilityZoneRebalancing", "DISABLED"),
    put("availabilityZone", "eu-west-1a", on="subnet"),
)
EXEC = put("enableExecuteCommand", True)
SESSIONS = "configuration.executeCommandConfiguration"
claims(
    "ECS-11",
    both("exec is on, and sessions are not logged", EXEC, put(f"{SESSIONS}.logging", "NONE", on="ecs_cluster")),
    both("exec is on, and sessions have no key", EXEC, drop(f"{SESSIONS}.kmsKeyId", on="ecs_cluster")),
    both("exec is on, and its cluster says nothing of it", EXEC, drop("configuration", on="ecs_cluster")),
    both("exec is on in somebody else's cluster", EXEC, drop("cluster")),
)
claims(
    "ECS-12",
    added("a service outside in its network", "aws:ecs/service:Service", {}, networkConfiguration="security_group"),
    added("a service outside with its role", "aws:ecs/service:Service", {}, taskDefinition="task_definition"),
)
claims("ECR-01", off("imageScanningConfiguration.scanOnPush"), drop("imageScanningConfiguration"))
claims(
    "ECR-02",
    put("imageTagMutability", "MUTABLE"),
    drop("imageTagMutability"),
    unsealed("encryptionConfigurations[0].kmsKey", "ecr"),
    gone("repository_lifecycle"),
    added(
        "everybody may pull",
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        {"policy": json.dumps({"Statement": [{"Effect": "Allow", "Action": "ecr:BatchGetImage", "Principal": "*"}]})},
        repository="",
    ),
)
