"""What a program may import while it runs: its own project first, and no module of another project."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType


@contextmanager
def program_imports(root: Path, folder: Path) -> Generator[None]:
    """Put a project's root and its program's folder on the import path, and put everything back afterwards.

    Modules of the same names that came from another project (a copy of this one, in a test) are
    set aside, so that two programs in one process do not get each other's code.

    Args:
        root: Root of the project.
        folder: Folder of the program's main file, where Python would look first.
    """
    own = {path.stem if path.suffix == ".py" else path.name for base in (root, folder) for path in base.iterdir()}
    foreign = {name: module for name, module in list(sys.modules.items()) if _is_foreign(name, module, own, root)}
    for name in foreign:
        del sys.modules[name]
    path = list(sys.path)
    sys.path[:0] = [str(root), str(folder)]
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:] = path
        if foreign:
            for name, module in list(sys.modules.items()):
                if name.partition(".")[0] in own and _lies_under(module, root):
                    del sys.modules[name]
            sys.modules.update(foreign)


def _is_foreign(name: str, module: ModuleType, own: set[str], root: Path) -> bool:
    top = name.partition(".")[0]
    if top not in own or top in sys.stdlib_module_names or top in {"surgeproof", "__main__"}:
        return False
    return not _lies_under(module, root) and not any("site-packages" in place for place in _places(module))


def _lies_under(module: ModuleType, root: Path) -> bool:
    places = _places(module)
    return bool(places) and all(Path(place).resolve().is_relative_to(root) for place in places)


def _places(module: ModuleType) -> list[str]:
    file = getattr(module, "__file__", None)
    return [file] if file else [str(place) for place in getattr(module, "__path__", [])]
