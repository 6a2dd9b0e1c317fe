"""Controls of what a function runs on, where it lies, and how much of it runs at once."""

from __future__ import annotations

from surgeproof.controls.catalogue.functions import MAPPING, of_function
from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import must
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.placement import in_scope, zones_of
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

FUNCTION = "function"
RUNTIMES = (
    "dotnet8", "java11", "java17", "java21", "java25", "nodejs22.x", "nodejs24.x", "provided.al2023", "python3.11",
    "python3.12", "python3.13", "python3.14", "ruby3.3", "ruby3.4",
)  # fmt: skip
"""Runtimes that are not deprecated in November 2026 (AWS Lambda Developer Guide, 'Lambda runtimes')."""


@control(
    id="LAM-02",
    title="Functions run on a runtime that still gets fixes",
    severity="med",
    family=FUNCTION,
    rationale="A runtime without fixes keeps every hole that is found from now on.",
    remediation="`runtime='python3.13'`",
    requirements=published("Lambda.2†", pci="6.3.3p", nist="SI-2"),
)
def runtime_is_supported(resource: Resource, context: Context) -> Outcome:
    """One of `RUNTIMES`; an image brings its own."""
    if context.value(resource, "packageType") == "Image":
        return not_applicable("an image brings its own runtime")
    return must(context, resource, "runtime", lambda value: value in RUNTIMES, "its runtime gets no more fixes")


@control(
    id="LAM-05",
    title="Functions that touch card data lie in the network, in two zones",
    severity="med",
    family=FUNCTION,
    rationale="Outside the network there is no security group to keep card data in.",
    remediation="`vpc_config={'subnet_ids': [a.id, b.id], 'security_group_ids': [group.id]}`",
    requirements=published("Lambda.5 Lambda.3°", pci="1.3.1p 1.4.1p", nist="SC-7"),
)
def card_function_is_inside(resource: Resource, context: Context) -> Outcome:
    """A function tagged for the environment has subnets in two zones."""
    if not in_scope(context, resource):
        return not_applicable("not tagged pci-scope=cde")
    subnets = reach(context).subnets_of(resource, "vpcConfig")
    if not subnets:
        if context.value(resource, "vpcConfig") is ABSENT:
            return failed("lies outside the network", property="vpcConfig")
        return unknown("its subnets are not of this program", property="vpcConfig")
    return passed() if len(zones_of(context, subnets)) > 1 else failed("lies in one zone", property="vpcConfig")


@control(
    id="LAM-06",
    title="A function cannot take all of the account's concurrency, or of the database",
    severity="med",
    family=FUNCTION,
    rationale="In a launch an unbounded function opens more connections than the database has.",
    remediation="`reserved_concurrent_executions=50`, or `scaling_config={'maximum_concurrency': 20}` on its mapping",
    requirements=published(nist="SC-5"),
)
def concurrency_is_bounded(resource: Resource, context: Context) -> Outcome:
    """Reserved concurrency, or a maximum on each mapping."""
    reserved = context.value(resource, "reservedConcurrentExecutions")
    if reserved not in (ABSENT, UNKNOWN, -1):
        return passed()
    mappings = of_function(context, resource, MAPPING, "functionName")
    bounded = [context.value(item, "scalingConfig.maximumConcurrency") is not ABSENT for item in mappings]
    if mappings and all(bounded):
        return passed()
    if reserved is UNKNOWN:
        return unknown("whether it is bounded is not known", property="reservedConcurrentExecutions")
    return failed("is not bounded", property="reservedConcurrentExecutions")
