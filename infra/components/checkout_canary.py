"""CheckoutCanary: a robot of CloudWatch Synthetics that walks the checkout path all day."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import names, policies
from infra.account import Account
from infra.canaries.checkout import SHOP
from infra.canary_package import CanaryPackage
from infra.components.component import Component, Transforms, component_options
from infra.components.secure_bucket import SecureBucket, SecureBucketArgs
from infra.observability_settings import CanarySettings

RUNTIME = "syn-python-selenium-14.0"
"""CloudWatch User Guide, 'Runtime versions using Python and Selenium Webdriver': the newest in November 2026."""


@dataclass(frozen=True, kw_only=True)
class CheckoutCanaryArgs:
    """What a CheckoutCanary is made from.

    Attributes:
        account: Where it lies.
        url: The shop that it walks through, without a path.
        settings: How often it walks.
        package: Its code.
        key: KMS key of code and artefacts.
        access_log_bucket: For the access logs of its bucket.
        retention_days: How long artefacts are kept.
        keep: Whether its bucket is protected.
        transform: Changes to children.
    """

    account: Account
    url: pulumi.Input[str]
    settings: CanarySettings
    package: CanaryPackage
    key: pulumi.Input[str]
    access_log_bucket: pulumi.Input[str]
    retention_days: int = 31
    keep: bool = True
    transform: Transforms | None = None


class CheckoutCanary(Component):
    """The canary, started, with the role it walks in and the bucket of its code and artefacts.

    Attributes:
        canary: The canary.
        bucket: Code under ``code/``, artefacts under ``artefacts/``.
    """

    def __init__(self, name: str, args: CheckoutCanaryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:CheckoutCanary", name, {}, component_options(name, opts, args.transform))
        self.bucket = SecureBucket(
            f"{name}-bucket",
            SecureBucketArgs(
                classification="logs",
                key=args.key,
                access_log_bucket=args.access_log_bucket,
                retention_days=args.retention_days,
                keep=args.keep,
            ),
            opts=self._child(),
        )
        code = aws.s3.BucketObjectv2(
            f"{name}-code",
            bucket=self.bucket.bucket.id,
            key=f"code/{args.package.digest}.zip",
            content_base64=base64.b64encode(args.package.content).decode(),
            content_type="application/zip",
            opts=self._child(),
        )
        physical = names.fit(name, names.LIMITS["aws:synthetics/canary:Canary"])
        role, policy = self._role(name, args, physical)
        minutes = args.settings.every // 60
        self.canary = aws.synthetics.Canary(
            f"{name}-canary",
            name=physical,
            runtime_version=RUNTIME,
            handler=args.package.handler,
            s3_bucket=self.bucket.bucket.id,
            s3_key=code.key,
            artifact_s3_location=pulumi.Output.format("s3://{0}/artefacts", self.bucket.bucket.id),
            artifact_config={"s3_encryption": {"encryption_mode": "SSE_KMS", "kms_key_arn": args.key}},
            execution_role_arn=role.arn,
            schedule={"expression": f"rate({minutes} minute{'s' if minutes > 1 else ''})"},
            run_config={
                "timeout_in_seconds": args.settings.timeout,
                "environment_variables": {SHOP: args.url},
            },
            success_retention_period=args.retention_days,
            failure_retention_period=args.retention_days,
            start_canary=True,
            # Synthetics makes a function for it, which would stay behind.
            delete_lambda=True,
            opts=self._child(depends_on=[policy, self.bucket.policy]),
        )
        self._done({"name": self.canary.name})

    def _role(self, name: str, args: CheckoutCanaryArgs, physical: str) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        account, bucket = args.account, self.bucket.bucket
        role = aws.iam.Role(
            names.logical("aws:iam/role:Role", f"{name}-role"),
            description="Walks the checkout path",
            assume_role_policy=policies.trust(account, "lambda.amazonaws.com"),
            opts=self._child(),
        )
        groups = account.arn("logs", f"log-group:/aws/lambda/cwsyn-{physical}-*")
        policy = aws.iam.RolePolicy(
            f"{name}-role-policy",
            role=role.id,
            # 'Required roles and permissions for CloudWatch canaries', narrowed to this canary's own.
            policy=policies.document(
                policies.allow("FetchCode", ["s3:GetObject"], [pulumi.Output.concat(bucket.arn, "/code/*")]),
                policies.allow("KeepArtefacts", ["s3:PutObject"], [pulumi.Output.concat(bucket.arn, "/artefacts/*")]),
                policies.allow("FindBucket", ["s3:GetBucketLocation"], [bucket.arn]),
                policies.allow("Encrypt", ["kms:Decrypt", "kms:GenerateDataKey"], [args.key]),
                policies.allow(
                    "WriteLogs", ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], [groups]
                ),
                # Neither call knows resources; metrics are bound to the namespace.
                policies.allow(
                    "TellMetrics",
                    ["cloudwatch:PutMetricData"],
                    "*",
                    condition={"StringEquals": {"cloudwatch:namespace": "CloudWatchSynthetics"}},
                ),
                policies.allow("ListBuckets", ["s3:ListAllMyBuckets"], "*"),
            ),
            opts=self._child(),
        )
        return role, policy
