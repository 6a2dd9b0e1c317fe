"""LoadBalancer: the shop's door, on the internet or behind CloudFront; HTTPS wherever the stack has a certificate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

from infra import names
from infra.components.component import Component, Transforms, component_options
from infra.components.network import ANYWHERE, Network
from infra.components.rule_room import RuleRoom, groups_needed, security_groups
from infra.components.secure_bucket import SecureBucket
from infra.tags import SCOPE

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""TLS 1.3 and 1.2 (Elastic Load Balancing, 'Security policies for your Application Load Balancer')."""

FROM_CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"
"""AWS's list of the addresses that CloudFront calls origins from."""
CLOUDFRONT_RULES = 55
"""Rules that this list counts for (Amazon CloudFront Developer Guide, 'Use the CloudFront managed prefix list')."""


@dataclass(frozen=True, kw_only=True)
class LoadBalancerArgs:
    """What a LoadBalancer is made from.

    Attributes:
        network: The VPC; it lies in the public subnets, or, behind CloudFront, in the app subnets.
        access_logs: Bucket for its access and connection logs.
        front: Who reaches it: the internet (``load_balancer``), or CloudFront alone.
        certificate_arn: ACM certificate; without one its listener speaks plain HTTP.
        idle_timeout: Seconds until a silent connection is closed.
        capacity_units: LCUs that it reserves; None for none.
        services: Services that it will send requests to.
        tests: Of them, those whose new revision has a test port.
        scope: Whether card data passes behind it (tag ``pci-scope``); None for the stack's own tag.
        keep: Whether it is protected.
        transform: Changes to children.
    """

    network: Network
    access_logs: SecureBucket
    front: Literal["cloudfront", "load_balancer"] = "load_balancer"
    certificate_arn: pulumi.Input[str] | None = None
    idle_timeout: int = 60
    capacity_units: int | None = None
    services: int = 1
    tests: int = 0
    scope: str | None = None
    keep: bool = True
    transform: Transforms | None = None


class LoadBalancer(Component):
    """An application load balancer whose listener answers 404 until a service takes paths.

    Attributes:
        balancer: The load balancer.
        group: Its first security group; more than 60 services need another.
        inward, outward: Room for the rules that let requests to it in, and out of it to tasks.
        listener: The listener that services put their rules or default action on.
        scheme: ``https`` or ``http``.
    """

    def __init__(self, name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:LoadBalancer", name, {}, component_options(name, opts, args.transform))
        self._name = name
        self._args = args
        self.scheme = "http" if args.certificate_arn is None else "https"
        scope = {SCOPE: args.scope} if args.scope else {}
        inside = args.front == "cloudfront"
        # The way in that all take, and one for load generators.
        taken = (CLOUDFRONT_RULES if inside else 2) + 1
        groups = security_groups(
            name,
            max(
                groups_needed(args.services, what="the load balancer"),
                groups_needed(taken + args.tests, what="the load balancer"),
            ),
            lambda group: aws.ec2.SecurityGroup(
                group,
                vpc_id=args.network.vpc.id,
                description="The shop's front door",
                tags={"Name": name, **scope},
                opts=self._child(),
            ),
        )
        self.group = groups[0]
        self.inward, self.outward = RuleRoom(groups, taken=taken), RuleRoom(groups)
        if inside:
            self._open_to_cloudfront()
        else:
            for port in (80,) if args.certificate_arn is None else (443, 80):
                self._open(port)
        logs = args.access_logs.bucket.bucket
        self.balancer = aws.lb.LoadBalancer(
            names.logical("aws:lb/loadBalancer:LoadBalancer", name),
            load_balancer_type="application",
            internal=inside,
            subnets=[subnet.id for subnet in (args.network.app if inside else args.network.public)],
            security_groups=[group.id for group in groups],
            idle_timeout=args.idle_timeout,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            enable_http2=True,
            enable_cross_zone_load_balancing=True,
            enable_waf_fail_open=False,
            enable_deletion_protection=args.keep,
            tags=scope or None,
            access_logs={"bucket": logs, "enabled": True, "prefix": "alb/access"},
            connection_logs={"bucket": logs, "enabled": True, "prefix": "alb/connections"},
            minimum_load_balancer_capacity=None
            if args.capacity_units is None
            else {"capacity_units": args.capacity_units},
            opts=self._child(protect=args.keep or None, depends_on=[args.access_logs.policy]),
        )

    def serve(self, target_group: aws.lb.TargetGroup, *, shifts: bool = False) -> None:
        """Make the listener, which sends everything to this target group. Called once.

        Args:
            target_group: Of the service that takes all requests that no rule takes.
            shifts: Whether ECS moves its requests between two target groups: what it was told then stays.
        """
        moved = ["default_actions"] if shifts else None
        forward = [aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=target_group.arn)]
        if self._args.certificate_arn is None:
            self.listener = aws.lb.Listener(
                f"{self._name}-http",
                load_balancer_arn=self.balancer.arn,
                port=80,
                protocol="HTTP",
                default_actions=forward,
                opts=self._child(ignore_changes=moved),
            )
        else:
            self.listener = aws.lb.Listener(
                f"{self._name}-https",
                load_balancer_arn=self.balancer.arn,
                port=443,
                protocol="HTTPS",
                ssl_policy=TLS_POLICY,
                certificate_arn=self._args.certificate_arn,
                default_actions=forward,
                opts=self._child(ignore_changes=moved),
            )
            if self._args.front == "load_balancer":
                self._redirect()
        self._done({"dns_name": self.balancer.dns_name, "listener_arn": self.listener.arn})

    def _redirect(self) -> None:
        aws.lb.Listener(
            f"{self._name}-redirect",
            load_balancer_arn=self.balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[
                {
                    "type": "redirect",
                    "redirect": {"port": "443", "protocol": "HTTPS", "status_code": "HTTP_301"},
                }
            ],
            opts=self._child(),
        )

    def _open_to_cloudfront(self) -> None:
        port = 80 if self.scheme == "http" else 443
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-in-{port}",
            security_group_id=self.group.id,
            description="CloudFront",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            prefix_list_id=aws.ec2.get_managed_prefix_list_output(name=FROM_CLOUDFRONT).id,
            opts=self._child(),
        )

    def _open(self, port: int) -> None:
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-in-{port}",
            security_group_id=self.group.id,
            description="Shoppers" if port == 443 or self.scheme == "http" else "Shoppers, to be redirected to HTTPS",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            cidr_ipv4=ANYWHERE,
            opts=self._child(),
        )
