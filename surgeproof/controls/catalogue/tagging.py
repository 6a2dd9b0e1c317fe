"""Controls of tags, scope and protection."""

from __future__ import annotations

from surgeproof.controls.context import UNKNOWN, Context
from surgeproof.controls.control import Names, control
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.placement import CARD_CLASSES, CLASS_TAG, SCOPE_TAG, in_scope, tags
from surgeproof.controls.published import published
from surgeproof.controls.scope_flows import INTERNET, Way, ways
from surgeproof.graph.model import STACK_TYPE, Resource

REQUIRED = ("owner", CLASS_TAG, "cost-center", "environment", SCOPE_TAG)
ALLOWED = {
    SCOPE_TAG: {"cde", "connected", "out"},
    CLASS_TAG: {"public", "internal", "orders", "analytics", "logs", "audit", *CARD_CLASSES},
}
PLACEHOLDERS = ("tbd", "todo", "unknown", "none", "n/a", "me", "test@example.com")
"""What stands in a tag that nobody has thought about."""
PLACED = ("networkConfiguration", "vpcSecurityGroupIds", "securityGroupIds", "securityGroups", "kmsKeyId", "cluster")
MEMBER = "aws:rds/clusterInstance:ClusterInstance"


@control(
    id="TAG-01",
    title="Resources say whose they are, what they hold and whether card data passes them",
    severity="high",
    family="tagged",
    rationale="Without an owner nobody is called; without a scope an auditor takes everything in.",
    remediation="`tags={'owner': 'shop', 'data-classification': 'internal', 'cost-center': 'web', 'environment': 'prod', "
    "'pci-scope': 'out'}`",
    requirements=published(pci="11.5.2p A1.1.2p 12.5.1j", nist="CM-8"),
    parameters=(Names("owners", "teams that own resources"),),
)
def tags_are_there(resource: Resource, context: Context) -> list[Outcome]:
    """The five tags, with allowed values; the provider's defaults count. An owner is one of the team's own list."""
    own = tags(context, resource)
    if context.value(resource, "tags") is UNKNOWN and not own:
        return [unknown("its tags are not known", property="tags")]
    missing = [key for key in REQUIRED if not own.get(key)]
    wrong = [key for key, values in ALLOWED.items() if own.get(key) and own[key] not in values]
    wrong += [key for key in ("owner", "cost-center", "environment") if own.get(key, "").lower() in PLACEHOLDERS]
    owners = context.names("owners")
    found: list[Outcome] = []
    if owners and own.get("owner") and own["owner"] not in owners:
        found.append(failed(f"has the owner {own['owner']}, whom nobody knows", property="tags"))
    if missing:
        found.append(failed(f"lacks the tag {', '.join(missing)}", property="tags"))
    if wrong:
        found.append(failed(f"has no allowed value in {', '.join(wrong)}", property="tags"))
    return found or [passed()]


@control(
    id="TAG-02",
    title="What is tagged as card-data environment lies in it, and nothing else does",
    severity="crit",
    family="tagged",
    rationale="One resource on the wrong side puts all its neighbours in scope, or card data out of it.",
    remediation="Give it a subnet, security group, cluster and key with the same `pci-scope`.",
    requirements=published(pci="12.5.2j 1.4.1j 3.6.1.4j", nist="SC-7"),
)
def scope_is_consistent(resource: Resource, context: Context) -> list[Outcome]:
    """Subnets, groups, clusters and keys that it uses have its scope."""
    used = [(key, item) for key in PLACED for item in context.graph.sources(resource, key)]
    used = [(key, item) for key, item in used if SCOPE_TAG in tags(context, item)]
    if SCOPE_TAG not in tags(context, resource) or not used:
        return [not_applicable("has no scope, or uses nothing that has one")]
    mine = in_scope(context, resource)
    return [
        failed(f"and {item.name} are on two sides of the card-data environment", property=key)
        for key, item in used
        if in_scope(context, item) != mine
    ] or [passed()]


@control(
    id="TAG-03",
    title="Nothing outside the card-data environment comes into it undeclared",
    severity="high",
    family="tagged",
    rationale="Each way in makes its other end part of the assessment.",
    remediation="Tag the other end `pci-scope: connected`, or take the way in away.",
    requirements=published(pci="1.2.3j 1.2.4j 12.5.2j", nist="SC-7"),
)
def flows_are_declared(resource: Resource, context: Context) -> list[Outcome]:
    """The ends of the scope map's ways in are of the environment, or tagged as connected to it.

    What the whole internet reaches is judged by VPC-03, VPC-04 and VPC-09: nobody can tag it.
    """
    if not in_scope(context, resource):
        return [not_applicable("not tagged pci-scope=cde")]
    incoming = context.once("ways in", lambda: _ways_in(context)).get(resource.urn, [])
    return [
        failed(f"{way.by}: {name} comes in undeclared", property="tags")
        for way, name, scope in ((way, *_end(context, way.source)) for way in incoming)
        if scope not in {"cde", "connected"}
    ] or [passed()]


def _ways_in(context: Context) -> dict[str, list[Way]]:
    found: dict[str, list[Way]] = {}
    for way in ways(context):
        if way.source != INTERNET:
            found.setdefault(way.target, []).append(way)
    return found


def _end(context: Context, source: str) -> tuple[str, str | None]:
    """Name and scope of who comes: a resource, or a range of addresses, which has none."""
    other = context.graph.by_urn(source)
    return (other.name, tags(context, other).get(SCOPE_TAG)) if other is not None else (source, None)


@control(
    id="TAG-04",
    title="What holds data is protected from deletion by a mistaken deployment",
    severity="high",
    family="stateful",
    rationale="A renamed resource is deleted and made anew; with `protect` the deployment stops instead.",
    remediation="`opts=pulumi.ResourceOptions(protect=True, parent=component)`",
    requirements=published(pci="6.5.1j", nist="CM-3"),
)
def stores_are_protected(resource: Resource, context: Context) -> Outcome:
    """``protect`` or ``retain_on_delete`` is set; where the program has components, it is made by one of them."""
    if resource.type == MEMBER:
        return not_applicable("its cluster holds the data")
    if not (resource.options.protect or resource.options.retain_on_delete):
        return failed("is not protected", property="protect")
    return (
        failed("is made outside of the program's components", property="parent")
        if _strays(context, resource)
        else passed()
    )


def _strays(context: Context, resource: Resource) -> bool:
    """Whether a program that has components of its own makes a resource beside them."""
    components = context.once(
        "components",
        lambda: {item.urn for item in context.graph.resources if not item.custom and item.type != STACK_TYPE},
    )
    return bool(components) and resource.parent not in components
