"""Controls of names and certificates."""

from __future__ import annotations

from surgeproof.controls.catalogue.account_alarms import metrics
from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import Parameter, control
from surgeproof.controls.expectations import all_of, items, must, number
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

ALGORITHMS = ("RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1")
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
AWS_NAMES = (".elb.amazonaws.com", ".cloudfront.net", ".elasticbeanstalk.com", ".amazonaws.com")


@control(
    id="ACM-01",
    title="Certificates are strong, renew themselves, are in the public log, and their end is alarmed on",
    severity="med",
    family="certificate",
    rationale="A certificate that ends on launch day takes the shop down more surely than any load.",
    remediation="`validation_method='DNS', key_algorithm='EC_prime256v1'`; a `MetricAlarm` on `DaysToExpiry` below 30",
    requirements=published("ACM.1† ACM.2†", pci="4.2.1h 4.2.1.1j", nist="SC-12"),
    parameters=(Parameter("days", 30, 30, 90, "days"),),
)
def certificate_lasts(resource: Resource, context: Context) -> list[Outcome]:
    """Key, DNS validation, transparency log, and an alarm a month before the end."""
    if context.value(resource, "certificateBody") is not ABSENT:
        validated = failed("is imported, so that nobody renews it", property="certificateBody")
    else:
        validated = must(
            context,
            resource,
            "validationMethod",
            lambda value: value == "DNS",
            "is renewed only when somebody answers a mail",
        )
    return all_of(
        validated,
        must(
            context, resource, "keyAlgorithm", lambda value: value in ALGORITHMS, "has a weak key", missing="RSA_2048"
        ),
        must(
            context,
            resource,
            "options.certificateTransparencyLoggingPreference",
            lambda value: value == "ENABLED",
            "is kept out of the public log of certificates",
            missing="ENABLED",
        ),
        passed() if _end_is_told(context) else failed("nobody is told a month before it ends", property="domainName"),
    )


def _end_is_told(context: Context) -> bool:
    return any(
        "DaysToExpiry" in metrics(context, alarm)
        and number(context.value(alarm, "threshold")) >= context.parameter("days")
        for alarm in context.graph.of_type(ALARM)
    )


@control(
    id="R53-01",
    title="Public zones write down queries, are signed, and point to nothing that is gone",
    severity="med",
    family="zone",
    rationale="A name that points to a balancer that was deleted belongs to whoever makes the next one of that name.",
    remediation="`aws.route53.QueryLog`, `aws.route53.HostedZoneDnsSec`; aliases to resources of the program",
    requirements=published("Route53.2†", pci="10.4.2h", nist="AU-2"),
)
def zone_is_sound(resource: Resource, context: Context) -> list[Outcome]:
    """Query log, DNSSEC, and no alias to a name of AWS that is written out."""
    if context.value(resource, "vpcs") is not ABSENT:
        return [not_applicable("a private zone")]
    dangling = [
        record.name
        for record in context.companions(resource, "record", by="zoneId")
        if not record.property_dependencies.get("aliases") and _written_out(context, record)
    ]
    return all_of(
        passed()
        if context.companions(resource, "zone_query_log", by="zoneId")
        else failed("writes down no queries", property="name"),
        passed()
        if context.companions(resource, "zone_dnssec", by="hostedZoneId")
        else failed("is not signed", property="name"),
        failed(f"{', '.join(dangling)}: point to what is not of this program", property="name")
        if dangling
        else passed(),
    )


def _written_out(context: Context, record: Resource) -> bool:
    aliases = items(context, record, "aliases") or []
    names = [item.get("name") for item in aliases if isinstance(item, dict)]
    return any(isinstance(name, str) and name is not UNKNOWN and name.rstrip(".").endswith(AWS_NAMES) for name in names)
