"""The Pulumi CLI: where it is, and how to get it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from surgeproof.localcloud.engine.errors import CliMissingError

BUILT = Path(".tools/bin/pulumi")
"""Where ``make pulumi`` puts it, from the project's root."""


def find_cli(root: Path) -> Path:
    """The CLI that was built in the project, or the one on PATH.

    Args:
        root: The project's root.

    Raises:
        CliMissingError: There is none; says how to get it.
    """
    built = root / BUILT
    found = str(built) if os.access(built, os.X_OK) else shutil.which("pulumi")
    if found is None:
        raise CliMissingError("there is no Pulumi CLI, neither on PATH nor in .tools/bin")
    return Path(found)
