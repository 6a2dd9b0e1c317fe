"""Functions and HTTP APIs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from surgeproof.graph.live.account import Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import NOT_KEPT, camel, part_or, picked, without_nothing


@reads(
    "aws:lambda/function:Function",
    "aws:lambda/permission:Permission",
    "aws:lambda/functionUrl:FunctionUrl",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    calls=(
        "lambda.list_functions",
        "lambda.get_policy",
        "lambda.get_function_concurrency",
        "lambda.list_function_url_configs",
        "lambda.list_function_event_invoke_configs",
        "lambda.list_event_source_mappings",
    ),
)
def functions(account: Reading) -> Iterator[Found]:
    """Functions, who may call them, and what calls them."""
    for row in account.rows("lambda.list_functions", "Functions"):
        name, arn = row["FunctionName"], row["FunctionArn"]
        kept = account.part("lambda.get_function_concurrency", FunctionName=name)
        inputs = {
            **picked(row, name="FunctionName", role="Role", runtime="Runtime", timeout="Timeout"),
            **picked(row, kmsKeyArn="KMSKeyArn", deadLetterConfig="DeadLetterConfig", loggingConfig="LoggingConfig"),
            "environment": picked(row.get("Environment", {}), variables="Variables") or None,
            "vpcConfig": picked(row.get("VpcConfig", {}), subnetIds="SubnetIds", securityGroupIds="SecurityGroupIds")
            or None,
            "reservedConcurrentExecutions": part_or(kept, lambda answer: answer.get("ReservedConcurrentExecutions")),
        }
        yield Found("aws:lambda/function:Function", name, without_nothing(inputs), {"arn": arn, "name": name})
        yield from _permissions(account, name)
        for url in account.rows("lambda.list_function_url_configs", "FunctionUrlConfigs", FunctionName=name):
            given = {"functionName": name, "authorizationType": url["AuthType"]}
            yield Found("aws:lambda/functionUrl:FunctionUrl", url["FunctionUrl"], given)
        for item in account.rows(
            "lambda.list_function_event_invoke_configs", "FunctionEventInvokeConfigs", FunctionName=name
        ):
            given = {"functionName": name, "destinationConfig": camel(item.get("DestinationConfig")) or None}
            yield Found("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", name, without_nothing(given))
    for row in account.rows("lambda.list_event_source_mappings", "EventSourceMappings"):
        inputs = picked(
            row,
            functionName="FunctionArn",
            eventSourceArn="EventSourceArn",
            functionResponseTypes="FunctionResponseTypes",
            scalingConfig="ScalingConfig",
            batchSize="BatchSize",
        )
        yield Found("aws:lambda/eventSourceMapping:EventSourceMapping", row["UUID"], inputs)


def _permissions(account: Reading, name: str) -> Iterator[Found]:
    type_ = "aws:lambda/permission:Permission"
    answer = account.part("lambda.get_policy", absent=("ResourceNotFoundException",), FunctionName=name)
    told = part_or(answer, lambda given: json.loads(given["Policy"]), {})
    if told is NOT_KEPT:
        yield Found(type_, f"{name}/unread", {"function": name, "principal": NOT_KEPT, "sourceArn": NOT_KEPT})
        return
    for number, statement in enumerate(told.get("Statement", ())):
        yield Found(type_, f"{name}/{statement.get('Sid', number)}", _permission(name, statement))


def _permission(name: str, statement: dict[str, Any]) -> dict[str, Any]:
    principal = statement.get("Principal")
    if isinstance(principal, dict):
        principal = next(iter(principal.values()), None)
    keys = {key.lower(): value for bound in statement.get("Condition", {}).values() for key, value in bound.items()}
    return without_nothing(
        {
            "function": name,
            "action": statement.get("Action"),
            "principal": principal,
            "sourceArn": keys.get("aws:sourcearn"),
            "sourceAccount": keys.get("aws:sourceaccount"),
            "principalOrgId": keys.get("aws:principalorgid"),
        }
    )


@reads(
    "aws:apigatewayv2/api:Api",
    "aws:apigatewayv2/route:Route",
    "aws:apigatewayv2/stage:Stage",
    "aws:apigatewayv2/domainName:DomainName",
    calls=(
        "apigatewayv2.get_apis",
        "apigatewayv2.get_routes",
        "apigatewayv2.get_stages",
        "apigatewayv2.get_domain_names",
    ),
)
def apis(account: Reading) -> Iterator[Found]:
    """HTTP and WebSocket APIs with their routes and stages."""
    for row in account.rows("apigatewayv2.get_apis", "Items"):
        api = row["ApiId"]
        inputs = picked(
            row,
            name="Name",
            protocolType="ProtocolType",
            corsConfiguration="CorsConfiguration",
            disableExecuteApiEndpoint="DisableExecuteApiEndpoint",
        )
        yield Found("aws:apigatewayv2/api:Api", api, inputs, {"name": row["Name"]})
        for route in account.rows("apigatewayv2.get_routes", "Items", ApiId=api):
            given = picked(
                route, routeKey="RouteKey", authorizationType="AuthorizationType", authorizerId="AuthorizerId"
            )
            yield Found("aws:apigatewayv2/route:Route", route["RouteId"], {"apiId": api, **given})
        for stage in account.rows("apigatewayv2.get_stages", "Items", ApiId=api):
            given = picked(
                stage,
                name="StageName",
                accessLogSettings="AccessLogSettings",
                defaultRouteSettings="DefaultRouteSettings",
            )
            yield Found("aws:apigatewayv2/stage:Stage", f"{api}/{stage['StageName']}", {"apiId": api, **given})
    for row in account.rows("apigatewayv2.get_domain_names", "Items"):
        settings = row.get("DomainNameConfigurations") or [{}]
        inputs = {"domainName": row["DomainName"], "domainNameConfiguration": camel(settings[0])}
        yield Found("aws:apigatewayv2/domainName:DomainName", row["DomainName"], inputs)
