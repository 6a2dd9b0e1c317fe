"""Controls of HTTP APIs (API Gateway v2)."""

from __future__ import annotations

from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, is_true, must
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

INTEGRATION = "aws:apigatewayv2/integration:Integration"
PUBLIC_ROUTES = frozenset({"$connect", "$disconnect", "GET /", "GET /health", "GET /healthz"})
"""Routes that anybody may call; an ``OPTIONS`` route is CORS's own question and carries no credentials."""


LOGGED = {
    "the request": ("$context.requestId", "$context.extendedRequestId"),
    "the address": ("$context.identity.sourceIp",),
    "who it was": ("$context.authorizer", "$context.identity.user", "$context.identity.caller"),
}
"""What a line of an access log must hold (PCI DSS 10.2.2)."""


@control(
    id="AGW-01",
    title="Every route asks who calls, but those that are public by name",
    severity="high",
    family="api_route",
    rationale="A route without an authorizer is open to the world, however deep in the network its task lies.",
    remediation="`authorization_type='JWT', authorizer_id=authorizer.id`",
    requirements=published("APIGateway.8", pci="7.2.1p", nist="AC-3"),
)
def route_asks_who(resource: Resource, context: Context) -> list[Outcome]:
    """An authorization type other than NONE, and the authorizer that two of the types need."""
    route = context.value(resource, "routeKey")
    if str(route) in PUBLIC_ROUTES or str(route).startswith("OPTIONS "):
        return [not_applicable("a public route")]
    kind = "authorizationType"
    named = passed()
    if context.value(resource, kind) in ("JWT", "CUSTOM") and not resource.property_dependencies.get("authorizerId"):
        named = must(context, resource, "authorizerId", bool, "names no authorizer")
    return all_of(
        must(context, resource, kind, lambda value: value not in (None, "NONE"), "lets anybody call it"), named
    )


@control(
    id="AGW-03",
    title="An API throttles, and only named pages may call it from a browser",
    severity="high",
    family="api_stage",
    rationale="An HTTP API takes no web ACL: without a throttle the launch's bots share the shoppers' capacity.",
    remediation="`default_route_settings={'throttling_rate_limit': 500, 'throttling_burst_limit': 1000}`",
    requirements=published("APIGateway.10 APIGateway.11", pci="4.2.1p 6.4.2j", nist="SC-8 SC-5"),
)
def api_is_bounded(resource: Resource, context: Context) -> list[Outcome]:
    """Throttling on the stage; no ``*`` in the API's CORS origins; its domains take TLS 1.2; no way around CloudFront.

    A web ACL cannot be put before an HTTP API, so that its own endpoint must be off and its way inside be TLS.
    """
    settings = "defaultRouteSettings"
    throttles = (
        must(context, resource, f"{settings}.{key}", bool, "does not throttle")
        for key in ("throttlingRateLimit", "throttlingBurstLimit")
    )
    apis = [item for item in context.graph.sources(resource, "apiId") if item.type.endswith(":Api")]
    domains = [
        domain
        for mapping in context.graph.of_type("aws:apigatewayv2/apiMapping:ApiMapping")
        if resource in context.graph.sources(mapping, "stage")
        for domain in context.graph.sources(mapping, "domainName")
    ]
    return all_of(
        *throttles,
        *(_origins(context, api) for api in apis),
        *(_domain(context, domain) for domain in domains),
        *(_endpoint(context, api) for api in apis),
        *(_inside(context, item) for api in apis for item in reach(context).linking(api, INTEGRATION, "apiId")),
    )


def _endpoint(context: Context, api: Resource) -> Outcome:
    off = context.value(api, "disableExecuteApiEndpoint")
    if off is UNKNOWN:
        return unknown(f"{api.name}: whether its own endpoint is off is not known", property="apiId")
    return (
        passed() if is_true(off) else failed(f"{api.name}: answers beside CloudFront and its web ACL", property="apiId")
    )


def _inside(context: Context, integration: Resource) -> Outcome:
    private = context.value(integration, "connectionType") == "VPC_LINK"
    if private and context.value(integration, "tlsConfig.serverNameToVerify") is ABSENT:
        return failed(f"{integration.name}: goes on in clear text", property="apiId")
    return passed()


_ANY_PAGE = ("*", "https://*", "http://*")


def _origins(context: Context, api: Resource) -> Outcome:
    origins = context.value(api, "corsConfiguration.allowOrigins")
    if origins is UNKNOWN:
        return unknown(f"{api.name}: who may call it from a browser is not known", property="apiId")
    if any(item in _ANY_PAGE for item in (origins if isinstance(origins, list) else [origins])):
        return failed(f"{api.name}: any page may call it from a browser", property="apiId")
    return passed()


def _domain(context: Context, domain: Resource) -> Outcome:
    policy = context.value(domain, "domainNameConfiguration.securityPolicy")
    if policy is UNKNOWN:
        return unknown(f"{domain.name}: its TLS policy is not known", property="apiId")
    if policy == "TLS_1_2":
        return passed()
    return failed(f"{domain.name}: takes old TLS versions", property="apiId")


@control(
    id="AGW-02",
    title="API stages log who called what",
    severity="med",
    family="api_stage",
    rationale="The task behind the API sees API Gateway as its only caller.",
    remediation="`access_log_settings={'destination_arn': group.arn, 'format': '{\"id\":\"$context.requestId\",...}'}`",
    requirements=published("APIGateway.9†", pci="10.4.2h 10.2.1p", nist="AU-3"),
)
def stage_logs(resource: Resource, context: Context) -> list[Outcome]:
    """A destination, and a format with request, address and identity."""
    settings = "accessLogSettings"
    form = context.value(resource, f"{settings}.format")
    if form is UNKNOWN:
        return [unknown("the format of its log is not known", property=settings)]
    missing = [what for what, words in LOGGED.items() if not any(word in str(form) for word in words)]
    return all_of(
        passed()
        if resource.property_dependencies.get(settings)
        else must(context, resource, f"{settings}.destinationArn", bool, "has no access log"),
        failed(f"its log leaves out {', '.join(missing)}", property=settings) if missing else passed(),
    )
