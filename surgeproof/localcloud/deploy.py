"""Deploys a Pulumi program into the embedded AWS: every registration goes to the handler of its type."""

from __future__ import annotations

import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from surgeproof.graph.model import Graph
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.aws_errors import DeployError, ResourceInputError
from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import New, answer_of, handler_of
from surgeproof.localcloud.records import ServerRecords

SEED_DIGITS = 7
"""Hex digits behind names that are made up; as many as Pulumi takes."""


class HandlerOutputs:
    """An outputs provider whose ids and outputs are those of what was created in the embedded AWS.

    Attributes:
        spent: Real seconds in handlers by type, summed over threads.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        self.spent: defaultdict[str, float] = defaultdict(float)

    def new_resource(self, type_: str, name: str, inputs: dict[str, Any], urn: str) -> tuple[str, dict[str, Any]]:
        """Check and create one resource.

        Raises:
            UnknownResourceTypeError: The type has no handler.
            ResourceInputError: The inputs are not what AWS would take.
            DeployError: The embedded AWS refused it.
        """
        handler = handler_of(type_, name)
        seed = hashlib.sha256(urn.encode()).hexdigest()[:SEED_DIGITS]
        started = time.perf_counter()
        checked, failures = handler.check(New(name, inputs, {}, seed))
        if failures:
            problem = "; ".join(f"{field}: {reason}" for field, reason in failures)
            raise ResourceInputError(type_, name, problem)
        try:
            identity, outputs = handler.create(self.account, checked)
        except (ClientError, BotoCoreError) as refused:
            raise DeployError(type_, name, str(refused)) from refused
        self.spent[type_] += time.perf_counter() - started
        return identity, {key: value for key, value in outputs.items() if value is not None}

    def call(self, token: str, args: dict[str, Any]) -> dict[str, Any]:
        """Answer a provider function.

        Raises:
            UnknownInvokeError: The function has no answer.
            DeployError: The embedded AWS refused a call behind it.
        """
        answer = answer_of(token)
        try:
            return answer(self.account, args)
        except (ClientError, BotoCoreError) as refused:
            raise DeployError(token, token, str(refused)) from refused


def account_of(
    aws: EmbeddedAws, *, region: str | None = None, default_tags: Mapping[str, str] | None = None
) -> Account:
    """The account that handlers work in."""
    return Account(
        aws.clients,
        number=aws.account_id,
        region=region or aws.region,
        default_tags=default_tags,
        records=ServerRecords(aws.request),
    )


def deploy(project: Project, stack: str, overrides: Mapping[str, Any] | None, aws: EmbeddedAws) -> Graph:
    """Run the program of a stack and create what it registers, in the region that the stack names.

    Args:
        project: Where the program and the stack's settings are.
        stack: Name of the stack.
        overrides: Setting path to value, on top of the stack's settings.
        aws: The embedded AWS, started.

    Returns:
        The graph, with the ids and outputs of what was created.

    Raises:
        LocalCloudError: A type without a handler, or a resource that AWS would refuse.
        Exception: Whatever the program raises, as itself.
    """
    values = project.config(stack, overrides).values
    tags = json.loads(values.get("aws:defaultTags", "{}")).get("tags")
    account = account_of(aws, region=values.get("aws:region"), default_tags=tags)
    return run_program(project, stack, overrides=overrides, outputs=HandlerOutputs(account))
