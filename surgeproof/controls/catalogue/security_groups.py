"""Controls of security groups, over all four kinds of rule."""

from __future__ import annotations

from surgeproof.controls.context import Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, is_true, items
from surgeproof.controls.group_rule import Rule, is_everywhere
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.placement import balancer_groups, data_groups, in_scope
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource
from surgeproof.graph.wire import UNKNOWN_MARK

ADMIN_PORTS = (22, 3389)
DOOR_PORTS = (80, 443)


def _judge(rules: tuple[Rule, ...], message: str, wrong: object) -> list[Outcome]:
    """Failures among rules; unknown where one that is not wrong has a range that is not known."""
    found: list[Outcome] = []
    for rule in rules:
        if callable(wrong) and wrong(rule):
            found.append(failed(f"{rule.resource.name}: {message}", property=rule.place or _range_property(rule)))
        elif rule.undecided:
            found.append(
                unknown(f"{rule.resource.name}: its {rule.undecided[0]} is not known", property=rule.undecided[0])
            )
    return found or [passed()]


def _range_property(rule: Rule) -> str:
    inputs = rule.resource.inputs
    return next((key for key in ("cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks") if key in inputs), "fromPort")


@control(
    id="VPC-02",
    title="The default security group is adopted and has no rules",
    severity="high",
    family="vpc",
    rationale="What is made without a group of its own lands in the default one, which admits all its members.",
    remediation="```python\naws.ec2.DefaultSecurityGroup('locked', vpc_id=vpc.id)  # no ingress, no egress\n```",
    requirements=published("EC2.2", pci="1.3.1p", cis="5.4/5.5", nist="SC-7"),
)
def default_group_is_empty(resource: Resource, context: Context) -> list[Outcome]:
    """The VPC's default group is in the program and empty."""
    ways = reach(context)
    groups = ways.linking(resource, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "vpcId")
    if not groups:
        return [failed("its default security group is not adopted, so AWS's own rules stay", property="id")]
    rules = [rule for group in groups for rule in (*ways.into(group), *ways.out_of(group))]
    return [failed(f"{rule.resource.name}: gives the default group a rule", property=rule.place) for rule in rules] or [
        passed()
    ]


@control(
    id="VPC-03",
    title="Nobody from the internet reaches SSH, RDP or all ports",
    severity="crit",
    family="security_group",
    rationale="Administration ports that the world reaches are found and tried within minutes.",
    remediation="Remove the rule; use `ecs execute-command` or Session Manager, or name the ranges that need it.",
    requirements=published("EC2.13°† EC2.14°† EC2.53°† EC2.54°†", pci="1.3.1h", cis="5.2/5.3 5.3/5.4", nist="SC-7"),
)
def no_world_administration(resource: Resource, context: Context) -> list[Outcome]:
    """No ingress from everywhere to port 22, 3389 or all ports."""

    def wrong(rule: Rule) -> bool:
        return rule.from_world and (rule.all_ports or any(rule.covers(port) for port in ADMIN_PORTS))

    return _judge(reach(context).into(resource), "admits the whole internet to administration ports", wrong)


@control(
    id="VPC-04",
    title="The internet comes in by 443 (80 to be redirected) and only to load balancers",
    severity="high",
    family="security_group",
    rationale="One door can be watched and filtered; each further one is a way around the web firewall.",
    remediation="Admit the load balancer's group instead: `referenced_security_group_id=balancer_group.id`.",
    requirements=published("EC2.18 EC2.19", pci="1.3.1p 1.2.5j", nist="SC-7"),
)
def world_only_at_the_door(resource: Resource, context: Context) -> list[Outcome]:
    """World ingress only on door ports of a load balancer's group."""
    door = resource in balancer_groups(context)

    def wrong(rule: Rule) -> bool:
        at_door = door and rule.ports[0] == rule.ports[1] and rule.ports[0] in DOOR_PORTS
        return rule.from_world and not at_door

    message = "admits the whole internet " + ("on more than 80 and 443" if door else "though no load balancer uses it")
    return _judge(reach(context).into(resource), message, wrong)


@control(
    id="VPC-05",
    title="Every security-group rule says what it is for",
    severity="low",
    family="security_group",
    rationale="A rule without a business reason cannot be reviewed, so it stays for ever.",
    remediation='`description="Requests to storefront"` on the rule.',
    requirements=published(pci="1.2.5j 1.2.7j", nist="CM-3"),
)
def rules_are_described(resource: Resource, context: Context) -> list[Outcome]:
    """Each rule has a description."""
    ways = reach(context)
    bare = [rule for rule in (*ways.into(resource), *ways.out_of(resource)) if not rule.described]
    return [
        failed(f"{rule.resource.name}: has no description", property=rule.place or "description") for rule in bare
    ] or [passed()]


@control(
    id="VPC-06",
    title="Groups in the card-data environment do not let everything out",
    severity="high",
    family="security_group",
    rationale="What is let out without bounds is how card data leaves.",
    remediation="Name protocol and port: `ip_protocol='tcp', from_port=443, to_port=443`.",
    requirements=published(pci="1.3.2p", nist="SC-7(5)"),
)
def no_unbounded_egress(resource: Resource, context: Context) -> list[Outcome]:
    """No all-protocol egress to everywhere from a group tagged for the card-data environment."""
    if not in_scope(context, resource):
        return [not_applicable("not tagged pci-scope=cde")]

    def wrong(rule: Rule) -> bool:
        return rule.from_world and rule.protocol == "-1"

    return _judge(reach(context).out_of(resource), "lets every protocol out to the whole internet", wrong)


@control(
    id="VPC-07",
    title="Data stores are reached by named security groups only, never by address",
    severity="crit",
    family="security_group",
    rationale="An address range admits whatever gets an address in it; a group admits what was put in it on purpose.",
    remediation="`referenced_security_group_id=service.group.id` instead of `cidr_ipv4`.",
    requirements=published(pci="1.3.1p 1.4.4j", nist="SC-7"),
)
def data_admits_groups_only(resource: Resource, context: Context) -> list[Outcome]:
    """A group of a database or a cache has neither a CIDR nor a list of prefixes in its ingress."""
    if resource not in data_groups(context):
        return [not_applicable("no database or cache uses it")]
    return _judge(
        reach(context).into(resource),
        "admits an address range to a data store",
        lambda rule: bool(rule.ranges) or rule.by_list,
    )


@control(
    id="VPC-08",
    title="Network ACLs do not admit the internet to SSH, RDP or everything",
    severity="med",
    family="network_acl",
    rationale="The ACL is what still holds when a security group is opened by mistake.",
    remediation="Number a deny before it, or allow the ranges and ports that are used.",
    requirements=published("EC2.21†", pci="1.3.1c", cis="5.1/5.2", nist="SC-7"),
)
def acl_admits_no_administration(resource: Resource, context: Context) -> list[Outcome]:
    """No allow entry from everywhere that covers 22, 3389 or all."""
    ways = reach(context)
    inline = items(context, resource, "ingress")
    if inline is None:
        return [unknown("its entries are not known", property="ingress")]
    entries = [(resource, f"ingress[{n}]", item) for n, item in enumerate(inline) if isinstance(item, dict)]
    entries += [
        (rule, "cidrBlock", rule.inputs)
        for rule in ways.linking(resource, "aws:ec2/networkAclRule:NetworkAclRule", "networkAclId")
        if not is_true(rule.inputs.get("egress", False))
    ]
    judged = [(owner, place, _acl_is_open(item)) for owner, place, item in entries]
    return all_of(
        *(
            failed(f"{owner.name}: admits the whole internet to administration ports", property=place)
            for owner, place, open_ in judged
            if open_
        ),
        *(
            unknown(f"{owner.name}: whom it admits is not known", property=place)
            for owner, place, open_ in judged
            if open_ is None
        ),
    )


def _acl_is_open(item: dict[str, object]) -> bool | None:
    # The provider takes the action in letters of any size.
    allows = str(item.get("ruleAction", item.get("action"))).lower() == "allow"
    world = any(is_everywhere(str(item.get(key))) for key in ("cidrBlock", "ipv6CidrBlock"))
    everything = str(item.get("protocol")) in {"-1", "all"}
    first, last = item.get("fromPort", 0), item.get("toPort", 65_535)
    ports = isinstance(first, int) and isinstance(last, int) and any(first <= port <= last for port in ADMIN_PORTS)
    hit = allows and (everything or ports)
    if hit and not world and UNKNOWN_MARK in (item.get("cidrBlock"), item.get("ipv6CidrBlock")):
        return None
    return hit and world
