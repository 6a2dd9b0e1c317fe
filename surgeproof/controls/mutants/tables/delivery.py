"""Claims of controls of how pages are delivered, and of single rules of a web ACL."""

from typing import Any

from surgeproof.controls.mutants.claims import claims
from surgeproof.controls.mutants.groups import off
from surgeproof.controls.mutants.operators import drop, edited, put

FIRST, NEXT = "defaultCacheBehavior", "orderedCacheBehaviors[0]"
claims("CF-07", put("httpVersion", "http1.1"), off("isIpv6Enabled"))
claims("CF-08", off(f"{FIRST}.compress"), put(f"{NEXT}.compress", False))
claims(
    "CF-09",
    *(
        mutation
        for place in (FIRST, NEXT)
        for mutation in (drop(f"{place}.cachePolicyId"), put(f"{place}.cachePolicyId", ""))
    ),
)
HEADERS = "responseHeadersPolicyId"
claims(
    "CF-10",
    *(mutation for place in (FIRST, NEXT) for mutation in (drop(f"{place}.{HEADERS}"), put(f"{place}.{HEADERS}", ""))),
)

SEEN = "visibilityConfig.sampledRequestsEnabled"
claims("WAF-04", off(SEEN), put(f"rules[0].{SEEN}", False), drop(f"rules[2].{SEEN}"))
KNOWN = "AWSManagedRulesAmazonIpReputationList"


def _known(**change: Any) -> Any:
    """Change the rule with the list of known addresses; without a change it is taken out."""

    def edit(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {**rule, **change} if rule["name"] == KNOWN else rule for rule in rules if change or rule["name"] != KNOWN
        ]

    return edit


claims(
    "WAF-05",
    edited("known addresses are let in", "rules", _known()),
    edited("known addresses are counted", "rules", _known(overrideAction={"count": {}})),
    edited("another list in its place", "rules", _known(statement={"managedRuleGroupStatement": {"name": "Other"}})),
    put("rules", []),
)
RATE = "statement.rateBasedStatement.aggregateKeyType"
claims(
    "WAF-06",
    put(f"rules[0].{RATE}", "IP"),
    put(f"rules[1].{RATE}", "IP"),
    drop(f"rules[0].{RATE}"),
    drop(f"rules[1].{RATE}"),
)
