"""Database: Aurora PostgreSQL Serverless v2, with a reader in another zone and a password that nobody types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import names, policies
from infra.account import Account
from infra.components.component import Component, Transforms, component_options
from infra.components.database_proxy import DatabaseProxy
from infra.components.network import Network
from infra.components.rule_room import RuleRoom, groups_needed, security_groups
from infra.tags import BACKUP, CLASSIFICATION

PORT = 5432


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    """What a Database is made from.

    Attributes:
        account: Where it lies.
        network: The VPC; it lies in the data subnets.
        key: KMS key of storage, password and insights.
        log_key: KMS key of its logs.
        database_name: First database.
        username: Owner of it.
        engine_version: Of Aurora PostgreSQL.
        instances: Writer and readers.
        min_capacity, max_capacity: ACU of each instance.
        backup_retention_days: Days to which it can be restored.
        monitoring_interval: Seconds between two readings of the operating system; 0 for none.
        rotation_days: Days until its password is changed; None for RDS's own 7.
        proxy: Whether tasks reach it through RDS Proxy.
        clients: Programs that will be let in.
        keep: Whether it is protected and keeps a last snapshot.
        transform: Changes to children.
    """

    account: Account
    network: Network
    key: pulumi.Input[str]
    log_key: pulumi.Input[str]
    database_name: str = "shop"
    username: str = "shop_owner"
    engine_version: str = "17.5"
    instances: int = 2
    min_capacity: float = 0.5
    max_capacity: float = 16
    backup_retention_days: int = 35
    monitoring_interval: int = 60
    rotation_days: int | None = None
    proxy: bool = False
    clients: int = 1
    keep: bool = True
    transform: Transforms | None = None


class Database(Component):
    """An Aurora cluster and its security group, which lets nobody in until `allow` is called.

    Attributes:
        cluster: The cluster.
        group: Its first security group; more than 60 clients need another.
        endpoint: Host name that tasks connect to: the writer's, or the proxy's.
        secret_arn: Secret with username and password, rotated by RDS.
    """

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:Database", name, {}, component_options(name, opts, args.transform))
        self._name = name
        self._args = args
        # Proxy and database let each other in by the first group.
        taken = 1 if args.proxy else 0
        self._groups = security_groups(
            name,
            groups_needed(args.clients + taken, what="the database"),
            lambda group: aws.ec2.SecurityGroup(
                group,
                vpc_id=args.network.vpc.id,
                description="The shop's database",
                tags={"Name": name},
                opts=self._child(),
            ),
        )
        self.group = self._groups[0]
        self._room = RuleRoom(self._groups, taken=taken)
        log_group = aws.cloudwatch.LogGroup(
            f"{name}-log",
            name=f"/aws/rds/cluster/{name}/postgresql",
            kms_key_id=args.log_key,
            retention_in_days=365,
            tags={CLASSIFICATION: "logs"},
            opts=self._child(),
        )
        self.cluster = self._cluster(log_group)
        self._instances()
        self.secret_arn = self.cluster.master_user_secrets.apply(lambda secrets: str(secrets[0].secret_arn))
        if args.rotation_days is not None:
            aws.secretsmanager.SecretRotation(
                f"{name}-rotation",
                secret_id=self.secret_arn,
                rotation_rules={"automatically_after_days": args.rotation_days},
                opts=self._child(),
            )
        self.endpoint = self._proxy() if args.proxy else self.cluster.endpoint
        self._done({"endpoint": self.endpoint, "secret_arn": self.secret_arn})

    def allow(self, name: str, groups: Sequence[tuple[str, aws.ec2.SecurityGroup]]) -> None:
        """Let tasks with these security groups connect, and nothing else."""
        self._room.let_in(name, groups, what="PostgreSQL", port=PORT, child=self._child)

    def _cluster(self, log_group: aws.cloudwatch.LogGroup) -> aws.rds.Cluster:
        name, args = self._name, self._args
        subnets = aws.rds.SubnetGroup(
            f"{name}-subnets",
            description="Data subnets",
            subnet_ids=[subnet.id for subnet in args.network.data],
            opts=self._child(),
        )
        parameters = aws.rds.ClusterParameterGroup(
            f"{name}-parameters",
            family=f"aurora-postgresql{args.engine_version.partition('.')[0]}",
            description="TLS only; slow statements are logged",
            parameters=[
                {"name": "rds.force_ssl", "value": "1"},
                {"name": "log_min_duration_statement", "value": "1000"},
                {"name": "log_connections", "value": "1"},
            ],
            opts=self._child(),
        )
        return aws.rds.Cluster(
            names.logical("aws:rds/cluster:Cluster", name),
            # Chosen here: the log group has to exist, under this name, before the cluster logs.
            cluster_identifier=name,
            engine=aws.rds.EngineType.AURORA_POSTGRESQL,
            engine_mode="provisioned",
            engine_version=args.engine_version,
            database_name=args.database_name,
            port=PORT,
            master_username=args.username,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=args.key,
            iam_database_authentication_enabled=True,
            storage_encrypted=True,
            kms_key_id=args.key,
            db_subnet_group_name=subnets.name,
            db_cluster_parameter_group_name=parameters.name,
            vpc_security_group_ids=[group.id for group in self._groups],
            serverlessv2_scaling_configuration={
                "min_capacity": args.min_capacity,
                "max_capacity": args.max_capacity,
            },
            enabled_cloudwatch_logs_exports=["postgresql"],
            backup_retention_period=args.backup_retention_days,
            preferred_backup_window="02:00-03:00",
            preferred_maintenance_window="tue:03:30-tue:04:30",
            copy_tags_to_snapshot=True,
            deletion_protection=args.keep,
            skip_final_snapshot=not args.keep,
            final_snapshot_identifier=f"{name}-last" if args.keep else None,
            tags={CLASSIFICATION: "orders", **BACKUP},
            opts=self._child(protect=args.keep or None, depends_on=[log_group]),
        )

    def _proxy(self) -> pulumi.Output[str]:
        name, args = self._name, self._args
        # Proxy and database share the group, and so each lets the other in by it.
        for kind, rule in (
            ("in", aws.vpc.SecurityGroupIngressRule),
            ("out", aws.vpc.SecurityGroupEgressRule),
        ):
            rule(
                f"{name}-proxy-{kind}",
                security_group_id=self.group.id,
                description="The proxy's connections to the database",
                ip_protocol="tcp",
                from_port=PORT,
                to_port=PORT,
                referenced_security_group_id=self.group.id,
                opts=self._child(),
            )
        return DatabaseProxy(
            f"{name}-proxy",
            account=args.account,
            cluster=self.cluster,
            secret_arn=self.secret_arn,
            key=args.key,
            subnets=args.network.data,
            group=self.group,
            opts=self._child(),
        ).endpoint

    def _monitor(self) -> pulumi.Output[str] | None:
        """Role by which RDS writes readings of the operating system to CloudWatch Logs."""
        if not self._args.monitoring_interval:
            return None
        account = self._args.account
        role = aws.iam.Role(
            names.logical("aws:iam/role:Role", f"{self._name}-monitor"),
            description="Writes the database's enhanced monitoring",
            assume_role_policy=policies.trust(account, "monitoring.rds.amazonaws.com", account.arn("rds", "db:*")),
            opts=self._child(),
        )
        streams = account.arn("logs", "log-group:RDSOSMetrics:*")
        aws.iam.RolePolicy(
            f"{self._name}-monitor-policy",
            role=role.id,
            policy=policies.document(
                policies.allow(
                    "WriteReadings",
                    ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:PutRetentionPolicy"],
                    [account.arn("logs", "log-group:RDSOSMetrics"), streams],
                ),
                policies.allow("FindStreams", ["logs:DescribeLogStreams", "logs:GetLogEvents"], [streams]),
            ),
            opts=self._child(),
        )
        return role.arn

    def _instances(self) -> None:
        monitor = self._monitor()
        for number in range(self._args.instances):
            zone = number % self._args.network.zones
            aws.rds.ClusterInstance(
                f"{self._name}-{number}",
                cluster_identifier=self.cluster.id,
                engine=aws.rds.EngineType.AURORA_POSTGRESQL,
                engine_version=self.cluster.engine_version,
                instance_class="db.serverless",
                availability_zone=self._args.network.data[zone].availability_zone,
                publicly_accessible=False,
                auto_minor_version_upgrade=True,
                performance_insights_enabled=True,
                performance_insights_kms_key_id=self._args.key,
                monitoring_interval=self._args.monitoring_interval,
                monitoring_role_arn=monitor,
                copy_tags_to_snapshot=True,
                # Tier 0 and 1 readers scale with the writer, and can take over at once.
                promotion_tier=0 if number == 0 else 1,
                tags={CLASSIFICATION: "orders"},
                opts=self._child(),
            )
