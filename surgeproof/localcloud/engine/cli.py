"""The Pulumi CLI: where it is, and whether it can be used."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from surgeproof.localcloud.engine.errors import CliMissingError

BUILT = Path(".tools/bin/pulumi")
"""Where ``make pulumi`` puts it, from the project's root."""
OLDEST = (3, 200, 0)
"""Older ones lack what the engine is asked here; 3.259.0 is what the tests run."""


def find_cli(root: Path) -> Path:
    """The CLI that was built in the project, or the one on PATH.

    Args:
        root: The project's root.

    Raises:
        CliMissingError: There is none, or it is too old; says how to get it.
    """
    built = root / BUILT
    found = str(built) if os.access(built, os.X_OK) else shutil.which("pulumi")
    if found is None:
        raise CliMissingError("there is no Pulumi CLI, neither on PATH nor in .tools/bin")
    version = cli_version(Path(found))
    if version < OLDEST:
        told = ".".join(map(str, version))
        raise CliMissingError(
            f"this Pulumi CLI is too old ({told}; {'.'.join(map(str, OLDEST))} is needed)", path=found
        )
    return Path(found)


def cli_version(cli: Path) -> tuple[int, ...]:
    """Its version.

    Raises:
        CliMissingError: It tells none.
    """
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        told = subprocess.run(
            [cli, "version"], capture_output=True, text=True, check=True, timeout=30, env=environment
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise CliMissingError(f"this Pulumi CLI does not run ({type(error).__name__})", path=str(cli)) from None
    match = re.match(r"v?(\d+)\.(\d+)\.(\d+)", told.strip())
    if match is None:
        raise CliMissingError(f"this Pulumi CLI tells no version ({told.strip()!r})", path=str(cli))
    return tuple(int(part) for part in match.groups())
