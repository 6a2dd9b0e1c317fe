"""The project's state folder: where each thing lies that outlives a command. Never committed."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = ".surgeproof"


@dataclass(frozen=True, slots=True)
class StateFolder:
    """``.surgeproof`` in the project's root.

    Attributes:
        root: The project's root.
    """

    root: Path

    @property
    def folder(self) -> Path:
        """The folder itself."""
        return self.root / NAME

    @property
    def state(self) -> Path:
        """The file backend of the engine: the state of the local stack."""
        return self.folder / "state"

    @property
    def workspace(self) -> Path:
        """Where the engine runs: a project file and the settings of the local stack, written anew for each command."""
        return self.folder / "engine"

    @property
    def home(self) -> Path:
        """Pulumi's home, so that the user's own is left alone."""
        return self.folder / "home"

    @property
    def plugins(self) -> Path:
        """Launchers of the provider and of the policy analyzer."""
        return self.folder / "plugins"

    @property
    def cloud(self) -> Path:
        """Which embedded AWS runs."""
        return self.folder / "cloud.json"

    @property
    def cloud_log(self) -> Path:
        """What that one said."""
        return self.folder / "cloud.log"

    @property
    def instance(self) -> Path:
        """Which embedded AWS holds what the state describes."""
        return self.folder / "deployed-into"

    def prepare(self) -> None:
        """Make the folders, for this user alone: the state holds outputs."""
        for folder in (self.folder, self.state, self.workspace, self.home, self.plugins):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def passphrase(self) -> str:
        """The key of the state's secrets: made up once, and kept beside it."""
        file = self.folder / "passphrase"
        if not file.exists():
            write_privately(file, secrets.token_urlsafe(24))
        return file.read_text(encoding="utf-8").strip()


def write_privately(file: Path, text: str) -> None:
    """Write a file as a whole or not at all, readable by this user alone."""
    new = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
    new.replace(file)


def read_json(file: Path) -> dict[str, Any] | None:
    """A JSON object; None when there is none that can be read."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
