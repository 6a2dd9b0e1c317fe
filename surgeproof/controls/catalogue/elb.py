"""Controls of load balancers, listeners and target groups."""

from __future__ import annotations

from surgeproof.controls.containers import containers
from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, entry, is_false, is_true, items, must, number
from surgeproof.controls.families import FAMILIES
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.placement import SERVICE_TYPE, in_scope, zones_of
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

BALANCER = "load_balancer"
ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
TLS_POLICIES = (
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-PQ-2025-09",
)
"""Security Hub, ELB.17: policies that it recommends; TLS 1.2 and 1.3 only."""


def _is_application(context: Context, resource: Resource) -> bool:
    """Whether it is one, or may be: where its kind is not known, more is asked of it."""
    return context.value(resource, "loadBalancerType") in (ABSENT, UNKNOWN, "application")


@control(
    id="ALB-01",
    title="Plain HTTP is only redirected to HTTPS",
    severity="high",
    family="listener",
    rationale="A session cookie that went once in clear text is lost.",
    remediation="`default_actions=[{'type': 'redirect', 'redirect': {'protocol': 'HTTPS', 'port': '443', "
    "'status_code': 'HTTP_301'}}]`",
    requirements=published("ELB.1", pci="4.2.1c 2.2.7c", nist="SC-8"),
)
def http_redirects(resource: Resource, context: Context) -> list[Outcome]:
    """An HTTP listener has no action but a redirect to HTTPS, by default and in its rules."""
    protocol = _protocol(context, resource)
    if protocol is None:
        return [unknown("what it speaks is not known", property="protocol")]
    if protocol != "HTTP":
        return [not_applicable("speaks no HTTP")]
    return all_of(
        _redirects(context, resource, "defaultActions", ""),
        *(_redirects(context, rule, "actions", f"{rule.name}: ") for rule in _rules_of(context, resource)),
    )


def _protocol(context: Context, listener: Resource) -> str | None:
    """In capitals, as the provider takes letters of any size; None when it is not known."""
    value = context.value(listener, "protocol")
    return None if value is UNKNOWN else str(value).upper()


def _rules_of(context: Context, listener: Resource) -> list[Resource]:
    return reach(context).linking(listener, FAMILIES["listener_rule"], "listenerArn")


def _redirects(context: Context, place: Resource, key: str, named: str) -> Outcome:
    actions = items(context, place, key)
    if actions is None:
        return unknown(f"{named}its actions are not known", property="defaultActions")
    every = all(
        entry(action, "type") == "redirect" and entry(entry(action, "redirect"), "protocol") == "HTTPS"
        for action in actions
    )
    return passed() if actions and every else failed(f"{named}serves over plain HTTP", property="defaultActions")


@control(
    id="ALB-02",
    title="HTTPS listeners take TLS 1.2 and 1.3 only",
    severity="high",
    family="listener",
    rationale="The default policy still takes TLS 1.0.",
    remediation="`ssl_policy='ELBSecurityPolicy-TLS13-1-2-2021-06'`",
    requirements=published("ELB.17 ELB.18", pci="4.2.1c", nist="SC-13"),
)
def tls_is_current(resource: Resource, context: Context) -> Outcome:
    """The listener names a recommended policy."""
    protocol = _protocol(context, resource)
    if protocol is None:
        return unknown("what it speaks is not known", property="protocol")
    if protocol not in ("HTTPS", "TLS"):
        return not_applicable("speaks no TLS")
    return must(
        context, resource, "sslPolicy", lambda value: value in TLS_POLICIES, "its TLS policy is not a recommended one"
    )


@control(
    id="ALB-03",
    title="Load balancers log requests and connections",
    severity="high",
    family=BALANCER,
    rationale="Only the load balancer saw who really called.",
    remediation="`access_logs={'bucket': logs.bucket, 'enabled': True}, connection_logs={...}`",
    requirements=published("ELB.5", pci="10.2.1p", nist="AU-2"),
)
def balancer_logs(resource: Resource, context: Context) -> list[Outcome]:
    """Access logs on, to a bucket; connection logs too where the balancer has them."""
    kinds = ("accessLogs", "connectionLogs") if _is_application(context, resource) else ("accessLogs",)
    return all_of(*(must(context, resource, f"{kind}.enabled", is_true, f"has no {kind}") for kind in kinds))


@control(
    id="ALB-04",
    title="Malformed requests are dropped",
    severity="med",
    family=BALANCER,
    rationale="Request smuggling needs a proxy that lets strange headers through.",
    remediation="`drop_invalid_header_fields=True, desync_mitigation_mode='defensive'`",
    requirements=published("ELB.4† ELB.12†", pci="6.2.4h", nist="SC-7(4)"),
)
def malformed_is_dropped(resource: Resource, context: Context) -> list[Outcome]:
    """Invalid header fields are dropped; desync mitigation is defensive or strictest."""
    if not _is_application(context, resource):
        return [not_applicable("no application load balancer")]
    return all_of(
        must(context, resource, "dropInvalidHeaderFields", is_true, "lets invalid header fields through"),
        must(
            context,
            resource,
            "desyncMitigationMode",
            lambda value: value in {"defensive", "strictest"},
            "lets ambiguous requests through",
            missing="defensive",
        ),
    )


@control(
    id="ALB-05",
    title="A load balancer is kept, spans zones, and notices a dead task within a minute",
    severity="med",
    family=BALANCER,
    rationale="A dead task that stays in rotation is an error for every so many shoppers.",
    remediation="`enable_deletion_protection=True`; target group `health_check={'path': '/healthz', 'interval': 10, "
    "'unhealthy_threshold': 2}, deregistration_delay=30`",
    requirements=published("ELB.6 ELB.13", nist="CP-10"),
)
def balancer_is_resilient(resource: Resource, context: Context) -> list[Outcome]:
    """Deletion protection, two zones; target groups that detect in 60 s, drain in 120 s and let tasks start first."""
    ways = reach(context)
    subnets = ways.subnets_of(resource, "subnets")
    unsure = any(context.value(subnet, "availabilityZone") is UNKNOWN for subnet in subnets)
    spread = passed()
    if subnets and len(zones_of(context, subnets)) < 2 and not unsure:
        spread = failed("lies in one zone", property="subnets")
    listeners = ways.linking(resource, FAMILIES["listener"], "loadBalancerArn")
    places = [(listener, "defaultActions") for listener in listeners]
    places += [(rule, "actions") for listener in listeners for rule in _rules_of(context, listener)]
    groups = {
        group
        for place, key in places
        for group in context.graph.sources(place, key)
        if group.type.endswith(":TargetGroup")
    }
    return all_of(
        must(context, resource, "enableDeletionProtection", is_true, "can be deleted"),
        spread,
        *(outcome for group in sorted(groups, key=lambda item: item.urn) for outcome in _target(context, group)),
    )


def _target(context: Context, group: Resource) -> list[Outcome]:
    interval = number(_or(context.value(group, "healthCheck.interval"), 30))
    threshold = number(_or(context.value(group, "healthCheck.unhealthyThreshold"), 2))
    found = []
    if interval * threshold > 60:
        found.append(failed(f"{group.name}: a dead task stays in for more than 60 s", property="id"))
    if number(_or(context.value(group, "deregistrationDelay"), 300)) > 120:
        found.append(failed(f"{group.name}: a task that leaves holds deployments for over 120 s", property="id"))
    if _or(context.value(group, "healthCheck.path"), "/") == "/":
        found.append(failed(f"{group.name}: has no health-check path of its own", property="id"))
    return found + _patience(context, group)


def _patience(context: Context, group: Resource) -> list[Outcome]:
    """Whether services wait with health checks for as long as their containers say that they need to start."""
    ways = reach(context)
    found: list[Outcome] = []
    for service in ways.linking(group, SERVICE_TYPE, "loadBalancers"):
        grace = context.value(service, "healthCheckGracePeriodSeconds")
        starts = [
            number(entry(item.get("healthCheck"), "startPeriod", 0))
            for task in ways.linked(service, "taskDefinition")
            for item in containers(context, task) or []
            if isinstance(item.get("healthCheck"), dict)
        ]
        if grace is ABSENT or (grace is not UNKNOWN and number(grace) < max(starts, default=1)):
            found.append(failed(f"{service.name}: is judged unhealthy before it has started", property="id"))
    return found


def _or(value: object, missing: object) -> object:
    return missing if value is ABSENT or value is UNKNOWN else value


@control(
    id="ALB-06",
    title="Every door to the internet has a web firewall",
    severity="crit",
    family=BALANCER,
    rationale="Card testing, SQL injection and scrapers come within hours of a launch.",
    remediation="`aws.wafv2.WebAclAssociation('door', resource_arn=balancer.arn, web_acl_arn=acl.arn)`",
    requirements=published("ELB.16°", pci="6.4.2p", nist="SC-7"),
)
def door_has_a_firewall(resource: Resource, context: Context) -> list[Outcome]:
    """An internet-facing application load balancer is associated with a web ACL, and fails closed."""
    internal = context.value(resource, "internal")
    if is_true(internal) or not _is_application(context, resource):
        return [not_applicable("not an application load balancer that faces the internet")]
    if internal is UNKNOWN:
        return [unknown("whether it faces the internet is not known", property="internal")]
    ways = reach(context)
    guarded = bool(ways.linking(resource, ASSOCIATION, "resourceArn"))
    return all_of(
        passed() if guarded else failed("faces the internet without a web ACL", property="internal"),
        must(context, resource, "enableWafFailOpen", is_false, "lets requests through when WAF fails", missing=False),
    )


@control(
    id="ALB-07",
    title="Target groups of the card-data environment speak TLS to the task",
    severity="med",
    family="target_group",
    rationale="Inside the network card data still travels.",
    remediation="`protocol='HTTPS', health_check={'protocol': 'HTTPS', ...}`",
    requirements=published("ELB.21 ELB.22", pci="4.2.1j", nist="SC-8"),
)
def card_targets_speak_tls(resource: Resource, context: Context) -> list[Outcome]:
    """A target group tagged for the environment, or of a service that is, uses HTTPS throughout."""
    ways = reach(context)
    users = ways.linking(resource, SERVICE_TYPE, "loadBalancers")
    if not any(in_scope(context, item) for item in (resource, *users)):
        return [not_applicable("not part of the card-data environment")]
    return all_of(
        must(context, resource, "protocol", lambda value: value in {"HTTPS", "TLS"}, "passes requests in clear text"),
        must(context, resource, "healthCheck.protocol", lambda value: value == "HTTPS", "is checked in clear text"),
    )
