"""WebTraffic: how requests of the load balancer reach a service's tasks, and how they shift to those of a new revision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra import names, policies
from infra.account import Account
from infra.components.component import Component
from infra.components.load_balancer import TLS_POLICY, LoadBalancer
from infra.components.network import Network
from infra.policies import Statement
from infra.service_settings import ServiceSettings

LAST = 49_500
"""Priority of the rule for all requests: after those of all services with paths of their own (50,000 is the last)."""


@dataclass(frozen=True, kw_only=True)
class WebTrafficArgs:
    """What WebTraffic is made from.

    Attributes:
        service: Name of the service; of its container, too.
        settings: Its settings; it has a port.
        account: Where it lies.
        network: The VPC.
        balancer: The load balancer; its listener is there already, unless this service takes all other requests.
        group: Security group of the tasks.
    """

    service: str
    settings: ServiceSettings
    account: Account
    network: Network
    balancer: LoadBalancer
    group: aws.ec2.SecurityGroup


class WebTraffic(Component):
    """Target group, rules and, where requests shift between two revisions, what ECS needs to shift them.

    Attributes:
        target_group: Where the tasks take requests.
        alternate: Where those of the next revision do; None for rolling deployments.
        load_balancers: Of the ECS service.
        ready: What has to be there before the ECS service: ECS refuses a target group that no listener uses.
    """

    def __init__(self, name: str, args: WebTrafficArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:WebTraffic", name, {}, opts)
        self._name, self._args = name, args
        settings, deployment = args.settings, args.settings.deployment
        self._let_in()
        self.target_group = self._target_group(name)
        self.alternate = self._target_group(f"{name}-alternate") if deployment.shifts else None
        self.ready: list[pulumi.Resource] = []
        if not settings.routed:
            args.balancer.serve(self.target_group, shifts=deployment.shifts)
            self.ready.append(args.balancer.listener)
        target: dict[str, Any] = {
            "target_group_arn": self.target_group.arn,
            "container_name": args.service,
            "container_port": settings.port,
        }
        if settings.routed or self.alternate is not None:
            rule = self._rule("", args.balancer.listener, settings.rule_priority if settings.routed else LAST)
            self.ready.append(rule)
            if self.alternate is not None:
                target["advanced_configuration"] = self._shift(rule, self.alternate)
        self.load_balancers: list[Any] = [target]
        self._done({"target_group": self.target_group.arn})

    def _let_in(self) -> None:
        args = self._args
        for key, rule, group, other in (
            ("in", aws.vpc.SecurityGroupIngressRule, args.group, args.balancer.group),
            ("balancer-out", aws.vpc.SecurityGroupEgressRule, args.balancer.outward.take(), args.group),
        ):
            rule(
                f"{self._name}-{key}",
                security_group_id=group.id,
                description=f"Requests to {args.service}",
                ip_protocol="tcp",
                from_port=args.settings.port,
                to_port=args.settings.port,
                referenced_security_group_id=other.id,
                opts=self._child(),
            )

    def _target_group(self, name: str) -> aws.lb.TargetGroup:
        settings, health = self._args.settings, self._args.settings.health
        return aws.lb.TargetGroup(
            names.logical("aws:lb/targetGroup:TargetGroup", name),
            vpc_id=self._args.network.vpc.id,
            target_type="ip",
            port=settings.port,
            protocol="HTTP",
            protocol_version="HTTP1",
            deregistration_delay=settings.deregistration_delay,
            # Tasks are alike; a slow one gets fewer requests.
            load_balancing_algorithm_type="least_outstanding_requests",
            health_check={
                "enabled": True,
                "path": health.path,
                "port": "traffic-port",
                "protocol": "HTTP",
                "interval": health.interval,
                "timeout": health.timeout,
                "healthy_threshold": health.healthy_threshold,
                "unhealthy_threshold": health.unhealthy_threshold,
                "matcher": "200",
            },
            opts=self._child(),
        )

    def _rule(self, key: str, listener: aws.lb.Listener, priority: int) -> aws.lb.ListenerRule:
        settings = self._args.settings
        conditions: list[dict[str, Any]] = []
        if settings.paths or not settings.hosts:
            conditions.append({"path_pattern": {"values": list(settings.paths) or ["/*"]}})
        if settings.hosts:
            conditions.append({"host_header": {"values": list(settings.hosts)}})
        groups: list[dict[str, Any]] = [{"arn": self.target_group.arn, "weight": 100}]
        if self.alternate is not None:
            groups.append({"arn": self.alternate.arn, "weight": 0})
        forward: dict[str, Any] = {"type": "forward", "forward": {"target_groups": groups}}
        if self.alternate is None:
            forward = {"type": "forward", "target_group_arn": self.target_group.arn}
        rule: dict[str, Any] = {"actions": [forward], "conditions": conditions}
        return aws.lb.ListenerRule(
            f"{self._name}{key}-rule",
            listener_arn=listener.arn,
            priority=priority,
            **rule,
            # ECS moves the weights with each deployment; the program must not move them back
            # (terraform-aws-modules/terraform-aws-alb#409).
            opts=self._child(ignore_changes=["actions"] if self.alternate is not None else None),
        )

    def _shift(self, rule: aws.lb.ListenerRule, alternate: aws.lb.TargetGroup) -> dict[str, Any]:
        rules = [rule]
        listeners = [self._args.balancer.listener]
        if self._args.settings.deployment.test_port is not None:
            listeners.append(self._test_listener(self._args.settings.deployment.test_port))
            rules.append(self._rule("-test", listeners[1], 1))
            self.ready.append(rules[1])
        role = aws.iam.Role(
            names.logical("aws:iam/role:Role", f"{self._name}-shift"),
            description=f"Lets ECS shift requests to a new revision of {self._args.service}",
            assume_role_policy=policies.trust(self._args.account, "ecs.amazonaws.com"),
            opts=self._child(),
        )
        policy = aws.iam.RolePolicy(
            f"{self._name}-shift-policy",
            role=role.id,
            policy=policies.document(
                *_shift_statements([item.arn for item in rules], [self.target_group.arn, alternate.arn])
            ),
            opts=self._child(),
        )
        self.ready.append(policy)
        configuration: dict[str, Any] = {
            "alternate_target_group_arn": alternate.arn,
            "production_listener_rule": rules[0].arn,
            "role_arn": role.arn,
        }
        if len(rules) > 1:
            configuration["test_listener_rule"] = rules[1].arn
        return configuration

    def _test_listener(self, port: int) -> aws.lb.Listener:
        """A listener that is reached from inside the VPC alone, and answers 404 to what no rule takes."""
        balancer, secure = self._args.balancer, self._args.balancer.scheme == "https"
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-test-in",
            security_group_id=balancer.inward.take().id,
            description=f"Tries of a new revision of {self._args.service}, from inside the VPC",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            cidr_ipv4=self._args.network.cidr,
            opts=self._child(),
        )
        return aws.lb.Listener(
            f"{self._name}-test",
            load_balancer_arn=balancer.balancer.arn,
            port=port,
            protocol="HTTPS" if secure else "HTTP",
            ssl_policy=TLS_POLICY if secure else None,
            certificate_arn=balancer.listener.certificate_arn.apply(str) if secure else None,
            default_actions=[
                {"type": "fixed-response", "fixed_response": {"content_type": "text/plain", "status_code": "404"}}
            ],
            opts=self._child(),
        )


def _shift_statements(rules: list[pulumi.Output[str]], groups: list[pulumi.Output[str]]) -> list[Statement]:
    """What ECS needs to shift requests (Amazon ECS Developer Guide, 'Amazon ECS infrastructure IAM role for load balancers')."""
    look = ["Listeners", "Rules", "TargetGroups", "TargetHealth"]
    return [
        # Describing knows no resource (Service Authorization Reference, Elastic Load Balancing V2).
        policies.allow("LookAtBalancer", [f"elasticloadbalancing:Describe{what}" for what in look], "*"),
        policies.allow("MoveWeights", ["elasticloadbalancing:ModifyRule"], rules),
        policies.allow(
            "ChangeTargets", ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"], groups
        ),
    ]
