"""One embedded AWS for all tests of this folder that do not start their own; names are unique to each test."""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.deploy import HandlerOutputs, account_of
from tests.localcloud_aws.life import Life

_numbers = itertools.count()

Create = Callable[..., tuple[str, dict[str, Any]]]
Live = Callable[..., Life]


@pytest.fixture(scope="session")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as embedded:
        yield embedded


@pytest.fixture(scope="session")
def outputs(aws: EmbeddedAws) -> HandlerOutputs:
    return HandlerOutputs(account_of(aws, default_tags={"owner": "tests"}))


@pytest.fixture
def unique() -> str:
    return f"t{next(_numbers)}"


@pytest.fixture
def create(outputs: HandlerOutputs, unique: str) -> Create:
    """Create one resource of a type, under a name of this test."""

    def make(token: str, name: str = "thing", /, **inputs: Any) -> tuple[str, dict[str, Any]]:
        return outputs.new_resource(token, f"{unique}-{name}", inputs, f"urn:{unique}:{token}:{name}")

    return make


@pytest.fixture
def live(create: Create, outputs: HandlerOutputs) -> Live:
    """Create one resource of a type, and follow it through its life."""

    def make(token: str, name: str = "thing", /, **inputs: Any) -> Life:
        return Life(outputs, token, create(token, name, **inputs))

    return make


@pytest.fixture
def live_as(create: Create, outputs: HandlerOutputs) -> Live:
    """The same of one whose inputs are given whole: it is told with these, and no others."""

    def make(token: str, /, **inputs: Any) -> Life:
        return Life(outputs, token, create(token, **inputs), inputs)

    return make


def server_cpu(aws: EmbeddedAws) -> float:
    """Seconds of CPU that the server has used, in steps of 10 ms."""
    fields = Path(f"/proc/{aws.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
