"""A Pulumi project on disk: its program, its stacks, and their settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from surgeproof.graph.errors import ProjectError, UnknownStackError
from surgeproof.graph.model import SECRET
from surgeproof.graph.overrides import apply_overrides, split_path
from surgeproof.graph.stack_file import StackFile

SETTINGS_KEY = "surgeproof:platform"
"""The one config key that holds a stack's settings; override paths are relative to it."""


@dataclass(frozen=True)
class StackConfig:
    """What a program reads through `pulumi.Config`.

    Attributes:
        values: Config key to value; nested values are JSON, as Pulumi hands them over.
        secret_keys: Keys whose value is, or holds, an encrypted one. Their plain text is not known here.
    """

    values: dict[str, str]
    secret_keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Project:
    """A folder with a Pulumi.yaml.

    Attributes:
        root: The folder.
        file: Its Pulumi.yaml, parsed.
    """

    root: Path
    file: StackFile = field(repr=False)

    @classmethod
    def find(cls, start: Path | str = ".") -> Project:
        """The project of a folder or of one above it.

        Raises:
            ProjectError: When there is no Pulumi.yaml, or it is not what Pulumi accepts.
        """
        folder = Path(start).resolve()
        for candidate in (folder, *folder.parents):
            for name in ("Pulumi.yaml", "Pulumi.yml"):
                if (candidate / name).is_file():
                    return cls(candidate, StackFile.read(candidate / name))
        raise ProjectError(
            "no Pulumi.yaml here or in a folder above",
            path=str(folder),
            fix="Run this in the folder of a Pulumi project",
        )

    def __post_init__(self) -> None:
        name = self.file.values.get("name")
        if not isinstance(name, str) or not name:
            raise ProjectError("names no project", path=f"{self.file.path}: name", fix="Add `name: my-shop`")
        runtime = self.file.values.get("runtime")
        kind = runtime.get("name") if isinstance(runtime, dict) else runtime
        if kind != "python":
            raise ProjectError(
                "the program cannot be run here",
                path=f"{self.file.path}: runtime",
                got=kind,
                allowed="python",
                fix="Give the stack's exported state instead of its program",
            )

    @property
    def name(self) -> str:
        """Name of the project."""
        return str(self.file.values["name"])

    @cached_property
    def program(self) -> Path:
        """The program's `__main__.py`, or the file that `main` names.

        Raises:
            ProjectError: When it does not exist.
        """
        main = self.root / str(self.file.values.get("main") or ".")
        script = main / "__main__.py" if main.is_dir() else main
        if not script.is_file():
            raise ProjectError(
                "there is no program",
                path=f"{self.file.path}: main",
                got=str(self.file.values.get("main") or "."),
                allowed="a folder with a __main__.py, or a Python file",
            )
        return script

    @cached_property
    def stacks(self) -> tuple[str, ...]:
        """Names of the stacks that have a Pulumi.<stack>.yaml, sorted."""
        return tuple(
            sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in self.root.glob("Pulumi.*.yaml"))
        )

    def stack_file(self, stack: str) -> StackFile:
        """The parsed file of a stack.

        Raises:
            UnknownStackError: When there is none; lists those that exist.
            ProjectError: When it is malformed.
        """
        if stack not in self.stacks:
            existing = ", ".join(self.stacks) or "none yet"
            raise UnknownStackError(
                f"no stack of {self.name} has this name",
                path="--stack",
                got=stack,
                allowed=existing,
                fix=f"Name one of them, or write Pulumi.{stack}.yaml",
            )
        return StackFile.read(self.root / f"Pulumi.{stack}.yaml")

    def settings(self, stack: str, overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The nested settings of a stack (`surgeproof:platform`), with overrides applied; {} when it has none.

        Raises:
            ProjectError: When they are no mapping, or an override leads nowhere.
        """
        file = self.stack_file(stack)
        value = _config_of(file).get(SETTINGS_KEY, {})
        if not isinstance(value, dict):
            line = file.line_of("config", SETTINGS_KEY)
            raise ProjectError("does not hold a mapping of settings", path=f"{file.path}:{line}", got=value)
        return apply_overrides(value, overrides or {})

    def config(self, stack: str, overrides: Mapping[str, Any] | None = None) -> StackConfig:
        """What the program of a stack reads through `pulumi.Config`.

        Raises:
            ProjectError: As `settings`.
        """
        raw = dict(_config_of(self.stack_file(stack)))
        if overrides or SETTINGS_KEY in raw:
            raw[SETTINGS_KEY] = self.settings(stack, overrides)
        values: dict[str, str] = {}
        secrets: list[str] = []
        for key, value in raw.items():
            full = key if ":" in key else f"{self.name}:{key}"
            opened, secret = _opened(value)
            values[full] = opened if isinstance(opened, str) else json.dumps(opened, default=str)
            if secret:
                secrets.append(full)
        return StackConfig(values, tuple(secrets))

    def line_of(self, stack: str, path: str) -> tuple[str, int] | None:
        """File name and line of a setting (`services.storefront.scaling.max_tasks`); None when the file does not say it.

        Where `range` stands for `min_tasks` and `max_tasks`, its line is given.
        """
        file = self.stack_file(stack)
        keys = split_path(path)
        line = file.line_of("config", SETTINGS_KEY, *keys)
        if line is None and keys[-1] in {"min_tasks", "max_tasks"}:
            line = file.line_of("config", SETTINGS_KEY, *keys[:-1], "range")
        return None if line is None else (file.path.name, line)


def _config_of(file: StackFile) -> dict[str, Any]:
    config = file.values.get("config") or {}
    if not isinstance(config, dict):
        raise ProjectError(
            "does not hold a mapping of keys", path=f"{file.path}:{file.line_of('config')}: config", got=config
        )
    for key in config:
        if not isinstance(key, str):
            # YAML 1.1 reads on, off, yes and no as booleans, and bare digits as numbers.
            raise ProjectError("a key is not text", path=f"{file.path}: config", got=key, fix="Put it in quotes")
    return config


def _opened(value: Any) -> tuple[Any, bool]:
    """A config value with every encrypted part (`secure: …`) replaced by a mark: its key is with the backend."""
    if isinstance(value, dict):
        if set(value) == {"secure"}:
            return SECRET, True
        opened = {key: _opened(item) for key, item in value.items()}
        return {key: item for key, (item, _) in opened.items()}, any(secret for _, secret in opened.values())
    if isinstance(value, list):
        items = [_opened(item) for item in value]
        return [item for item, _ in items], any(secret for _, secret in items)
    return value, False
