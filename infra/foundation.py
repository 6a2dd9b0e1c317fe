"""Foundation: what lies under all services: keys, logs, audit, network."""

from __future__ import annotations

import pulumi

from infra.account import Account
from infra.components.audit_trail import AuditTrail, AuditTrailArgs, trail_arn
from infra.components.component import Component
from infra.components.encryption import DataClass, Encryption, EncryptionArgs
from infra.components.endpoints import SERVICES, Endpoints, EndpointsArgs
from infra.components.network import Network, NetworkArgs
from infra.components.secure_bucket import SecureBucket, SecureBucketArgs
from infra.log_delivery import log_delivery
from infra.settings import Settings


class Foundation(Component):
    """Keys by data class, the bucket of access logs, the audit trail and the network.

    Attributes:
        keys: KMS keys.
        access_logs: Bucket of the access logs of load balancer and buckets.
        audit: The trail; None where the account has one already.
        network: The VPC.
    """

    def __init__(
        self, name: str, settings: Settings, account: Account, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("surgeproof:platform:Foundation", name, {}, opts)
        keep = settings.keeps_data
        trail_name = f"{name}-trail"
        self.keys = Encryption(
            f"{name}-keys",
            EncryptionArgs(
                account=account,
                prefix=name,
                trail_arn=trail_arn(account, trail_name),
                deletion_days=30 if keep else 14,
                protect=keep,
            ),
            opts=self._child(),
        )
        self.access_logs = SecureBucket(
            f"{name}-access-logs",
            SecureBucketArgs(
                classification="logs",
                # Load balancers and S3 itself deliver with S3's own keys only.
                key=None,
                retention_days=settings.audit.retention_days,
                keep=keep,
                statements=lambda bucket: log_delivery(account, bucket),
            ),
            opts=self._child(),
        )
        self.audit: AuditTrail | None = None
        if settings.audit.trail:
            self.audit = AuditTrail(
                f"{name}-audit",
                AuditTrailArgs(
                    account=account,
                    trail_name=trail_name,
                    key=self.keys.arn(DataClass.AUDIT),
                    access_log_bucket=self.access_logs.bucket,
                    retention_days=settings.audit.retention_days,
                    lock=settings.audit.lock,
                    keep=keep,
                ),
                opts=self._child(),
            )
        self.network = Network(
            f"{name}-network",
            NetworkArgs(
                account=account,
                cidr=settings.network.cidr,
                zones=settings.network.zones,
                nat=settings.network.nat,
                log_key=self.keys.arn(DataClass.LOGS),
                flow_log_retention_days=settings.network.flow_log_retention_days,
                protect=keep,
            ),
            opts=self._child(),
        )
        Endpoints(
            f"{name}-endpoints",
            EndpointsArgs(
                account=account, network=self.network, services=SERVICES if settings.network.endpoints else ()
            ),
            opts=self._child(),
        )
        self._done({})
