"""A project of its own for each test; what a test leaves running is ended after it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.driving import CLI, Driven, project_at


@pytest.fixture(scope="session")
def cli() -> None:
    """The tests with the engine need the CLI: without it they fail and say how to get it."""
    if not (CLI / "pulumi").is_file() and shutil.which("pulumi") is None:
        pytest.fail("there is no Pulumi CLI: run `make pulumi`, or install it")


@pytest.fixture
def tiny(cli: None, tmp_path: Path) -> Iterator[Driven]:
    driven = project_at(tmp_path)
    yield driven
    driven.run("cloud", "stop")
