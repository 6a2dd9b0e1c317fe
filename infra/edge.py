"""Edge: how shoppers come in: certificates, firewall, CloudFront, load balancer, the name in DNS."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from infra.account import Account
from infra.balancer_capacity import reserved_units
from infra.components.certificates import Certificates, CertificatesArgs
from infra.components.component import Component
from infra.components.distribution import Distribution, DistributionArgs
from infra.components.encryption import DataClass
from infra.components.firewall import GLOBAL, Firewall, FirewallArgs
from infra.components.load_balancer import LoadBalancer, LoadBalancerArgs
from infra.components.response_headers import ResponseHeaders, ResponseHeadersArgs
from infra.components.secure_bucket import SecureBucket, SecureBucketArgs
from infra.edge_logs import edge_log_delivery
from infra.errors import SettingsError
from infra.foundation import Foundation
from infra.rate_limits import requests_per_address
from infra.settings import Settings
from surgeproof.launch.curve import compile_curve
from surgeproof.launch.plan import LaunchPlan


class Edge(Component):
    """The way in, as the stack's settings say.

    Attributes:
        balancer: The load balancer.
        distribution: CloudFront; None where shoppers come to the load balancer itself.
        url: What shoppers type.
    """

    def __init__(
        self,
        name: str,
        settings: Settings,
        account: Account,
        foundation: Foundation,
        plan: LaunchPlan | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("surgeproof:platform:Edge", name, {}, opts)
        edge = settings.edge
        self._name, self._settings, self._edge, self._account = name, settings, edge, account
        self._foundation = foundation
        self._peak = compile_curve(plan).peak if plan is not None else None
        self._certificates = self._certify()
        self._certificate_arn = edge.certificate_arn or self._certificates.get(account.region)
        web = [service for service in settings.services.values() if service.shape == "web"]
        self.balancer = LoadBalancer(
            f"{name}-door",
            LoadBalancerArgs(
                network=foundation.network,
                access_logs=foundation.access_logs,
                front=edge.front,
                certificate_arn=self._certificate_arn,
                idle_timeout=edge.idle_timeout,
                capacity_units=self._capacity(),
                services=len(web),
                tests=sum(service.deployment.test_port is not None for service in web),
                scope="connected" if settings.handles_cards else None,
                keep=settings.keeps_data,
            ),
            opts=self._child(),
        )
        logs = self._logs() if edge.firewall.enabled or edge.front == "cloudfront" else None
        if logs is not None and edge.firewall.enabled:
            self._firewall("origin" if edge.front == "cloudfront" else "door", logs).protect(self.balancer.balancer)
        self.distribution = self._distribute(logs) if logs is not None and edge.front == "cloudfront" else None
        if edge.shield:
            aws.shield.Protection(
                f"{name}-shield",
                name=name,
                resource_arn=self.distribution.distribution.arn if self.distribution else self.balancer.balancer.arn,
                opts=self._child(),
            )
        self.url = self._publish()
        self._done({"url": self.url})

    def alarm(self, topic: aws.sns.Topic) -> None:
        """Tell this topic a month before the certificate ends: that it was not renewed.

        The certificate of CloudFront is renewed by the same record, and an alarm of us-east-1 reaches no topic here.
        """
        if self._certificate_arn is None:
            return
        aws.cloudwatch.MetricAlarm(
            f"{self._name}-certificate-ends",
            alarm_description="The certificate was not renewed: is its record still in DNS?",
            namespace="AWS/CertificateManager",
            metric_name="DaysToExpiry",
            dimensions={"CertificateArn": self._certificate_arn},
            statistic="Minimum",
            period=86_400,
            evaluation_periods=1,
            comparison_operator="LessThanOrEqualToThreshold",
            threshold=30,
            treat_missing_data="missing",
            alarm_actions=[topic.arn],
            opts=self._child(),
        )

    def _certify(self) -> dict[str, pulumi.Output[str]]:
        edge = self._edge
        if edge.domain is None or edge.hosted_zone_id is None:
            return {}
        wanted = [] if edge.certificate_arn else [self._account.region]
        if edge.front == "cloudfront" and edge.edge_certificate_arn is None:
            wanted.append(GLOBAL)
        if not wanted:
            return {}
        return Certificates(
            f"{self._name}-certificates",
            CertificatesArgs(domain=edge.domain, hosted_zone_id=edge.hosted_zone_id, regions=wanted),
            opts=self._child(),
        ).arns

    def _capacity(self) -> int | None:
        capacity = self._edge.capacity
        if capacity.units != "plan":
            return capacity.units
        if self._peak is None:
            raise SettingsError(
                "asks for the peak of a launch plan, and the stack names none",
                path="edge.capacity.units",
                got="plan",
                fix="Add launch_plan, or a number of units",
            )
        return reserved_units(
            peak=self._peak,
            requests_per_visitor=self._edge.firewall.requests_per_visitor,
            visit_seconds=capacity.visit,
            response_bytes=capacity.response_bytes,
            headroom=capacity.headroom,
        )

    def _logs(self) -> SecureBucket:
        return SecureBucket(
            # AWS WAF takes no bucket that is named otherwise.
            f"aws-waf-logs-{self._name}",
            SecureBucketArgs(
                classification="logs",
                key=self._foundation.keys.arn(DataClass.LOGS),
                access_log_bucket=self._foundation.access_logs.bucket.id,
                retention_days=self._edge.firewall.retention_days,
                keep=self._settings.keeps_data,
                statements=lambda bucket: edge_log_delivery(self._account, bucket),
            ),
            opts=self._child(),
        )

    def _firewall(self, place: str, logs: SecureBucket) -> Firewall:
        """A firewall at the edge, behind it (``origin``), or before a load balancer on the internet (``door``)."""
        firewall = self._edge.firewall

        def limit(requests: float) -> int:
            return requests_per_address(
                peak=self._peak if self._peak is not None else firewall.peak_arrivals,
                window=firewall.window,
                requests_per_visitor=requests,
                address_share=firewall.address_share,
                headroom=firewall.headroom,
            )

        return Firewall(
            f"{self._name}-{place}-firewall",
            FirewallArgs(
                scope="CLOUDFRONT" if place == "edge" else "REGIONAL",
                region=self._account.region,
                limit=limit(firewall.requests_per_visitor),
                guarded_limit=limit(firewall.guarded_requests_per_visitor),
                guarded_paths=firewall.guarded_paths,
                window=firewall.window,
                address="forwarded" if place == "origin" else "connection",
                exempt=firewall.load_test_addresses,
                bots=firewall.bot_control and place != "origin",
                logs=logs,
            ),
            opts=self._child(),
        )

    def _distribute(self, logs: SecureBucket) -> Distribution:
        edge = self._edge
        headers = ResponseHeaders(
            f"{self._name}-headers", ResponseHeadersArgs(payment_page=edge.payment_page), opts=self._child()
        )
        return Distribution(
            f"{self._name}-edge",
            DistributionArgs(
                balancer=self.balancer.balancer,
                secure_origin=self.balancer.scheme == "https",
                idle_timeout=edge.idle_timeout,
                domain=edge.domain,
                certificate_arn=edge.edge_certificate_arn or self._certificates.get(GLOBAL),
                acl_arn=self._firewall("edge", logs).acl.arn if edge.firewall.enabled else None,
                headers=headers,
                cache=edge.cache,
                logs=logs,
                price_class=edge.price_class,
            ),
            opts=self._child(),
        )

    def _publish(self) -> pulumi.Output[str]:
        edge, balancer = self._edge, self.balancer.balancer
        if self.distribution is not None:
            made = self.distribution.distribution
            host, zone, scheme = made.domain_name, made.hosted_zone_id, "https"
        else:
            host, zone, scheme = balancer.dns_name, balancer.zone_id, self.balancer.scheme
        if edge.domain is not None and edge.hosted_zone_id is not None:
            for kind in ("A", "AAAA") if self.distribution is not None else ("A",):
                aws.route53.Record(
                    f"{self._name}-name-{kind.lower()}",
                    zone_id=edge.hosted_zone_id,
                    name=edge.domain,
                    type=kind,
                    aliases=[{"name": host, "zone_id": zone, "evaluate_target_health": self.distribution is None}],
                    opts=self._child(),
                )
        return pulumi.Output.format("{0}://{1}", scheme, edge.domain or host)
