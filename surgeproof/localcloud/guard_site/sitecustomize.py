"""Python loads this in every child whose PYTHONPATH names this folder: no child may reach another machine."""

import importlib.machinery
import importlib.util
import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent

if str(_HERE) not in map(str, sys.path):
    sys.path.insert(0, str(_HERE))

import loopback_guard  # noqa: E402 # ty: ignore[import-not-found] - the folder had to be on the path first

# One module under both names, so that a child which imports the toolkit knows the error by its one class.
sys.modules.setdefault("surgeproof.localcloud.guard_site.loopback_guard", loopback_guard)
loopback_guard.install()


def _load_the_one_behind_us() -> None:
    """A system or a virtual environment may have a sitecustomize of its own, which this one hides."""
    folders = [entry for entry in sys.path if Path(entry or ".").resolve() != _HERE]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", folders)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


_load_the_one_behind_us()
