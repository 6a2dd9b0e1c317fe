"""Certificates: one name, proved once in DNS, certified where it is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.component import Component, Transforms, component_options


@dataclass(frozen=True, kw_only=True)
class CertificatesArgs:
    """What Certificates are made from.

    Attributes:
        domain: The name.
        hosted_zone_id: Route 53 zone that it is proved in.
        regions: Where a certificate is wanted: that of the load balancer, and us-east-1 for CloudFront.
        transform: Changes to children.
    """

    domain: str
    hosted_zone_id: str
    regions: Sequence[str]
    transform: Transforms | None = None


class Certificates(Component):
    """A certificate in each region, valid before anybody uses it.

    Attributes:
        arns: By region; known once ACM has seen the record.
    """

    def __init__(self, name: str, args: CertificatesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:Certificates", name, {}, component_options(name, opts, args.transform))
        made = {
            region: aws.acm.Certificate(
                f"{name}-{region}",
                domain_name=args.domain,
                validation_method="DNS",
                key_algorithm="EC_prime256v1",
                options={"certificate_transparency_logging_preference": "ENABLED"},
                region=region,
                tags={"Name": args.domain},
                opts=self._child(),
            )
            for region in dict.fromkeys(args.regions)
        }
        # ACM asks for the same record in every region of an account (AWS Certificate Manager User Guide, 'DNS validation').
        proof = next(iter(made.values())).domain_validation_options[0]
        record = aws.route53.Record(
            f"{name}-proof",
            zone_id=args.hosted_zone_id,
            name=proof.resource_record_name.apply(str),
            type=proof.resource_record_type.apply(str),
            records=[proof.resource_record_value.apply(str)],
            ttl=300,
            # Another stack of this account may have proved the same name.
            allow_overwrite=True,
            opts=self._child(),
        )
        self.arns: dict[str, pulumi.Output[str]] = {
            region: aws.acm.CertificateValidation(
                f"{name}-{region}-valid",
                certificate_arn=certificate.arn,
                validation_record_fqdns=[record.fqdn],
                region=region,
                opts=self._child(),
            ).certificate_arn
            for region, certificate in made.items()
        }
        self._done({"arns": self.arns})
