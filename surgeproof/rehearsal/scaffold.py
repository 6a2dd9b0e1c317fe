"""What the project brings to a run: journeys, preparation of the shop, invariants. Found by path, never imported by name."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from surgeproof.launch.plan import LaunchPlan
from surgeproof.launch.records import Endpoints, InvariantReading, LoadResult
from surgeproof.load.journey import Journey, journeys_from
from surgeproof.rehearsal.errors import ScaffoldError

FOLDER = "loadtests"


@dataclass(frozen=True, slots=True)
class Scaffold:
    """The hooks of `loadtests/`.

    Attributes:
        root: The project's root folder.
        locustfile: What Locust runs.
        journeys: By name.
        prepare: Fills the shop before a run: schema, catalogue, stock times `stock_factor`.
        settled: Whether nothing is pending any more in the shop.
        read: The invariants' readings when the run is over.
    """

    root: Path
    locustfile: Path
    journeys: dict[str, Journey]
    prepare: Callable[..., None] | None
    settled: Callable[[Endpoints], bool] | None
    read: Callable[[Endpoints, LoadResult, LaunchPlan], list[InvariantReading]] | None


def load_scaffold(root: Path) -> Scaffold:
    """Import the project's journeys and hooks.

    Journeys are needed; `prepare.py` and `invariants.py` may be left out by a project that has nothing to
    prepare or to hold, and the verdict says so.

    Raises:
        ScaffoldError: `loadtests/` is missing, or a hook cannot be imported.
        JourneyFileError: The journeys are missing or cannot be imported.
    """
    locustfile = root / FOLDER / "locustfile.py"
    if not locustfile.is_file():
        raise ScaffoldError(
            "no load tests here",
            path=str(locustfile),
            fix=f"Run this in a project with {FOLDER}/locustfile.py and {FOLDER}/journeys.py",
        )
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    prepare = _hook(root, "prepare")
    invariants = _hook(root, "invariants")
    return Scaffold(
        root=root,
        locustfile=locustfile,
        journeys=journeys_from(root / FOLDER / "journeys.py"),
        prepare=getattr(prepare, "prepare", None),
        settled=getattr(invariants, "settled", None),
        read=getattr(invariants, "read", None),
    )


def _hook(root: Path, name: str) -> ModuleType | None:
    file = root / FOLDER / f"{name}.py"
    if not file.is_file():
        return None
    try:
        return importlib.import_module(f"{FOLDER}.{name}")
    except Exception as error:  # whatever a user's module raises is told in its own words
        raise ScaffoldError(
            f"cannot be imported: {type(error).__name__}: {error}", path=str(file), fix="Run `make setup`, or mend it"
        ) from error
