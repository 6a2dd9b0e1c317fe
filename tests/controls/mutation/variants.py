"""Weakened variants of our program: one small edit each, as it would stand in a pull request, and what must be found."""

from __future__ import annotations

from dataclasses import dataclass

STACK_FILE = "Pulumi.production.yaml"
EVERY = "*"
"""In place of names: whichever resources of that kind the program has."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One pull request.

    Attributes:
        title: What its author would call it.
        file: The file that it touches, from the project's root.
        old: Text that it replaces; stands in the file exactly once.
        new: What stands there then.
        found: Control to the ends of the names of the resources that it must fail on; no other finding may come.
    """

    title: str
    file: str
    old: str
    new: str
    found: dict[str, tuple[str, ...]]


VARIANTS: tuple[Variant, ...] = (
    Variant(
        "Dead letters need no key of their own",
        "infra/components/work_queue.py",
        """            kms_master_key_id=args.key,
            kms_data_key_reuse_period_seconds=300,
            message_retention_seconds=DEAD_LETTER_DAYS * DAY,
""",
        """            sqs_managed_sse_enabled=True,
            message_retention_seconds=DEAD_LETTER_DAYS * DAY,
""",
        {"SQS-01": ("orders-queue-dead",)},
    ),
    Variant(
        "Give a message more chances",
        "infra/components/work_queue.py",
        '"maxReceiveCount": args.max_receives}',
        '"maxReceiveCount": 10 * args.max_receives}',
        {"SQS-02": ("orders-queue",)},
    ),
    Variant(
        "Keep dead letters as long as other messages",
        "infra/components/work_queue.py",
        "message_retention_seconds=DEAD_LETTER_DAYS * DAY",
        "message_retention_seconds=args.retention_days * DAY",
        {"SQS-03": ("orders-queue-dead",)},
    ),
    Variant(
        "Old clients cannot speak TLS",
        "infra/components/database.py",
        '{"name": "rds.force_ssl", "value": "1"}',
        '{"name": "rds.force_ssl", "value": "0"}',
        {"RDS-08": ("-database",)},
    ),
    Variant(
        "The database's log is noisy",
        "infra/components/database.py",
        'enabled_cloudwatch_logs_exports=["postgresql"],',
        "enabled_cloudwatch_logs_exports=[],",
        {"RDS-05": ("-database",)},
    ),
    Variant(
        "Analysts come from the office network",
        "infra/components/rule_room.py",
        """                description=f"{what} from {key}",
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                referenced_security_group_id=group.id,
""",
        """                description=f"{what} from {key} and the office",
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                cidr_ipv4="10.0.0.0/8",
""",
        {"VPC-07": ("-cache-group", "-database-group")},
    ),
    Variant(
        "The cache's TLS costs latency",
        "infra/components/cache.py",
        'transit_encryption_mode="required"',
        'transit_encryption_mode="preferred"',
        {"EC-02": ("-cache",)},
    ),
    Variant(
        "The program writes a temporary file",
        "infra/container.py",
        '"readonlyRootFilesystem": True',
        '"readonlyRootFilesystem": False',
        {"ECS-03": (EVERY,)},
    ),
    Variant(
        "Pass the gateway's password as the others",
        "infra/service_wiring.py",
        '        "AWS_REGION": region,\n',
        '        "AWS_REGION": region,\n        "PAYMENT_PASSWORD": "swordfish",\n',
        {"ECS-04": (EVERY,)},
    ),
    Variant(
        "A public address saves the NAT gateway",
        "infra/components/task.py",
        '"assign_public_ip": False',
        '"assign_public_ip": True',
        {"ECS-01": ("-orders", "-storefront")},
    ),
    Variant(
        "Rolling back hides what failed",
        "infra/components/service.py",
        'deployment_circuit_breaker={"enable": True, "rollback": True}',
        'deployment_circuit_breaker={"enable": True, "rollback": False}',
        {"ECS-10": ("-orders", "-storefront")},
    ),
    Variant(
        "A partner's old phone needs TLS 1.0",
        "infra/components/load_balancer.py",
        'TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"',
        'TLS_POLICY = "ELBSecurityPolicy-TLS13-1-0-2021-06"',
        {"ALB-02": ("-door-https",)},
    ),
    Variant(
        "Connection logs are never read",
        "infra/components/load_balancer.py",
        'connection_logs={"bucket": logs, "enabled": True,',
        'connection_logs={"bucket": logs, "enabled": False,',
        {"ALB-03": ("-door",)},
    ),
    Variant(
        "Nobody uses the default security group",
        "infra/components/network.py",
        """        aws.ec2.DefaultSecurityGroup(
            f"{name}-default-group", vpc_id=self.vpc.id, tags={"Name": f"{name}-locked"}, opts=self._child()
        )
""",
        "",
        {"VPC-02": ("-network-vpc",)},
    ),
    Variant(
        "Accepted flows are only noise",
        "infra/components/flow_logs.py",
        'traffic_type="ALL"',
        'traffic_type="REJECT"',
        {"VPC-01": ("-network-vpc",)},
    ),
    Variant(
        "Flow logs of a month are enough",
        "infra/components/network.py",
        "retention_days=args.flow_log_retention_days",
        "retention_days=30",
        {"CW-02": ("-flow-logs-group",)},
    ),
    Variant(
        "Validating the trail's files is slow",
        "infra/components/audit_trail.py",
        "enable_log_file_validation=True",
        "enable_log_file_validation=False",
        {"CT-02": ("-trail",)},
    ),
    Variant(
        "We are in one region only",
        "infra/components/audit_trail.py",
        "is_multi_region_trail=True",
        "is_multi_region_trail=False",
        {"CT-01": ("production",)},
    ),
    Variant(
        "Let the trail be replaced",
        "infra/components/audit_trail.py",
        "opts=self._child(protect=args.keep or None, depends_on=[self.bucket.policy, policy])",
        "opts=self._child(depends_on=[self.bucket.policy, policy])",
        {"CT-07": ("-trail",)},
    ),
    Variant(
        "Administrators may look into what they keep",
        "infra/components/encryption.py",
        '    "kms:CreateAlias",\n',
        '    "kms:CreateAlias",\n    "kms:Decrypt",\n',
        {"KMS-02": (EVERY,)},
    ),
    Variant(
        "An event that failed once will fail again",
        "infra/components/event_route.py",
        '"maximum_retry_attempts": 185',
        '"maximum_retry_attempts": 0',
        {"EVB-02": ("-route-target",)},
    ),
    Variant(
        "Any rule may bring orders",
        "infra/components/event_route.py",
        """                    principal={"Service": "events.amazonaws.com"},
                    condition={"ArnEquals": {"aws:SourceArn": self.rule.arn}},
""",
        """                    principal={"Service": "events.amazonaws.com"},
""",
        {"SQS-05": ("-orders-queue", "-route-undelivered")},
    ),
    Variant(
        "The next secret comes without a change here",
        "infra/components/task_roles.py",
        '["secretsmanager:GetSecretValue"], secrets)',
        '["secretsmanager:GetSecretValue"], "*")',
        {"IAM-03": (EVERY,)},
    ),
    Variant(
        "One worker is enough at night",
        STACK_FILE,
        """          min_tasks: 2
          max_tasks: 10
""",
        """          min_tasks: 1
          max_tasks: 10
""",
        {"SCL-02": ("-orders-scaling-target",)},
    ),
    Variant(
        "Half of the CPU is wasted",
        STACK_FILE,
        "          cpu: 50\n",
        "          cpu: 90\n",
        {"SCL-03": ("-storefront-scaling-cpu",)},
    ),
    Variant(
        "Safari of 2015 still shops here",
        "infra/components/distribution.py",
        '"minimum_protocol_version": "TLSv1.2_2021"',
        '"minimum_protocol_version": "TLSv1_2016"',
        {"CF-01": ("-edge",)},
    ),
    Variant(
        "Watch SQL injections first, block later",
        "infra/firewall_rules.py",
        """        "override_action": {"none": {}},
""",
        """        "override_action": {"count": {}} if "SQLi" in name else {"none": {}},
""",
        {"WAF-01": ("-edge-firewall", "-origin-firewall")},
    ),
    Variant(
        "Cookies help to find a shopper",
        "infra/components/firewall.py",
        'REDACTED_HEADERS = ("authorization", "cookie", "idempotency-key", "x-api-key")',
        'REDACTED_HEADERS = ("authorization", "idempotency-key", "x-api-key")',
        {"WAF-02": ("-edge-firewall", "-origin-firewall")},
    ),
    Variant(
        "Alerts hold nothing secret",
        "infra/components/alerts.py",
        """            kms_master_key_id=args.key,
            http_failure""",
        """            http_failure""",
        {"SNS-01": ("-alerts-operations", "-alerts-security")},
    ),
    Variant(
        "Count card numbers before masking them",
        "infra/card_masking.py",
        '"Operation": {"Deidentify": {"MaskConfig": {}}}',
        '"Operation": {"Audit": {"FindingsDestination": {}}}',
        {"CW-08": (EVERY,)},
    ),
)
"""Each is a test of its own."""
