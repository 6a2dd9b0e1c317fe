"""Drives a whole run in this process, through the same driver that Locust's glue uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surgeproof.launch.records import LoadResult
from surgeproof.load.crew import LocalCrew
from surgeproof.load.journey import Client, Journey
from surgeproof.load.progress import ProgressTail
from surgeproof.load.run_config import RunConfig
from surgeproof.load.run_driver import RunDriver
from surgeproof.load.visitor import Visitor

PlanFile = Callable[..., Path]
Make = Callable[..., RunConfig]
"""Makes the settings of a run."""


@dataclass
class Driven:
    """A run that is over."""

    result: LoadResult
    rows: NDArray[Any]
    steps: list[str]
    folder: Path

    def of(self, step: str) -> NDArray[Any]:
        return self.rows[self.rows["step"] == self.steps.index(step)]

    @property
    def progress(self) -> Sequence[Any]:
        return ProgressTail(self.folder).read()


def journeys(**functions: Callable[[Client, Visitor], None]) -> dict[str, Journey]:
    """Journeys by keyword."""
    return {name: Journey(name, run, "") for name, run in functions.items()}


def drive(config: RunConfig, of: Mapping[str, Journey]) -> Driven:
    """Run to the end; the files are read back from the folder."""
    driver = RunDriver(config, of, LocalCrew(of), lambda *_: None)
    driver.drive()
    result = LoadResult.model_validate_json((config.folder / "result.json").read_text())
    with np.load(config.folder / "samples.npz") as files:
        return Driven(result, files["samples"], files["steps"].tolist(), config.folder)


def slow(client: Client, _: Visitor) -> None:
    """A journey of one step."""
    client.get("/", name="step")


def run_one(config: Make, path: str, **plan: Any) -> Driven:
    """Run one journey that asks for one path."""

    def run(client: Client, _: Visitor) -> None:
        client.get(path, name="step")

    return drive(config(plan={"mix": "{one: 1}", **plan}), journeys(one=run))
