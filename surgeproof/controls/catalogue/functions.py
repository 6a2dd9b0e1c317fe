"""Controls of Lambda functions."""

from __future__ import annotations

from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, customer_key, must
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.published import published
from surgeproof.controls.secret_words import looks_secret
from surgeproof.graph.model import Resource
from surgeproof.graph.wire import UNKNOWN_MARK

FUNCTION = "function"
PERMISSION = "aws:lambda/permission:Permission"
URL = "aws:lambda/functionUrl:FunctionUrl"
MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"
INVOKE_CONFIG = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
ASYNCHRONOUS = ("sns.amazonaws.com", "events.amazonaws.com", "s3.amazonaws.com", "ses.amazonaws.com")


def of_function(context: Context, function: Resource, type_: str, property_: str) -> list[Resource]:
    """Resources of a type that name a function, by link or by its name."""
    name = function.outputs.get("name") or function.inputs.get("name")
    named = context.once(("by name", type_, property_), lambda: _by_text(context, type_, property_))
    found = {item.urn: item for item in reach(context).linking(function, type_, property_)}
    found |= {item.urn: item for item in named.get(str(name), [])}
    return list(found.values())


def _by_text(context: Context, type_: str, property_: str) -> dict[object, list[Resource]]:
    found: dict[object, list[Resource]] = {}
    for item in context.graph.of_type(type_):
        text = item.inputs.get(property_)
        if isinstance(text, str) and UNKNOWN_MARK not in text:
            found.setdefault(text, []).append(item)
    return found


@control(
    id="LAM-01",
    title="Only named callers invoke a function, and its URL asks who calls",
    severity="crit",
    family=FUNCTION,
    rationale="A function that any account's bucket or rule may call is a way in.",
    remediation="`source_arn=rule.arn` on the permission; `authorization_type='AWS_IAM'` on the URL.",
    requirements=published("Lambda.1†", pci="7.2.2p 7.3.1p 1.4.2p", nist="AC-3"),
)
def callers_are_named(resource: Resource, context: Context) -> list[Outcome]:
    """No ``*`` principal without a source, services with sourceArn or sourceAccount, no URL without authorization."""
    found: list[Outcome] = []
    for item in of_function(context, resource, PERMISSION, "function"):
        principal = context.value(item, "principal")
        bound = any(context.value(item, key) is not ABSENT for key in ("sourceArn", "sourceAccount", "principalOrgId"))
        if principal is UNKNOWN:
            found.append(unknown(f"{item.name}: its principal is not known", property="name"))
        elif not bound and (principal == "*" or str(principal).endswith(".amazonaws.com")):
            found.append(failed(f"{item.name}: lets {principal} call it for anybody", property="name"))
    for item in of_function(context, resource, URL, "functionName"):
        kind = context.value(item, "authorizationType")
        if kind is UNKNOWN:
            found.append(unknown(f"{item.name}: whether its URL asks who calls is not known", property="name"))
        elif kind == "NONE":
            found.append(failed(f"{item.name}: its URL asks nobody who calls", property="name"))
    return found or [passed()]


@control(
    id="LAM-03",
    title="A function's environment is encrypted with a customer key and holds no secret",
    severity="high",
    family=FUNCTION,
    rationale="Who may describe a function reads its environment.",
    remediation="`kms_key_arn=key.arn`; read secrets from Secrets Manager.",
    requirements=published(pci="3.5.1p 8.6.2j", nist="IA-5(7)"),
)
def environment_is_safe(resource: Resource, context: Context) -> list[Outcome]:
    """A customer key where there are variables; none looks like a secret."""
    variables = context.value(resource, "environment.variables")
    if variables is ABSENT or variables == {}:
        return [not_applicable("has no environment")]
    if not isinstance(variables, dict):
        return [unknown("its environment is known only after deployment", property="environment")]
    secret = [name for name, value in variables.items() if isinstance(value, str) and looks_secret(name, value)]
    return all_of(
        customer_key(context, resource, "kmsKeyArn", "its environment has no customer key"),
        *(failed(f"the variable {name} looks like a secret", property="environment") for name in secret),
    )


@control(
    id="LAM-04",
    title="What a function could not handle is kept",
    severity="high",
    family=FUNCTION,
    rationale="After three tries an asynchronous call is dropped; one bad message repeats a whole batch.",
    remediation="`dead_letter_config={'target_arn': dead.arn}`; `function_response_types=['ReportBatchItemFailures']`",
    requirements=published(nist="SI-11"),
)
def failures_are_kept(resource: Resource, context: Context) -> list[Outcome]:
    """A dead-letter queue or on-failure destination where it is called asynchronously; partial batch answers."""
    ways = reach(context)
    mappings = [
        item
        for item in of_function(context, resource, MAPPING, "functionName")
        if any(source.type == "aws:sqs/queue:Queue" for source in ways.linked(item, "eventSourceArn"))
        or ":sqs:" in str(context.value(item, "eventSourceArn"))
    ]
    asynchronous = [
        item
        for item in of_function(context, resource, PERMISSION, "function")
        if context.value(item, "principal") in ASYNCHRONOUS
    ]
    if not mappings and not asynchronous:
        return [not_applicable("neither a queue nor an event calls it")]
    outcomes = [
        must(
            context,
            item,
            "functionResponseTypes",
            lambda value: isinstance(value, list) and "ReportBatchItemFailures" in value,
            f"{item.name}: one bad message repeats the batch",
        )
        for item in mappings
    ]
    kept = context.value(resource, "deadLetterConfig.targetArn") is not ABSENT or any(
        context.value(item, "destinationConfig.onFailure.destination") is not ABSENT
        for item in of_function(context, resource, INVOKE_CONFIG, "functionName")
    )
    if asynchronous and not kept:
        outcomes.append(failed("drops events that it could not handle", property="deadLetterConfig"))
    return all_of(*outcomes)
