"""Controls of VPCs: flow logs, subnets, endpoints."""

from __future__ import annotations

from surgeproof.controls.admission import condition_keys, principals
from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, is_true
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.placement import private_subnets
from surgeproof.controls.policy_document import allows, listed, on_everything
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

GATEWAY_SERVICES = ("s3", "dynamodb")
INTERFACE_SERVICES = ("ecr.api", "ecr.dkr", "logs", "kms", "secretsmanager", "sqs", "sts")
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


@control(
    id="VPC-01",
    title="Every VPC logs all its flows to an encrypted, retained destination",
    severity="high",
    family="vpc",
    rationale="Without flow logs nobody can say afterwards who talked to the database.",
    remediation="```python\naws.ec2.FlowLog('flows', vpc_id=vpc.id, traffic_type='ALL', log_destination=group.arn)\n```",
    requirements=published("EC2.6", pci="10.2.1p 11.5.1.1c", cis="3.7/3.7", nist="AU-12"),
)
def flows_are_logged(resource: Resource, context: Context) -> list[Outcome]:
    """A flow log for all traffic, and its log group has a key and a retention."""
    ways = reach(context)
    logs = ways.linking(resource, "aws:ec2/flowLog:FlowLog", "vpcId")
    if not logs:
        return [failed("has no flow log", property="id")]
    full = [log for log in logs if context.value(log, "trafficType") == "ALL"]
    if not full:
        if any(context.value(log, "trafficType") is UNKNOWN for log in logs):
            return [unknown(f"{logs[0].name}: how much of the traffic it logs is not known", property="trafficType")]
        return [failed(f"{logs[0].name}: logs only part of the traffic", property="trafficType")]
    return all_of(*(_destination(context, log) for log in full))


def _destination(context: Context, log: Resource) -> Outcome:
    groups = reach(context).linked(log, "logDestination", ("aws:cloudwatch/logGroup:LogGroup",))
    for group in groups:
        for property_ in ("kmsKeyId", "retentionInDays"):
            if not group.inputs.get(property_) and property_ not in group.property_dependencies:
                return failed(f"{group.name}: the flow log's group lacks {property_}", property="logDestination")
    if groups or reach(context).linked(log, "logDestination"):
        return passed()
    return unknown("the flow log's destination is not of this program", property="logDestination")


@control(
    id="VPC-09",
    title="Tasks and data lie in subnets that the internet has no route to",
    severity="crit",
    family="subnet",
    rationale="Without a route in, a security group opened by mistake still exposes nothing.",
    remediation="Route app subnets to a NAT gateway and data subnets nowhere; `map_public_ip_on_launch=False`.",
    requirements=published("EC2.15† RDS.46", pci="1.3.1p 1.4.2p", nist="SC-7"),
)
def private_subnet_is_private(resource: Resource, context: Context) -> list[Outcome]:
    """A subnet with tasks or data gives no public addresses, has no internet-gateway route, and goes out in its zone."""
    use = private_subnets(context).get(resource.urn)
    if use is None:
        return [not_applicable("neither tasks nor data lie in it")]
    leads_out = reach(context).has_internet_route(resource)
    public = context.value(resource, "mapPublicIpOnLaunch")
    route = passed()
    if leads_out is None:
        route = unknown("what its routes lead to is not known", property="vpcId")
    elif leads_out:
        route = failed(f"its route table leads to an internet gateway, and it holds {use}", property="vpcId")
    address = passed()
    if public is UNKNOWN:
        address = unknown("whether it gives public addresses is not known", property="mapPublicIpOnLaunch")
    elif is_true(public):
        address = failed(f"gives public addresses, and it holds {use}", property="mapPublicIpOnLaunch")
    return all_of(route, address, _own_way_out(context, resource))


def _own_way_out(context: Context, subnet: Resource) -> Outcome:
    """With a NAT gateway of another zone, that zone's failure takes this one's way out, too."""
    here = context.value(subnet, "availabilityZone")
    for gateway in reach(context).nat_gateways_of(subnet):
        zones = [context.value(item, "availabilityZone") for item in reach(context).subnets_of(gateway, "subnetId")]
        if UNKNOWN in (here, *zones):
            return unknown("whether its way out lies in its own zone is not known", property="vpcId")
        if here is not ABSENT and here not in zones:
            return failed(f"goes out through {gateway.name}, in another zone", property="vpcId")
    return passed()


@control(
    id="VPC-10",
    title="AWS is reached through endpoints, each with a policy of its own",
    severity="med",
    family="vpc",
    rationale="An endpoint with the default policy lets any account's bucket be written from inside.",
    remediation="Add the endpoint; `policy=` that names `aws:PrincipalAccount` or `aws:ResourceAccount`.",
    requirements=published("EC2.10 EC2.55 EC2.56 EC2.57", pci="1.4.1c 1.3.1p 7.3.1p", nist="SC-7 AC-4"),
)
def endpoints_are_there(resource: Resource, context: Context) -> list[Outcome]:
    """A VPC with tasks has the endpoints that tasks call, none with the default policy."""
    ways = reach(context)
    holding = [context.graph.by_urn(urn) for urn, use in private_subnets(context).items() if "tasks" in use]
    if not any(resource in ways.linked(subnet, "vpcId") for subnet in holding if subnet is not None):
        return [not_applicable("no tasks run in it")]
    endpoints = ways.linking(resource, ENDPOINT, "vpcId")
    served = {str(context.value(item, "serviceName")).split(".", 3)[-1] for item in endpoints}
    missing = [name for name in (*GATEWAY_SERVICES, *INTERFACE_SERVICES) if name not in served]
    there = passed()
    if missing:
        there = failed(f"has no endpoint for {', '.join(missing)}", property="id")
    bare = [
        failed(f"{item.name}: has the default policy, which allows everything", property="policy")
        for item in endpoints
        if _has_default_policy(context, item)
    ]
    return all_of(there, *bare)


def _has_default_policy(context: Context, endpoint: Resource) -> bool:
    """Whether it states none, or what AWS takes then, written out, as an account tells it."""
    if not endpoint.inputs.get("policy") and "policy" not in endpoint.property_dependencies:
        return True
    return any(
        "*" in listed(item.get("Action")) and on_everything(item) and ("AWS", "*") in principals(item)
        for item in allows(context.document(endpoint, "policy"))
        if not condition_keys(item)
    )
