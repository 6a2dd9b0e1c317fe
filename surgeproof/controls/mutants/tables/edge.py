"""Claims of controls of load balancers, web firewalls, distributions, APIs, certificates and zones."""

import json
from collections.abc import Callable
from typing import Any

from surgeproof.controls.mutants.claims import claims
from surgeproof.controls.mutants.groups import off
from surgeproof.controls.mutants.operators import Mutation, added, drop, edited, gone, put

claims(
    "ALB-01",
    put("defaultActions", [{"type": "forward"}]),
    put("defaultActions", []),
    put("defaultActions[0].redirect.protocol", "HTTP"),
    put("defaultActions[0].type", "fixed-response"),
)
claims(
    "ALB-02",
    put("sslPolicy", "ELBSecurityPolicy-2016-08"),
    put("sslPolicy", "ELBSecurityPolicy-TLS-1-0-2015-04"),
    put("sslPolicy", "ELBSecurityPolicy-TLS13-1-0-2021-06"),
    drop("sslPolicy"),
)
claims("ALB-03", off("accessLogs.enabled"), off("connectionLogs.enabled"), drop("accessLogs"))
claims("ALB-04", off("dropInvalidHeaderFields"), put("desyncMitigationMode", "monitor"))
claims(
    "ALB-05",
    off("enableDeletionProtection"),
    put("availabilityZone", "eu-west-1a", on="subnet"),
    put("healthCheck.interval", 120, on="target_group"),
    put("healthCheck.unhealthyThreshold", 10, on="target_group"),
    put("deregistrationDelay", 600, on="target_group"),
    put("healthCheck.path", "/", on="target_group"),
    drop("healthCheckGracePeriodSeconds", on="ecs_service"),
)
claims(
    "ALB-06",
    gone("web_acl_association"),
    drop("resourceArn", on="web_acl_association"),
    put("enableWafFailOpen", True),
    put("enableWafFailOpen", "true"),
)
claims(
    "ALB-07",
    put("protocol", "HTTP"),
    drop("protocol"),
    put("healthCheck.protocol", "HTTP"),
    drop("healthCheck"),
)


def _rule(number: int, path: str, value: object) -> Mutation:
    return put(f"rules[{number}].{path}", value, linked=True)


GROUPS = ("AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesSQLiRuleSet")


COUNTED = {"name": "SQLi_BODY", "actionToUse": {"count": {}}}


def _with_group(rule: Any, more: dict[str, Any]) -> Any:
    """The rule, with more said of the managed group that it runs, if it runs one."""
    key = "managedRuleGroupStatement"
    statement = rule.get("statement") or {}
    return {**rule, "statement": {**statement, key: {**statement[key], **more}}} if key in statement else rule


def _is(rule: Any, name: str) -> bool:
    return name in json.dumps(rule)


claims(
    "WAF-01",
    put("rules", []),
    *(
        edited(f"no {name}", "rules", lambda rules, name=name: [item for item in rules if not _is(item, name)])
        for name in GROUPS
    ),
    *(
        edited(
            f"{name} only counts",
            "rules",
            lambda rules, name=name: [
                {**item, "overrideAction": {"count": {}}} if _is(item, name) else item for item in rules
            ],
        )
        for name in GROUPS
    ),
    *(
        edited(label, "rules", lambda rules, more=more: [_with_group(item, more) for item in rules])
        for label, more in (
            ("the groups are scoped down", {"scopeDownStatement": {"byteMatchStatement": {"searchString": "/a"}}}),
            ("a rule of the groups only counts", {"ruleActionOverrides": [COUNTED]}),
        )
    ),
)
LOGGING = "web_acl_logging"
claims(
    "WAF-02",
    gone(LOGGING),
    drop("resourceArn", on=LOGGING),
    drop("redactedFields", on=LOGGING),
    put("redactedFields", [{"singleHeader": {"name": "cookie"}}], on=LOGGING),
    put(
        "redactedFields",
        [{"singleHeader": {"name": "authorization"}}, {"singleHeader": {"name": "cookie"}}],
        on=LOGGING,
    ),
    _rule(0, "visibilityConfig.cloudwatchMetricsEnabled", False),
)


def _limits(factor: float) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    """Rate limits of all rules, times a factor."""

    def edit(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {**rule, "statement": {"rateBasedStatement": {**rate, "limit": rate["limit"] * factor}}}
            if (rate := rule.get("statement", {}).get("rateBasedStatement"))
            else rule
            for rule in rules
        ]

    return edit


HOLDS = {"limit": 2_000_000}
claims(
    "WAF-03",
    put("rules", []),
    put(
        "rules",
        [{"statement": {"rateBasedStatement": HOLDS}, "action": {"block": {}}}],
        label="a limit that stops nobody",
    ),
    edited("limits that stop shoppers", "rules", _limits(0.4)),
    edited("limits of a day in five minutes", "rules", _limits(300)),
    put(
        "rules",
        [{"statement": {"rateBasedStatement": {"limit": 500}}, "action": {"count": {}}}],
        label="a limit that only counts",
    ),
    put(
        "rules",
        [
            {
                "statement": {
                    "rateBasedStatement": {
                        "limit": 500,
                        "scopeDownStatement": {"byteMatchStatement": {"searchString": "/login"}},
                    }
                },
                "action": {"block": {}},
            }
        ],
        label="a limit on sign-in alone",
    ),
)
VIEWER = "viewerCertificate"
claims(
    "CF-01",
    put("defaultCacheBehavior.viewerProtocolPolicy", "allow-all", linked=True),
    put("orderedCacheBehaviors[0].viewerProtocolPolicy", "allow-all", linked=True),
    put(VIEWER, {"cloudfrontDefaultCertificate": True}),
    put(f"{VIEWER}.minimumProtocolVersion", "TLSv1", linked=True),
    put(f"{VIEWER}.sslSupportMethod", "vip", linked=True),
)
claims(
    "CF-02",
    drop("loggingConfig"),
    gone("log_delivery_source"),
    gone("log_delivery"),
    put("logType", "CONNECTION_LOGS", on="log_delivery_source"),
)
claims("CF-03", drop("webAclId"), put("webAclId", ""))
claims(
    "CF-04",
    put("origins[0]", {"domainName": "b.s3.eu-west-1.amazonaws.com"}),
    put("origins[0]", {"domainName": "abc.lambda-url.eu-west-1.on.aws"}),
    put("origins", [{"domainName": "b.s3.amazonaws.com", "originAccessControlId": ""}]),
)
CUSTOM = "origins[0].customOriginConfig"
claims(
    "CF-05",
    put(CUSTOM, {"originProtocolPolicy": "http-only", "originSslProtocols": ["TLSv1.2"]}),
    put(CUSTOM, {"originProtocolPolicy": "match-viewer", "originSslProtocols": ["TLSv1.2"]}),
    put(CUSTOM, {"originProtocolPolicy": "https-only", "originSslProtocols": ["TLSv1", "TLSv1.2"]}),
    put(CUSTOM, {"originSslProtocols": ["SSLv3"]}),
)
HEADERS = "response_headers_policy"
SECURITY = "securityHeadersConfig"
claims(
    "CF-06",
    drop(f"{SECURITY}.strictTransportSecurity", on=HEADERS),
    drop(f"{SECURITY}.contentSecurityPolicy", on=HEADERS),
    put(f"{SECURITY}.contentSecurityPolicy.contentSecurityPolicy", "frame-ancestors 'none'", on=HEADERS, linked=True),
    put(
        f"{SECURITY}.contentSecurityPolicy.contentSecurityPolicy",
        "default-src 'self'; report-to csp",
        on=HEADERS,
        linked=True,
    ),
    put(
        "orderedCacheBehaviors",
        [{"pathPattern": "/checkout*", "cachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"}],
        label="the checkout is cached",
    ),
    put("orderedCacheBehaviors", [{"pathPattern": "/checkout*"}], label="the checkout has no headers policy"),
)
claims(
    "AGW-01", put("authorizationType", "NONE"), drop("authorizationType"), drop("authorizerId"), put("authorizerId", "")
)
claims(
    "AGW-02",
    drop("accessLogSettings"),
    put("accessLogSettings.format", "$context.requestId"),
    put("accessLogSettings.format", "$context.requestId $context.identity.sourceIp"),
    put("accessLogSettings.destinationArn", ""),
)
claims(
    "AGW-03",
    drop("defaultRouteSettings"),
    put("defaultRouteSettings.throttlingRateLimit", 0),
    put("defaultRouteSettings.throttlingBurstLimit", 0),
    put("corsConfiguration.allowOrigins", ["*"], on="api"),
    put("disableExecuteApiEndpoint", False, on="api"),
    added(
        "a way inside in clear text",
        "aws:apigatewayv2/integration:Integration",
        {"connectionType": "VPC_LINK"},
        apiId="api",
    ),
)
claims(
    "ACM-01",
    put("validationMethod", "EMAIL"),
    put("keyAlgorithm", "RSA_1024"),
    put("options.certificateTransparencyLoggingPreference", "DISABLED"),
    put("certificateBody", "-----BEGIN CERTIFICATE-----"),
    gone("alarm"),
)
claims(
    "R53-01",
    gone("zone_query_log"),
    gone("zone_dnssec"),
    drop("zoneId", on="zone_query_log"),
    added(
        "a name of a balancer that is not ours",
        "aws:route53/record:Record",
        {"aliases": [{"name": "old.eu-west-1.elb.amazonaws.com"}]},
        zoneId="",
    ),
)
