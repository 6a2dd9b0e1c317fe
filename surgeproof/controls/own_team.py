"""Controls of a user's team: every module of a folder, imported next to the catalogue."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

from surgeproof.controls.errors import ControlDefinitionError

FOLDER = "policies/controls"
"""Where they lie, from the project's root."""

_NAME = re.compile(r"^[A-Z][A-Z0-9]*-[0-9]{2,3}$")


def load_team_controls(folder: Path) -> list[str]:
    """Import each module of the folder, and return their names; none when there is no folder.

    Raises:
        ControlDefinitionError: When a module cannot be imported; names it and the error.
    """
    found = []
    for path in sorted(folder.glob("*.py")):
        name = f"surgeproof_team_controls.{path.stem}"
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            continue
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except ControlDefinitionError:
            raise
        except Exception as error:
            del sys.modules[name]
            raise ControlDefinitionError(
                f"cannot be imported ({type(error).__name__}: {error})", path=str(path), fix="Mend the module"
            ) from error
        found.append(path.stem)
    return found


def scaffold(root: Path, id_: str, family: str) -> list[Path]:
    """Write a new control and its three tests; returns the files.

    Raises:
        ControlDefinitionError: When the id has another form, or a file is there already.
    """
    if not _NAME.match(id_):
        raise ControlDefinitionError("is no id of a control", path="ID", got=id_, allowed="TEAM-01: letters, -, digits")
    stem = id_.lower().replace("-", "_")
    files = {
        root / FOLDER / f"{stem}.py": _CONTROL.format(id=id_, family=family, function=stem),
        root / "policies/tests" / f"test_{stem}.py": _TEST.format(id=id_, family=family, stem=stem),
    }
    for path in files:
        if path.exists():
            raise ControlDefinitionError("is there already", path=str(path), fix="Take another id, or edit the file")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)


_CONTROL = '''"""{id}: what must hold."""

from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.outcome import Outcome, failed, passed, unknown
from surgeproof.graph.model import Resource

PROPERTY = "tags.owner"


@control(
    id="{id}",
    title="Somebody owns it",
    severity="med",
    family="{family}",
    rationale="What nobody owns, nobody mends.",
    remediation='`tags={{"owner": "team@example.com"}}`',
)
def {function}(resource: Resource, context: Context) -> Outcome:
    """Change this to what must hold."""
    value = context.value(resource, PROPERTY)
    if value is UNKNOWN:
        return unknown("its owner is known only after deployment", property=PROPERTY)
    return failed("names no owner", property=PROPERTY) if value is ABSENT else passed()
'''

_TEST = '''"""{id}: no such resource, one that keeps the rule, one that breaks it."""

from pathlib import Path

from surgeproof.controls.families import FAMILIES
from surgeproof.controls.own_team import load_team_controls
from surgeproof.controls.triples import resource, triple

TYPE = FAMILIES["{family}"][0]


def test_{stem}() -> None:
    load_team_controls(Path(__file__).parents[1] / "controls")
    triple(
        "{id}",
        none=[],
        good=[resource(TYPE, "good", inputs={{"tags": {{"owner": "team@example.com"}}}})],
        bad=[resource(TYPE, "bad")],
    )
'''
