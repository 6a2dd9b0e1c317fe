"""Samples: for controls of what our own stack does not use, the passing side of their triple."""

from __future__ import annotations

import json

from surgeproof.graph.model import Graph, Resource
from tests.controls.catalogue import test_account as account
from tests.controls.catalogue import test_apis as apis
from tests.controls.catalogue import test_containers as containers
from tests.controls.catalogue import test_data as data
from tests.controls.catalogue import test_edge as edge
from tests.controls.catalogue import test_identity as identity
from tests.controls.catalogue import test_kept as kept
from tests.controls.catalogue import test_messages as messages
from tests.controls.catalogue import test_scaling as scaling
from tests.controls.catalogue import test_secrets_topics as secrets
from tests.controls.catalogue import test_stability as stability
from tests.controls.catalogue.parts import KEY, VPC, changed, group, made, subnet
from tests.controls.triples import graph_of, resource

CARD = {"tags": {"pci-scope": "cde"}}


def _repository() -> list[Resource]:
    inputs = {
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": "arn:key"}],
    }
    repository = made("aws:ecr/repository:Repository", "shop", inputs)
    return [repository, made("aws:ecr/lifecyclePolicy:LifecyclePolicy", "tidy", repository=repository)]


def _function() -> list[Resource]:
    function = made(
        "aws:lambda/function:Function",
        "pay",
        {
            **CARD,
            "runtime": "python3.13",
            "reservedConcurrentExecutions": 10,
            "environment": {"variables": {"A": "b"}},
        },
        vpcConfig=[subnet("a", "a"), subnet("b", "b")],
        kmsKeyArn=KEY,
    )
    bound = {"principal": "sns.amazonaws.com", "sourceArn": "arn:topic"}
    permission = made("aws:lambda/permission:Permission", "may", bound, function=function)
    mapping = made(
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        "mapping",
        {"functionResponseTypes": ["ReportBatchItemFailures"]},
        eventSourceArn=messages.DEAD,
        functionName=function,
    )
    return [KEY, messages.DEAD, subnet("a", "a"), subnet("b", "b"), function, permission, mapping]


def _without_events() -> list[Resource]:
    return [item for item in _function() if "permission" not in item.type]


def _card_service() -> list[Resource]:
    own = group("own")
    role = made("aws:iam/role:Role", "pay")
    task = made("aws:ecs/taskDefinition:TaskDefinition", "pay", taskRoleArn=role)
    service = made("aws:ecs/service:Service", "pay", CARD, networkConfiguration=own, taskDefinition=task)
    return [own, role, task, service]


def _ways_in() -> list[Resource]:
    connected = {"tags": {"pci-scope": "connected"}}
    queue = made("aws:sqs/queue:Queue", "cards", CARD)
    role = made("aws:iam/role:Role", "card-reader", connected)
    policy = made("aws:iam/rolePolicy:RolePolicy", "may", role=role, policy=queue)
    rule = made("aws:cloudwatch/eventRule:EventRule", "card-rule", connected)
    target = made("aws:cloudwatch/eventTarget:EventTarget", "to", rule=rule, arn=queue)
    card, other = group("card", **CARD), group("card-neighbour", **connected)
    type_ = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    ingress = made(type_, "in", securityGroupId=card, referencedSecurityGroupId=other)
    return [queue, role, policy, rule, target, card, other, ingress]


def _scaled_table() -> list[Resource]:
    return [made("aws:dynamodb/table:Table", "orders", {"billingMode": "PAY_PER_REQUEST"})]


def _zone() -> list[Resource]:
    zone = made("aws:route53/zone:Zone", "shop")
    return [
        zone,
        made("aws:route53/queryLog:QueryLog", "log", zoneId=zone),
        made("aws:route53/hostedZoneDnsSec:HostedZoneDnsSec", "signed", hostedZoneId=zone),
    ]


def _stage() -> list[Resource]:
    form = "$context.requestId $context.identity.sourceIp $context.authorizer.claims.sub"
    settings = {"accessLogSettings": {"destinationArn": "arn:g", "format": form}}
    return [made("aws:apigatewayv2/stage:Stage", "live", settings)]


def _worker_that_rests() -> list[Resource]:
    worker = made("aws:ecs/service:Service", "worker")
    range_ = {"minCapacity": 0, "maxCapacity": 9, "serviceNamespace": "ecs"}
    target = made("aws:appautoscaling/target:Target", "target", range_, resourceId=worker)
    adds = {"stepScalingPolicyConfiguration": {"stepAdjustments": [{"scalingAdjustment": 1}]}}
    return [worker, target, made("aws:appautoscaling/policy:Policy", "wake", adds, resourceId=target)]


def _default_tags() -> list[Resource]:
    provider = resource("pulumi:providers:aws", "default", inputs={"defaultTags": {"tags": {"owner": "us"}}})
    return [provider, made("aws:sqs/queue:Queue", "q", {"tags": {"own": "1"}})]


def _card_group() -> list[Resource]:
    out = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"], "description": "gateway"}
    return [group("card", **CARD, egress=[out])]


def _cache_users() -> list[Resource]:
    given = {"accessString": "on ~* +@all", "authenticationMode": {"type": "iam"}}
    user = made("aws:elasticache/user:User", "u", given)
    users = made("aws:elasticache/userGroup:UserGroup", "g", userIds=user)
    return [user, users, made("aws:elasticache/replicationGroup:ReplicationGroup", "c", userGroupIds=users)]


def _old_distribution() -> list[Resource]:
    inputs = {"loggingConfig": {"bucket": "logs.s3.amazonaws.com"}}
    return [made("aws:cloudfront/distribution:Distribution", "old", inputs)]


def _subscription() -> list[Resource]:
    topic = made("aws:sns/topic:Topic", "alerts")
    return [topic, made("aws:sns/topicSubscription:TopicSubscription", "s", {"protocol": "email"}, topic=topic)]


def _parameter() -> list[Resource]:
    given = {"name": "/shop/api_key", "type": "SecureString", "value": "abcdef"}
    return [KEY, made("aws:ssm/parameter:Parameter", "p", given, keyId=KEY)]


def _scheduled() -> list[Resource]:
    return [KEY, made("aws:scheduler/schedule:Schedule", "nightly", kmsKeyArn=KEY)]


def _acl() -> list[Resource]:
    web = {"action": "allow", "protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlock": "0.0.0.0/0"}
    return [made("aws:ec2/networkAcl:NetworkAcl", "acl", {"ingress": [web]}, vpcId=VPC)]


def _vault() -> list[Resource]:
    rule = {"targetVaultName": "vault", "lifecycle": {"deleteAfter": 35}}
    plan = made("aws:backup/plan:Plan", "plan", {"rules": [rule]})
    return [KEY, kept.VAULT, kept.LOCK, plan]


def _told() -> list[Resource]:
    rule, target = account._rule("aws.guardduty")
    return [account.DETECTOR, account.TOPIC, rule, target]


def _hub() -> list[Resource]:
    standards = ("aws-foundational-security-best-practices/v/1.0.0", "pci-dss/v/4.0.1")
    bucket = made("aws:s3/bucket:Bucket", "b")
    analyzer = made("aws:accessanalyzer/analyzer:Analyzer", "analyzer")
    return [account.HUB, *(account._standard(name) for name in standards), analyzer, bucket]


def _trusted() -> list[Resource]:
    return [identity.trusting({"Service": "ecs-tasks.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": "1"}})]


def _masked() -> list[Resource]:
    log = made("aws:cloudwatch/logGroup:LogGroup", "shop")
    task = made("aws:ecs/taskDefinition:TaskDefinition", "t", containerDefinitions=log)
    identifier = "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber"
    masks = {"Statement": [{"DataIdentifier": [identifier], "Operation": {"Deidentify": {"MaskConfig": {}}}}]}
    type_ = "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy"
    return [log, task, made(type_, "mask", {"policyDocument": json.dumps(masks)}, logGroupName=log)]


BALANCED = [*edge.SUBNETS, edge.BALANCER, edge.ACL, edge.GUARD, edge.TARGETS, edge.SECURE, edge.REDIRECT]
_ROUTED = [resource("aws:apigatewayv2/authorizer:Authorizer", "a"), apis.ROUTE]

_RESOURCES: dict[str, list[Resource]] = {
    "ACM-01": [kept.CERTIFICATE, kept.ENDS],
    "AGW-01": _ROUTED,
    "AGW-02": _stage(),
    "AGW-03": [apis.API, apis.STAGE],
    "ALB-01": BALANCED,
    "ALB-06": BALANCED,
    "ALB-07": [changed(edge.TARGETS, tags=CARD["tags"])],
    "BKP-01": [kept.STORE, kept.SELECTION],
    "BKP-02": _vault(),
    "CF-02": _old_distribution(),
    "CF-05": [edge.DISTRIBUTION],
    "CFG-01": account.RECORDED,
    "CW-08": _masked(),
    "DDB-01": [KEY, data.TABLE],
    "DDB-02": [KEY, data.TABLE],
    "DDB-03": _scaled_table(),
    "EC-03": _cache_users(),
    "ECR-01": _repository(),
    "ECR-02": _repository(),
    "ECS-11": [*containers.SUBNETS, containers.TASKS, containers.CLUSTER, containers._service()],
    "ECS-12": _card_service(),
    "EVB-03": _scheduled(),
    "GD-01": account.WATCHED,
    "GD-02": _told(),
    "IAM-05": _trusted(),
    "IAM-06": [account.ROLE],
    "KIN-01": [KEY, data.STREAM],
    "KIN-02": [KEY, data.DELIVERY],
    "LAM-01": _function(),
    "LAM-02": _function(),
    "LAM-03": _function(),
    "LAM-04": _without_events(),
    "LAM-05": _function(),
    "LAM-06": _function(),
    "PLN-02": [stability.GROUP, stability.LEFT_ALONE, stability.SERVICE],
    "PLN-04": _worker_that_rests(),
    "PLN-05": _default_tags(),
    "R53-01": _zone(),
    "SCL-05": [scaling.TARGET, scaling._action("warm", 8), scaling._action("restore", 2)],
    "SEC-01": [secrets.SECRET],
    "SEC-02": [secrets.SECRET, secrets.ROTATION],
    "SHB-01": _hub(),
    "SNS-03": _subscription(),
    "SSM-01": _parameter(),
    "TAG-03": _ways_in(),
    "VPC-06": _card_group(),
    "VPC-08": _acl(),
}

SAMPLES: dict[str, Graph] = {id_: graph_of(*resources) for id_, resources in _RESOURCES.items()}
"""A graph by control that keeps its rule."""
