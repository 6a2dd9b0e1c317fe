"""ThreatDetection: GuardDuty, Security Hub, Access Analyzer and Inspector, as far as this stack owns them."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.account import Account
from infra.components.component import Component, Transforms, component_options

FEATURES: dict[str, tuple[str, ...]] = {
    "S3_DATA_EVENTS": (),
    "RDS_LOGIN_EVENTS": (),
    "LAMBDA_NETWORK_LOGS": (),
    "RUNTIME_MONITORING": ("ECS_FARGATE_AGENT_MANAGEMENT",),
}
"""Features of GuardDuty to what each needs besides (GuardDuty API reference, DetectorFeatureConfiguration)."""

STANDARDS: dict[str, str] = {
    "fsbp": "aws-foundational-security-best-practices/v/1.0.0",
    "cis": "cis-aws-foundations-benchmark/v/5.0.0",
    "pci": "pci-dss/v/4.0.1",
}
"""Standards of Security Hub: short name to the end of the ARN."""


@dataclass(frozen=True, kw_only=True)
class ThreatDetectionArgs:
    """What ThreatDetection is made from. What is not made here, the account has already.

    Attributes:
        account: Where it lies.
        guardduty: Whether the detector is made here.
        security_hub: Whether Security Hub is switched on here.
        access_analyzer: Whether the analyzer is made here.
        inspector: Whether Inspector is switched on here, for images in ECR.
        keep: Whether the detector is protected.
        transform: Changes to children.
    """

    account: Account
    guardduty: bool = True
    security_hub: bool = True
    access_analyzer: bool = True
    inspector: bool = True
    keep: bool = True
    transform: Transforms | None = None


class ThreatDetection(Component):
    """Who looks for attacks, for weak settings, and for doors that stand open.

    Attributes:
        detector: GuardDuty's; None where the account has its own.
    """

    def __init__(self, name: str, args: ThreatDetectionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:ThreatDetection", name, {}, component_options(name, opts, args.transform))
        self.detector = self._detector(name, protect=args.keep or None) if args.guardduty else None
        if args.security_hub:
            self._hub(name, args.account)
        if args.access_analyzer:
            aws.accessanalyzer.Analyzer(f"{name}-analyzer", analyzer_name=name, type="ACCOUNT", opts=self._child())
        if args.inspector:
            aws.inspector2.Enabler(
                f"{name}-inspector",
                account_ids=[args.account.id],
                resource_types=["ECR"],
                opts=self._child(),
            )
        self._done({"detector": self.detector.id if self.detector else None})

    def _detector(self, name: str, *, protect: bool | None) -> aws.guardduty.Detector:
        detector = aws.guardduty.Detector(
            f"{name}-detector",
            enable=True,
            finding_publishing_frequency="FIFTEEN_MINUTES",
            opts=self._child(protect=protect),
        )
        for feature, more in FEATURES.items():
            aws.guardduty.DetectorFeature(
                f"{name}-{feature.lower().replace('_', '-')}",
                detector_id=detector.id,
                name=feature,
                status="ENABLED",
                additional_configurations=[{"name": item, "status": "ENABLED"} for item in more] or None,
                opts=self._child(),
            )
        return detector

    def _hub(self, name: str, account: Account) -> None:
        hub = aws.securityhub.Account(
            f"{name}-hub",
            # Standards are chosen below; with AWS's defaults they would be two of its choice.
            enable_default_standards=False,
            control_finding_generator="SECURITY_CONTROL",
            auto_enable_controls=True,
            opts=self._child(),
        )
        for key, standard in STANDARDS.items():
            aws.securityhub.StandardsSubscription(
                f"{name}-{key}",
                standards_arn=pulumi.Output.format(
                    "arn:{0}:securityhub:{1}::standards/{2}", account.partition, account.region, standard
                ),
                opts=self._child(depends_on=[hub]),
            )
