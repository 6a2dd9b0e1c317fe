"""Alerts: two encrypted topics, one for the shop and one for its security, and who is called by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import names, policies
from infra.account import Account
from infra.components.component import Component, Transforms, component_options
from infra.tags import CLASSIFICATION


@dataclass(frozen=True, kw_only=True)
class AlertsArgs:
    """What Alerts are made from.

    Attributes:
        account: Where they lie.
        key: KMS key of the topics; it has to let CloudWatch, EventBridge and Budgets use it.
        emails: Addresses that are called.
        pagers: HTTPS endpoints that are called.
        log_retention_days: Of what could not be delivered.
        transform: Changes to children.
    """

    account: Account
    key: pulumi.Input[str]
    emails: Sequence[str] = ()
    pagers: Sequence[str] = ()
    log_retention_days: int = 365
    transform: Transforms | None = None


class Alerts(Component):
    """Topics that only this account's alarms, rules and budgets publish to, over TLS.

    Attributes:
        operations: Topic of the shop: alarms, cost.
        security: Topic of the account: findings, changes, watchers that stop.
        admissions: Policies of both; Cost Explorer subscribes no topic that it cannot publish to yet.
    """

    def __init__(self, name: str, args: AlertsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:Alerts", name, {}, component_options(name, opts, args.transform))
        self._args = args
        self.admissions: list[aws.sns.TopicPolicy] = []
        reporter = self._reporter(name)
        self.operations = self._topic(f"{name}-operations", reporter)
        self.security = self._topic(f"{name}-security", reporter)
        self._done({"operations": self.operations.arn, "security": self.security.arn})

    def _reporter(self, name: str) -> aws.iam.Role:
        """Role by which SNS writes down what it could not deliver."""
        account = self._args.account
        role = aws.iam.Role(
            names.logical("aws:iam/role:Role", f"{name}-reporter"),
            description="Writes down alerts that could not be delivered",
            assume_role_policy=policies.trust(account, "sns.amazonaws.com", account.arn("sns", f"{name}-*")),
            opts=self._child(),
        )
        groups = account.arn(
            "logs", pulumi.Output.format("log-group:sns/{0}/{1}/{2}-*", account.region, account.id, name)
        )
        aws.iam.RolePolicy(
            f"{name}-reporter-policy",
            role=role.id,
            policy=policies.document(
                policies.allow("WriteFailures", ["logs:CreateLogStream", "logs:PutLogEvents"], [groups])
            ),
            opts=self._child(),
        )
        return role

    def _topic(self, name: str, reporter: aws.iam.Role) -> aws.sns.Topic:
        args = self._args
        # SNS would make the group itself, without a key and without an end.
        aws.cloudwatch.LogGroup(
            f"{name}-failures",
            name=pulumi.Output.format("sns/{0}/{1}/{2}/Failure", args.account.region, args.account.id, name),
            kms_key_id=args.key,
            retention_in_days=args.log_retention_days,
            tags={CLASSIFICATION: "logs"},
            opts=self._child(),
        )
        topic = aws.sns.Topic(
            name,
            name=name,
            kms_master_key_id=args.key,
            http_failure_feedback_role_arn=reporter.arn,
            signature_version=2,
            tags={CLASSIFICATION: "internal"},
            opts=self._child(),
        )
        self.admissions.append(
            aws.sns.TopicPolicy(
                f"{name}-policy", arn=topic.arn, policy=_publishers(args.account, topic.arn), opts=self._child()
            )
        )
        for protocol, endpoints in (("email", args.emails), ("https", args.pagers)):
            for number, endpoint in enumerate(endpoints):
                aws.sns.TopicSubscription(
                    f"{name}-{protocol}-{number}",
                    topic=topic.arn,
                    protocol=protocol,
                    endpoint=endpoint,
                    opts=self._child(),
                )
        return topic


def _publishers(account: Account, topic: pulumi.Output[str]) -> pulumi.Output[str]:
    """Services of AWS that publish, each for this account alone; the owner manages the topic by IAM."""
    own = {"StringEquals": {"aws:SourceAccount": account.id}}

    def publish(sid: str, service: str, source: pulumi.Input[str] | None = None) -> policies.Statement:
        condition = own if source is None else {**own, "ArnLike": {"aws:SourceArn": source}}
        return policies.allow(sid, ["sns:Publish"], topic, principal={"Service": service}, condition=condition)

    return policies.document(
        publish("Alarms", "cloudwatch.amazonaws.com", account.arn("cloudwatch", "alarm:*")),
        # EventBridge does not tell the rule's account as aws:SourceAccount to every service: the rule's ARN does.
        policies.allow(
            "Rules",
            ["sns:Publish"],
            topic,
            principal={"Service": "events.amazonaws.com"},
            condition={"ArnLike": {"aws:SourceArn": account.arn("events", "rule/*")}},
        ),
        publish("Budgets", "budgets.amazonaws.com"),
        publish("CostAnomalies", "costalerts.amazonaws.com"),
        {
            "Sid": "OnlyOverTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sns:Publish",
            "Resource": topic,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    )
