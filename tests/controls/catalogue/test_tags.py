"""Tags, scope and protection: the triples."""

from __future__ import annotations

from surgeproof.controls.engine import run_controls
from surgeproof.controls.registry import find_control
from surgeproof.graph.model import Options
from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import BYSTANDER, KEY, changed, group, made, verdicts
from tests.controls.triples import graph_of, resource, triple

TAGS = {
    "owner": "shop",
    "data-classification": "internal",
    "cost-center": "web",
    "environment": "production",
    "pci-scope": "out",
}


def test_tags() -> None:
    """TAG-01; the provider's default tags count."""
    bare = made("aws:ecs/cluster:Cluster", "cluster")
    tagged = changed(bare, tags=TAGS)
    triple("TAG-01", none=[made("aws:ec2/route:Route", "r")], good=[tagged], bad=[bare])
    triple("TAG-01", none=[], good=[tagged], bad=[changed(bare, tags={**TAGS, "pci-scope": "maybe"})])
    provider = resource("pulumi:providers:aws", "aws", inputs={"defaultTags": {"tags": TAGS}})
    by_default = bare.model_copy(update={"provider": f"{provider.urn}::id"})
    assert verdicts("TAG-01", provider, by_default) == {"pass"}
    assert verdicts("TAG-01", changed(bare, tags=UNKNOWN_MARK)) == {"unknown"}


def test_an_owner_is_one_of_the_list_where_there_is_one() -> None:
    """TAG-01: without a list any name does."""
    control = find_control("TAG-01")
    tagged = graph_of(made("aws:ecs/cluster:Cluster", "cluster", {"tags": TAGS}))
    for owners, verdict in ((TAGS["owner"], "web"), "pass"), (("web",), "fail"):
        (finding,) = run_controls(tagged, [control], {"TAG-01": {"owners": owners}})
        assert finding.verdict == verdict
    assert finding.message == f"has the owner {TAGS['owner']}, whom nobody knows"


def test_scope() -> None:
    """TAG-02."""
    inside, outside = ({**TAGS, "pci-scope": scope} for scope in ("cde", "out"))
    card_group, other = group("card", tags=inside), group("other", tags=outside)
    card = made("aws:ecs/service:Service", "pay", {"tags": inside}, networkConfiguration=card_group)
    wrong = made("aws:ecs/service:Service", "pay", {"tags": inside}, networkConfiguration=other)
    triple("TAG-02", none=[card_group], good=[card_group, card], bad=[other, wrong])


def test_flows() -> None:
    """TAG-03."""
    card, other = group("card", tags={"pci-scope": "cde"}), group("other", tags={"pci-scope": "out"})
    type_ = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    rule = made(type_, "in", securityGroupId=card, referencedSecurityGroupId=other)
    declared = changed(other, tags={"pci-scope": "connected"})
    triple("TAG-03", none=[other], good=[card, declared, rule], bad=[card, other, rule])


def test_protection() -> None:
    """TAG-04."""
    kept = KEY.model_copy(update={"options": Options(protect=True)})
    member = made("aws:rds/clusterInstance:ClusterInstance", "db-0")
    triple("TAG-04", none=[BYSTANDER, member], good=[kept], bad=[KEY])


def test_ways_into_the_environment() -> None:
    """TAG-03: by policy, by event and by redrive."""
    card = made("aws:sqs/queue:Queue", "cards", {"tags": {"pci-scope": "cde"}})
    for scope, verdict in (("connected", "pass"), ("out", "fail")):
        tags = {"tags": {"pci-scope": scope}}
        role = made("aws:iam/role:Role", "role", tags)
        policy = made("aws:iam/rolePolicy:RolePolicy", "may", role=role, policy=card)
        assert verdict in verdicts("TAG-03", card, role, policy)
        rule = made("aws:cloudwatch/eventRule:EventRule", "rule", tags)
        target = made("aws:cloudwatch/eventTarget:EventTarget", "to", rule=rule, arn=card)
        assert verdict in verdicts("TAG-03", card, rule, target)
        source = made("aws:sqs/queue:Queue", "source", tags, redrivePolicy=card)
        assert verdict in verdicts("TAG-03", card, source)


def test_beside_the_components() -> None:
    """TAG-04: a program with components makes its stores in them."""
    component = resource("shop:index:Store", "store", custom=False)
    kept = KEY.model_copy(update={"options": Options(protect=True)})
    inside = kept.model_copy(update={"parent": component.urn})
    triple("TAG-04", none=[], good=[component, inside], bad=[component, kept])
