"""The workspace that the engine runs in: project file, settings of the local stack, plugins, environment."""

from __future__ import annotations

import contextlib
import os
import runpy
import shlex
import sys
import warnings
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation

from surgeproof.errors import SurgeproofError
from surgeproof.graph.imports import program_imports
from surgeproof.graph.project import Project, StackConfig
from surgeproof.localcloud.engine.cli import find_cli
from surgeproof.localcloud.engine.cloud import Cloud
from surgeproof.localcloud.engine.command import EngineCommand
from surgeproof.localcloud.engine.errors import LOCAL_STACK, EngineError
from surgeproof.localcloud.engine.folder import StateFolder, write_privately
from surgeproof.localcloud.engine.provider import UNPROTECT
from surgeproof.localcloud.guard import GUARD_SITE
from surgeproof.localcloud.reaper import Reaper

PACK = Path("policies")
"""The project's policy pack, from its root."""
PROVIDER = "pulumi-resource-aws"
ANALYZER = "pulumi-analyzer-policy-python"
PACKAGE_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything that an engine command needs.

    Attributes:
        project: The program.
        settings: Name of the stack whose settings are run; the stack itself is always the local one.
        overrides: Setting path to value, on top of those settings.
        cloud: The embedded AWS that resources go to.
        reaper: Ends what this process leaves.
        unprotect: Whether the provider takes off what protects a resource before it deletes it.
        mistakes: What the program refused in its settings: the engine would tell it as a crash.
    """

    project: Project
    settings: str
    overrides: Mapping[str, Any]
    cloud: Cloud
    reaper: Reaper
    unprotect: bool = False
    mistakes: list[SurgeproofError] = field(default_factory=list)

    @property
    def folder(self) -> StateFolder:
        """The project's state folder."""
        return StateFolder(self.project.root)

    @property
    def pack(self) -> Path | None:
        """The policy pack that every preview and up is held against; None when the project has none."""
        pack = self.project.root / PACK
        return pack if (pack / "PulumiPolicy.yaml").is_file() else None

    def environment(self) -> dict[str, str]:
        """Environment of the engine and of all that it starts: the embedded AWS, and nothing outside this machine."""
        path = [str(GUARD_SITE), str(PACKAGE_ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        return {
            **self.cloud.environment(),
            "PULUMI_BACKEND_URL": self.folder.state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": self.folder.passphrase(),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            UNPROTECT: "true" if self.unprotect else "",
            "PYTHONPATH": os.pathsep.join(dict.fromkeys(entry for entry in path if entry)),
        }

    def write(self, config: StackConfig) -> None:
        """Write project file, settings and launchers, as they are wanted now."""
        folder = self.folder
        folder.prepare()
        for name, module in ((PROVIDER, "surgeproof.localcloud.engine"), (ANALYZER, "pulumi.policy")):
            write_launcher(folder.plugins / name, module)
        plugins = {"providers": [{"name": "aws", "path": str(folder.plugins)}]}
        plugins["analyzers"] = [{"name": "policy-python", "path": str(folder.plugins)}]
        project = {"name": self.project.name, "runtime": "python", "plugins": plugins}
        write_privately(folder.workspace / "Pulumi.yaml", yaml.safe_dump(project))
        stack = folder.workspace / f"Pulumi.{LOCAL_STACK}.yaml"
        kept = yaml.safe_load(stack.read_text(encoding="utf-8")) if stack.is_file() else None
        # The engine keeps the salt of the state's secrets in this file.
        salt = {"encryptionsalt": kept["encryptionsalt"]} if isinstance(kept, dict) and "encryptionsalt" in kept else {}
        write_privately(stack, yaml.safe_dump({**salt, "config": dict(config.values)}))

    def run(self, arguments: list[str]) -> None:
        """Run another command of the CLI in the workspace.

        Raises:
            CommandError: It failed.
        """
        command = EngineCommand(find_cli(self.project.root), self.reaper)
        environment = {**self.environment(), "PULUMI_HOME": str(self.folder.home)}
        command.run(arguments, str(self.folder.workspace), environment)

    @contextlib.contextmanager
    def stack(self) -> Generator[automation.Stack]:
        """The local stack, open for commands; the program can be imported while it is."""
        config = self.project.config(self.settings, self.overrides)
        program = self.project.program
        self.write(config)
        options = automation.LocalWorkspaceOptions(
            pulumi_home=str(self.folder.home),
            env_vars=self.environment(),
            secrets_provider="passphrase",
            pulumi_command=EngineCommand(find_cli(self.project.root), self.reaper),
        )
        with (
            contextlib.chdir(program.parent),
            program_imports(self.project.root, program.parent),
            warnings.catch_warnings(),
        ):
            # Importing a module of the provider warns of its own deprecated classes, used or not.
            warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"pulumi_aws\.")
            try:
                yield automation.create_or_select_stack(LOCAL_STACK, work_dir=str(self.folder.workspace), opts=options)
            except automation.CommandError as error:
                raise EngineError(last_words(str(error)), path="pulumi") from None

    def program(self) -> Callable[[], None]:
        """The program as the engine runs it, in this process."""
        script = str(self.project.program)

        def run() -> None:
            try:
                runpy.run_path(script, run_name="__main__")
            except SurgeproofError as mistake:
                self.mistakes.append(mistake)
                raise

        return run


def write_launcher(file: Path, module: str) -> None:
    """Write a plugin's launcher.

    Unbuffered: the engine waits for the port in the plugin's first line, and a pipe keeps lines back.
    """
    command = f"exec {shlex.quote(sys.executable)} -u -m {module}"
    text = f'#!/bin/sh\n# Written by surgeproof; started by the Pulumi engine.\n{command} "$@"\n'
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        write_privately(file, text)
    file.chmod(0o700)


def last_words(text: str) -> str:
    """The line of a CLI's output that says what went wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("error:", "stderr: error:"))]
    return (errors or lines or ["it said nothing"])[-1].removeprefix("stderr: ").removeprefix("error: ")
