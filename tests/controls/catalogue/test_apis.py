"""HTTP APIs: the triples."""

from __future__ import annotations

from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import BYSTANDER, changed, made, verdicts
from tests.controls.triples import triple

API = made(
    "aws:apigatewayv2/api:Api",
    "api",
    {"corsConfiguration": {"allowOrigins": ["https://shop.example"]}, "disableExecuteApiEndpoint": True},
)
SETTINGS = {"defaultRouteSettings": {"throttlingRateLimit": 500, "throttlingBurstLimit": 1000}}
STAGE = made("aws:apigatewayv2/stage:Stage", "stage", SETTINGS, apiId=API)
ROUTE = made(
    "aws:apigatewayv2/route:Route",
    "orders",
    {"routeKey": "GET /orders", "authorizationType": "JWT", "authorizerId": "a1"},
)


def test_routes() -> None:
    """AGW-01."""
    public = changed(ROUTE, "authorizationType", routeKey="GET /healthz")
    triple("AGW-01", none=[BYSTANDER, public], good=[ROUTE], bad=[changed(ROUTE, authorizationType="NONE")])
    triple("AGW-01", none=[], good=[ROUTE], bad=[changed(ROUTE, "authorizationType")])
    triple("AGW-01", none=[], good=[ROUTE], bad=[changed(ROUTE, "authorizerId")])
    assert verdicts("AGW-01", changed(ROUTE, authorizationType=UNKNOWN_MARK)) == {"unknown"}


def test_bounds() -> None:
    """AGW-03."""
    everybody = changed(API, corsConfiguration={"allowOrigins": ["*"]})
    triple("AGW-03", none=[BYSTANDER], good=[API, STAGE], bad=[API, changed(STAGE, "defaultRouteSettings")])
    triple("AGW-03", none=[], good=[API, STAGE], bad=[everybody, STAGE])
    any_page = changed(API, corsConfiguration={"allowOrigins": ["https://*"]})
    triple("AGW-03", none=[], good=[API, STAGE], bad=[any_page, STAGE])
    domain = made(
        "aws:apigatewayv2/domainName:DomainName", "d", {"domainNameConfiguration": {"securityPolicy": "TLS_1_0"}}
    )
    mapping = made("aws:apigatewayv2/apiMapping:ApiMapping", "m", stage=STAGE, domainName=domain)
    triple("AGW-03", none=[], good=[API, STAGE], bad=[API, STAGE, domain, mapping])


def test_ways_around() -> None:
    """AGW-03: the API's own endpoint, and a way inside in clear text."""
    triple("AGW-03", none=[], good=[API, STAGE], bad=[changed(API, disableExecuteApiEndpoint=False), STAGE])
    inside = made("aws:apigatewayv2/integration:Integration", "i", {"connectionType": "VPC_LINK"}, apiId=API)
    sealed = inside.model_copy(
        update={"inputs": {**inside.inputs, "tlsConfig": {"serverNameToVerify": "door.example"}}}
    )
    triple("AGW-03", none=[], good=[API, STAGE, sealed], bad=[API, STAGE, inside])
