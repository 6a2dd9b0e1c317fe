"""Controls of paths in a network: names, endpoints, gateways, addresses, and how finely flows are written down."""

from __future__ import annotations

from surgeproof.controls.context import UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, is_false, is_true, must, number
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.placement import private_subnets, zones_of
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

ENDPOINT = "vpc_endpoint"


def _interface(context: Context, resource: Resource) -> bool:
    """Whether it is one, or may be: where its kind is not known, more is asked of it."""
    return context.value(resource, "vpcEndpointType") in ("Interface", UNKNOWN)


@control(
    id="VPC-11",
    title="Public subnets give no public address by themselves",
    severity="low",
    family="subnet",
    rationale="What is put there by mistake, a test machine or a database, is on the internet at once.",
    remediation="`map_public_ip_on_launch=False`; a balancer and a NAT gateway get their addresses without it.",
    requirements=published("EC2.15†", nist="SC-7"),
)
def addresses_are_asked_for(resource: Resource, context: Context) -> Outcome:
    """Off, in subnets that hold neither tasks nor data; of those VPC-09 speaks."""
    if resource.urn in private_subnets(context):
        return not_applicable("holds tasks or data, of which VPC-09 speaks")
    return must(context, resource, "mapPublicIpOnLaunch", is_false, "gives public addresses by itself", missing=False)


@control(
    id="VPC-12",
    title="Names are resolved inside the network",
    severity="low",
    family="vpc",
    rationale="Without both settings private names of endpoints, databases and caches resolve to nothing, or to the internet.",
    remediation="`enable_dns_support=True, enable_dns_hostnames=True`",
    requirements=published(nist="SC-20"),
)
def names_are_resolved(resource: Resource, context: Context) -> list[Outcome]:
    """DNS support, on by default, and host names, off by default."""
    return all_of(
        must(context, resource, "enableDnsSupport", is_true, "resolves no names", missing=True),
        must(context, resource, "enableDnsHostnames", is_true, "gives no names", missing=False),
    )


@control(
    id="VPC-13",
    title="An endpoint answers by the service's own name",
    severity="med",
    family=ENDPOINT,
    rationale="Without it programs that call AWS by its usual name go out by the NAT gateway, past the endpoint and its policy.",
    remediation="`private_dns_enabled=True`",
    requirements=published(nist="SC-7 SC-20"),
)
def endpoint_takes_the_name(resource: Resource, context: Context) -> Outcome:
    """Private DNS is on at interface endpoints."""
    if not _interface(context, resource):
        return not_applicable("a gateway is reached by routes")
    return must(context, resource, "privateDnsEnabled", is_true, "is passed by: it has no private name", missing=False)


@control(
    id="VPC-14",
    title="An endpoint lies in two zones at least",
    severity="med",
    family=ENDPOINT,
    rationale="With the zone of the only one goes every image, secret and log line of the others.",
    remediation="`subnet_ids=[one of each zone]`",
    requirements=published(nist="CP-10 SC-5"),
)
def endpoint_survives_a_zone(resource: Resource, context: Context) -> Outcome:
    """Subnets of an interface endpoint are in two zones or more."""
    if not _interface(context, resource):
        return not_applicable("a gateway has no zone")
    subnets = reach(context).subnets_of(resource, "subnetIds")
    if len(zones_of(context, subnets)) > 1:
        return passed()
    named = context.value(resource, "subnetIds")
    open_ = any(context.value(item, "availabilityZone") is UNKNOWN for item in subnets)
    if named is UNKNOWN or open_ or (not subnets and isinstance(named, list) and len(named) > 1):
        return unknown("the zones of its subnets are not known", property="subnetIds")
    return failed("lies in one zone", property="subnetIds")


@control(
    id="VPC-15",
    title="An endpoint has a security group of its own choice",
    severity="med",
    family=ENDPOINT,
    rationale="Left out, AWS takes the network's default group, which lets nothing in once it is locked: nothing starts.",
    remediation="`security_group_ids=[endpoints.id]`",
    requirements=published(nist="SC-7"),
)
def endpoint_is_guarded(resource: Resource, context: Context) -> Outcome:
    """Interface endpoints name a group."""
    if not _interface(context, resource):
        return not_applicable("a gateway has no security group")
    if resource.property_dependencies.get("securityGroupIds"):
        return passed()
    return must(context, resource, "securityGroupIds", bool, "has the network's default group")


@control(
    id="VPC-16",
    title="A NAT gateway lies where the internet can be reached",
    severity="med",
    family="nat_gateway",
    rationale="In a private subnet it takes traffic and passes none on: payments stop, and nothing says why.",
    remediation="`subnet_id=public.id`, or `connectivity_type='private'` where that is meant",
    requirements=published(nist="SC-7"),
)
def gateway_reaches_out(resource: Resource, context: Context) -> Outcome:
    """Its subnet has a route to an internet gateway."""
    if context.value(resource, "connectivityType") == "private":
        return not_applicable("is to reach other networks only")
    ways = reach(context)
    subnets = ways.subnets_of(resource, "subnetId")
    if not subnets:
        return unknown("its subnet is not of this program", property="subnetId")
    leads = [ways.has_internet_route(subnet) for subnet in subnets]
    if None in leads:
        return unknown("where its subnet leads is not known", property="subnetId")
    return passed() if all(leads) else failed("its subnet has no route to the internet", property="subnetId")


@control(
    id="VPC-17",
    title="Flows are written down minute by minute",
    severity="low",
    family="flow_log",
    rationale="In ten minutes, the default, a surge of one minute and the port scan in it are averaged away.",
    remediation="`max_aggregation_interval=60`",
    requirements=published(nist="AU-12 SI-4"),
)
def flows_are_fine(resource: Resource, context: Context) -> Outcome:
    """Sixty seconds at most."""
    return must(
        context,
        resource,
        "maxAggregationInterval",
        lambda value: 0 < number(value) <= 60,
        "adds flows up over ten minutes",
        missing=600,
    )
