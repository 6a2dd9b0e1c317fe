"""Controls of relational databases: encryption, exposure, secrets, availability."""

from __future__ import annotations

from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, customer_key, is_false, is_true, items, must, number
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.placement import in_scope, zones_of
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

CLUSTER_MEMBER = "aws:rds/clusterInstance:ClusterInstance"
PARAMETER_GROUPS = (
    "aws:rds/clusterParameterGroup:ClusterParameterGroup",
    "aws:rds/parameterGroup:ParameterGroup",
)
TLS_PARAMETERS = ("rds.force_ssl", "require_secure_transport")
DEFAULT_NAMES = ("admin", "postgres", "root", "awsuser", "sa")


@control(
    id="RDS-01",
    title="Database storage is encrypted with a customer key",
    severity="crit",
    family="database",
    rationale="Only a key of your own says who may read a snapshot, and can be taken away.",
    remediation="```python\naws.rds.Cluster(..., storage_encrypted=True, kms_key_id=key.arn)\n```",
    requirements=published("RDS.27 RDS.3", pci="3.5.1p 3.6.1p", cis="2.3.1/2.2.1", nist="SC-28"),
)
def storage_is_encrypted(resource: Resource, context: Context) -> list[Outcome]:
    """Encryption is on and the key is not AWS's."""
    return all_of(
        must(context, resource, "storageEncrypted", is_true, "its storage is not encrypted"),
        customer_key(context, resource, "kmsKeyId", "its storage has no customer key"),
    )


@control(
    id="RDS-02",
    title="No database instance has a public address",
    severity="crit",
    family="database_instance",
    rationale="A database with a public address is one mistaken rule away from the internet.",
    remediation="`publicly_accessible=False`",
    requirements=published("RDS.2†", pci="1.4.1p 1.4.2p", cis="2.3.3/2.2.3", nist="SC-7"),
)
def no_public_address(resource: Resource, context: Context) -> Outcome:
    """``publiclyAccessible`` is written as false: left out, RDS decides by the subnet group."""
    return must(context, resource, "publiclyAccessible", is_false, "may get a public address")


@control(
    id="RDS-03",
    title="A database has instances in two zones",
    severity="high",
    family="database",
    rationale="With one instance a zone's failure, or a patch, stops the shop.",
    remediation="Add a reader: `aws.rds.ClusterInstance(..., availability_zone=other)`; `multi_az=True` on an instance.",
    requirements=published("RDS.15 RDS.5", cis="-/2.2.4", nist="CP-10"),
)
def in_two_zones(resource: Resource, context: Context) -> Outcome:
    """A cluster has two members in two zones; an instance has ``multiAz``."""
    if "/instance:" in resource.type:
        if context.value(resource, "replicateSourceDb") is not ABSENT:
            return not_applicable("a read replica")
        return must(context, resource, "multiAz", is_true, "lies in one zone")
    ways = reach(context)
    members = ways.linking(resource, CLUSTER_MEMBER, "clusterIdentifier")
    if len(members) < 2:
        return failed(f"has {len(members)} instances, and needs two", property="clusterIdentifier")
    zones = [context.value(item, "availabilityZone") for item in members]
    if any(zone in (UNKNOWN, ABSENT) for zone in zones):
        # RDS itself spreads members that name no zone over the subnet group's zones.
        return passed()
    return (
        passed()
        if len(zones_of(context, members)) > 1
        else failed("all its instances lie in one zone", property="availabilityZone")
    )


@control(
    id="RDS-04",
    title="A database cannot be deleted by mistake and can be restored",
    severity="high",
    family="database",
    rationale="Orders that were lost cannot be made again.",
    remediation="`deletion_protection=True, skip_final_snapshot=False, backup_retention_period=35, copy_tags_to_snapshot=True`",
    requirements=published("RDS.7 RDS.8 RDS.50 RDS.11 RDS.16", pci="10.3.3c", nist="CP-9"),
)
def is_kept(resource: Resource, context: Context) -> list[Outcome]:
    """Deletion protection, a final snapshot, 7 days of backups (35 in the card-data environment), tags on snapshots."""
    days = 35 if in_scope(context, resource) else 7
    return all_of(
        must(context, resource, "deletionProtection", is_true, "can be deleted"),
        must(context, resource, "skipFinalSnapshot", is_false, "leaves no last snapshot", missing=False),
        must(
            context,
            resource,
            "backupRetentionPeriod",
            lambda value: number(value) >= days,
            f"keeps backups less than {days} days",
            missing=1,
        ),
        must(context, resource, "copyTagsToSnapshot", is_true, "does not copy its tags to snapshots"),
    )


@control(
    id="RDS-05",
    title="Engine logs go to CloudWatch",
    severity="high",
    family="database",
    rationale="Logs on the instance rotate away within days and go with it.",
    remediation="`enabled_cloudwatch_logs_exports=['postgresql']`; for MySQL `['audit', 'error']`.",
    requirements=published("RDS.37† RDS.34† RDS.9†", pci="10.2.1h 10.4.2h", nist="AU-2"),
)
def logs_are_exported(resource: Resource, context: Context) -> Outcome:
    """PostgreSQL exports ``postgresql``; the others at least audit and error."""
    engine = context.value(resource, "engine")
    exports = items(context, resource, "enabledCloudwatchLogsExports")
    if exports is None or any(item is UNKNOWN for item in exports):
        return unknown("which logs are exported is not known", property="enabledCloudwatchLogsExports")
    wanted = {"postgresql"} if "postgres" in str(engine) else {"audit", "error"}
    missing = sorted(item for item in wanted if item not in exports)
    if missing:
        return failed(f"does not export {', '.join(missing)}", property="enabledCloudwatchLogsExports")
    return passed()


@control(
    id="RDS-06",
    title="IAM authentication is on, and the owner has no default name",
    severity="med",
    family="database",
    rationale="Short-lived tokens leave no password to lose; a default name is half of a guess.",
    remediation="`iam_database_authentication_enabled=True, master_username='shop_owner'`",
    requirements=published("RDS.12 RDS.10 RDS.24† RDS.25†", pci="8.2.1p 2.2.2j", nist="AC-2"),
)
def signs_in_by_iam(resource: Resource, context: Context) -> list[Outcome]:
    """IAM database authentication, and a master name of one's own."""
    iam = "iamDatabaseAuthenticationEnabled"
    return all_of(
        must(context, resource, iam, is_true, "takes passwords only"),
        must(
            context,
            resource,
            "masterUsername",
            lambda value: str(value).lower() not in DEFAULT_NAMES,
            "its owner has a default name",
        ),
    )


@control(
    id="RDS-07",
    title="Nobody types the master password",
    severity="crit",
    family="database",
    rationale="A password in a program is in its state, its history and its logs.",
    remediation="`manage_master_user_password=True` in place of `master_password`.",
    requirements=published(pci="8.3.2p 8.6.3p 8.6.2j", nist="IA-5"),
)
def password_is_managed(resource: Resource, context: Context) -> Outcome:
    """Secrets Manager holds it; ``masterPassword`` and ``password`` are not written."""
    for property_ in ("masterPassword", "password"):
        if resource.inputs.get(property_) is not None:
            return failed("its master password is an input of the program", property=property_)
    if any(context.value(resource, key) is not ABSENT for key in ("replicateSourceDb", "replicationSourceIdentifier")):
        return not_applicable("a replica has its source's password")
    if context.value(resource, "snapshotIdentifier") is not ABSENT and (
        context.value(resource, "manageMasterUserPassword") is ABSENT
    ):
        return failed("keeps the password of the snapshot it is made from", property="manageMasterUserPassword")
    return must(
        context, resource, "manageMasterUserPassword", is_true, "its master password is not managed by Secrets Manager"
    )


@control(
    id="RDS-08",
    title="The database refuses connections without TLS",
    severity="high",
    family="database",
    rationale="What a client may do in clear text, some client does.",
    remediation="`parameters=[{'name': 'rds.force_ssl', 'value': '1'}]` in its parameter group.",
    requirements=published("RDS.38° RDS.39°", pci="4.2.1p", nist="SC-8"),
)
def forces_tls(resource: Resource, context: Context) -> Outcome:
    """Its parameter group sets rds.force_ssl or require_secure_transport."""
    ways = reach(context)
    properties = ("dbClusterParameterGroupName", "parameterGroupName")
    groups = [group for name in properties for group in ways.linked(resource, name, PARAMETER_GROUPS)]
    names = [value for name in properties if (value := context.value(resource, name)) is not ABSENT]
    named = context.once(
        "parameter groups by name",
        lambda: {
            item.outputs.get("name", item.id): item
            for type_ in PARAMETER_GROUPS
            for item in context.graph.of_type(type_)
        },
    )
    groups += [
        group
        for name in names
        if isinstance(name, str) and (group := named.get(name)) is not None and group not in groups
    ]
    if not groups:
        if names:
            return unknown("its parameter group is not of this program", property=properties[0])
        return failed("has no parameter group that forces TLS", property=properties[0])
    for group in groups:
        parameters = items(context, group, "parameters")
        if parameters is None:
            return unknown(f"{group.name}: its parameters are not known", property=properties[0])
        for parameter in (item for item in parameters if isinstance(item, dict)):
            if parameter.get("name") in TLS_PARAMETERS and str(parameter.get("value")).lower() in {"1", "on", "true"}:
                return passed()
    return failed(f"{groups[0].name}: does not force TLS", property=properties[0])


@control(
    id="RDS-09",
    title="Minor versions are taken automatically",
    severity="med",
    family="database_instance",
    rationale="A fix that waits for somebody to think of it waits too long.",
    remediation="`auto_minor_version_upgrade=True`",
    requirements=published("RDS.13† RDS.35†", pci="6.3.3h", cis="2.3.2/2.2.2", nist="SI-2"),
)
def takes_minor_versions(resource: Resource, context: Context) -> Outcome:
    """AWS's default is on; it must not be off."""
    return must(
        context, resource, "autoMinorVersionUpgrade", is_true, "does not take minor versions by itself", missing=True
    )


@control(
    id="RDS-10",
    title="The subnets of a database have no route to the internet",
    severity="crit",
    family="database_subnets",
    rationale="A database must not be reachable even when its security group is opened by mistake.",
    remediation="Put data subnets alone in the group, with a route table that has no internet gateway.",
    requirements=published("RDS.46", pci="1.3.1p 1.4.1p", nist="SC-7"),
)
def subnets_are_private(resource: Resource, context: Context) -> list[Outcome]:
    """No subnet of the group has a route to an internet gateway."""
    ways = reach(context)
    subnets = ways.subnets_of(resource, "subnetIds")
    if not subnets:
        return [unknown("its subnets are not of this program", property="subnetIds")]
    found: list[Outcome] = []
    for subnet in subnets:
        leads_out = ways.has_internet_route(subnet)
        if leads_out:
            found.append(failed(f"{subnet.name}: has a route to an internet gateway", property="subnetIds"))
        elif leads_out is None:
            found.append(unknown(f"{subnet.name}: its routes are not known", property="subnetIds"))
    return found or [passed()]
