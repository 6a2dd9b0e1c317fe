"""The edge: web ACLs, certificates, distributions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surgeproof.graph.live.account import Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import camel, part_or, picked, without_nothing

_GLOBAL = "us-east-1"
"""Where what belongs to CloudFront is kept."""


@reads(
    "aws:wafv2/webAcl:WebAcl",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    calls=(
        "wafv2.list_web_acls",
        "wafv2.get_web_acl",
        "wafv2.get_logging_configuration",
    ),
)
def web_acls(account: Reading) -> Iterator[Found]:
    """Web ACLs of the region and of CloudFront, with their logging."""
    for scope, region in (("REGIONAL", None), ("CLOUDFRONT", _GLOBAL)):
        answer = account.call("wafv2.list_web_acls", region=region, Scope=scope)
        for row in answer.get("WebACLs", ()):
            arn = row["ARN"]
            told = account.part("wafv2.get_web_acl", region=region, Name=row["Name"], Scope=scope, Id=row["Id"])
            inputs = {
                "name": row["Name"],
                "scope": scope,
                "rules": part_or(told, lambda given: [_rule(rule) for rule in given["WebACL"].get("Rules", ())]),
                "defaultAction": part_or(told, lambda given: camel(given["WebACL"].get("DefaultAction"))),
                "visibilityConfig": part_or(told, lambda given: _visibility(given["WebACL"]["VisibilityConfig"])),
            }
            yield Found(
                "aws:wafv2/webAcl:WebAcl", row["Id"], without_nothing(inputs), {"arn": arn, "name": row["Name"]}
            )
            logging = account.part(
                "wafv2.get_logging_configuration",
                region=region,
                absent=("WAFNonexistentItemException",),
                ResourceArn=arn,
            )
            told = part_or(logging, lambda given: camel(given["LoggingConfiguration"]))
            if told:
                inputs = {"resourceArn": arn}
                inputs |= {"redactedFields": told, "logDestinationConfigs": told} if isinstance(told, str) else told
                yield Found("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", arn, inputs)


@reads(
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    calls=("wafv2.list_web_acls", "wafv2.list_resources_for_web_acl"),
)
def associations(account: Reading) -> Iterator[Found]:
    """Load balancers that web ACLs guard; a distribution names its own."""
    for row in account.call("wafv2.list_web_acls", Scope="REGIONAL").get("WebACLs", ()):
        arn = row["ARN"]
        kind = "APPLICATION_LOAD_BALANCER"
        found = account.call("wafv2.list_resources_for_web_acl", WebACLArn=arn, ResourceType=kind)
        for guarded in found.get("ResourceArns", ()):
            link = {"webAclArn": arn, "resourceArn": guarded}
            yield Found("aws:wafv2/webAclAssociation:WebAclAssociation", f"{arn},{guarded}", link)


def _visibility(value: dict[str, Any]) -> dict[str, Any]:
    return picked(
        value,
        cloudwatchMetricsEnabled="CloudWatchMetricsEnabled",
        metricName="MetricName",
        sampledRequestsEnabled="SampledRequestsEnabled",
    )


def _rule(row: dict[str, Any]) -> dict[str, Any]:
    rule = camel(row)
    if "VisibilityConfig" in row:
        rule["visibilityConfig"] = _visibility(row["VisibilityConfig"])
    return rule


@reads("aws:acm/certificate:Certificate", calls=("acm.list_certificates", "acm.describe_certificate"))
def certificates(account: Reading) -> Iterator[Found]:
    """Certificates of the region."""
    for row in account.rows("acm.list_certificates", "CertificateSummaryList"):
        arn = row["CertificateArn"]
        told = account.part("acm.describe_certificate", CertificateArn=arn)
        inputs = part_or(told, lambda answer: _certificate(answer["Certificate"]))
        yield Found("aws:acm/certificate:Certificate", arn, inputs if isinstance(inputs, dict) else {}, {"arn": arn})


def _certificate(row: dict[str, Any]) -> dict[str, Any]:
    checked = [item.get("ValidationMethod") for item in row.get("DomainValidationOptions", ())]
    return without_nothing(
        {
            **picked(row, domainName="DomainName", subjectAlternativeNames="SubjectAlternativeNames"),
            **picked(row, keyAlgorithm="KeyAlgorithm", options="Options"),
            "validationMethod": checked[0] if checked else None,
        }
    )


@reads(
    "aws:cloudfront/distribution:Distribution",
    calls=("cloudfront.list_distributions", "cloudfront.get_distribution_config"),
)
def distributions(account: Reading) -> Iterator[Found]:
    """Distributions of the account."""
    for row in account.rows("cloudfront.list_distributions", "DistributionList.Items"):
        config = account.call("cloudfront.get_distribution_config", Id=row["Id"])["DistributionConfig"]
        yield Found("aws:cloudfront/distribution:Distribution", row["Id"], _distribution(config), {"arn": row["ARN"]})


@reads(
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", calls=("cloudfront.list_response_headers_policies",)
)
def headers_policies(account: Reading) -> Iterator[Found]:
    """Policies of response headers that the account has made."""
    answer = account.call("cloudfront.list_response_headers_policies", Type="custom")
    for item in answer.get("ResponseHeadersPolicyList", {}).get("Items", ()):
        row = item["ResponseHeadersPolicy"]
        config = row["ResponseHeadersPolicyConfig"]
        inputs = {"name": config["Name"], "securityHeadersConfig": camel(config.get("SecurityHeadersConfig")) or None}
        headers = config.get("CustomHeadersConfig", {}).get("Items", [])
        if headers:
            inputs["customHeadersConfig"] = {"items": camel(headers)}
        type_ = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
        arn = f"arn:aws:cloudfront::{account.account.number}:response-headers-policy/{row['Id']}"
        yield Found(type_, row["Id"], without_nothing(inputs), {"arn": arn, "name": config["Name"]})


def _distribution(config: dict[str, Any]) -> dict[str, Any]:
    viewer = config.get("ViewerCertificate", {})
    inputs = {
        "enabled": config.get("Enabled"),
        "aliases": config.get("Aliases", {}).get("Items", []),
        "webAclId": config.get("WebACLId") or None,
        "httpVersion": str(config["HttpVersion"]).lower() if config.get("HttpVersion") else None,
        "isIpv6Enabled": config.get("IsIPV6Enabled"),
        "defaultCacheBehavior": camel(config["DefaultCacheBehavior"]),
        "orderedCacheBehaviors": camel(config.get("CacheBehaviors", {}).get("Items", [])),
        "origins": [_origin(item) for item in config.get("Origins", {}).get("Items", ())],
        "viewerCertificate": picked(
            viewer,
            acmCertificateArn="ACMCertificateArn",
            cloudfrontDefaultCertificate="CloudFrontDefaultCertificate",
            minimumProtocolVersion="MinimumProtocolVersion",
            sslSupportMethod="SSLSupportMethod",
        ),
    }
    logging = config.get("Logging", {})
    if logging.get("Enabled"):
        inputs["loggingConfig"] = picked(logging, bucket="Bucket", prefix="Prefix", includeCookies="IncludeCookies")
    return without_nothing(inputs)


def _origin(row: dict[str, Any]) -> dict[str, Any]:
    found = picked(row, originId="Id", domainName="DomainName", originAccessControlId="OriginAccessControlId")
    custom = row.get("CustomOriginConfig")
    if custom:
        found["customOriginConfig"] = {
            "originProtocolPolicy": custom["OriginProtocolPolicy"],
            "originSslProtocols": custom.get("OriginSslProtocols", {}).get("Items", []),
        }
    return without_nothing(found)
