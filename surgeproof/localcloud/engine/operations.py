"""Preview, up, refresh and destroy of the local stack by the real engine."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pulumi import automation
from pulumi.automation.events import EngineEvent

from surgeproof.graph.project import Project
from surgeproof.localcloud.engine.cli import find_cli
from surgeproof.localcloud.engine.cloud import Cloud, running_cloud, start_cloud, stop_cloud
from surgeproof.localcloud.engine.errors import LOCAL_STACK, BusyError, CloudGoneError, EngineError
from surgeproof.localcloud.engine.folder import StateFolder, write_privately
from surgeproof.localcloud.engine.recovery import (
    Left,
    note_instance,
    noted_instance,
    recover,
    release_lock,
    resources_of_state,
)
from surgeproof.localcloud.engine.report import Report, Step
from surgeproof.localcloud.engine.workspace import Workspace, last_words
from surgeproof.localcloud.guard import DEFAULT_REGION, guard_process
from surgeproof.localcloud.reaper import Reaper

Name = Literal["preview", "up", "refresh", "destroy"]


@dataclass(slots=True)
class Listener:
    """Whoever wants to hear what happens while it does.

    Attributes:
        step: A step was foreseen (preview) or done.
        output: A line of the engine's own display.
        said: A sentence of ours.
    """

    step: Callable[[str, Step], None] = lambda _operation, _step: None
    output: Callable[[str], None] = lambda _line: None
    said: Callable[[str], None] = lambda _sentence: None


@dataclass(slots=True)
class LocalStack:
    """The local stack of a project and the engine that changes it.

    Attributes:
        project: The program.
        settings: Name of the stack whose settings are run in the local stack's own state.
        overrides: Setting path to value, on top of those settings.
        advisory: Whether the policy pack only tells, and blocks nothing.
        listener: Hears what happens.
    """

    project: Project
    settings: str = LOCAL_STACK
    overrides: Mapping[str, Any] = field(default_factory=dict)
    advisory: bool = False
    listener: Listener = field(default_factory=Listener)

    @property
    def folder(self) -> StateFolder:
        """The project's state folder."""
        return StateFolder(self.project.root)

    def deployed(self) -> int:
        """How many resources of AWS the state knows."""
        return sum(_is_aws(row) for row in resources_of_state(self.folder, self.project))

    def preview(self, *, refresh: bool = False) -> Report:
        """What an up would do. Nothing is kept of it; with no cloud running, one is started for it alone."""
        with self._open() as (workspace, stack):
            return self._preview(workspace, stack, refresh=refresh)

    def up(self, *, refresh: bool = False) -> list[Report]:
        """Preview, and then do it: nothing is touched when the preview fails, or when the pack blocks it.

        Returns:
            The report of the preview, and that of the up when it came to it.
        """
        with self._open(keep=True) as (workspace, stack):
            foreseen = self._preview(workspace, stack, refresh=refresh)
            if foreseen.result != "succeeded":
                return [foreseen]
            note_instance(self.folder.instance, workspace.cloud.instance)

            def act(report: Report) -> None:
                held = self._held(workspace)
                stack.up(program=workspace.program(), refresh=refresh or None, **held, **self._hear(report))

            return [foreseen, self._run("up", act, workspace)]

    def refresh(self) -> Report:
        """Let the state say what is in the embedded AWS: what was changed out of band is told as drift."""
        with self._open(keep=True) as (_workspace, stack):
            return self._run("refresh", lambda report: stack.refresh(**self._hear(report)))

    def destroy(self, *, unprotect: bool = False) -> Report:
        """Delete all that the state knows; end the cloud, unless `surgeproof cloud` started it.

        Args:
            unprotect: Take off what protects resources first: the program's `protect`, the deletion protection of
                databases and balancers, the content of buckets.
        """
        cloud = running_cloud(self.folder)
        if cloud is None or self._lost(cloud):
            return self._forget()
        with self._open(keep=True, unprotect=unprotect) as (workspace, stack):
            if unprotect and self.deployed():
                workspace.run(["state", "unprotect", "--all", "--yes", "--stack", LOCAL_STACK])
            report = self._run("destroy", lambda report: stack.destroy(**self._hear(report)))
        if report.result == "succeeded":
            self._clear()
        return report

    def _forget(self) -> Report:
        """The resources went with their embedded AWS: forget the state."""
        with self._alone():
            release_lock(self.folder, self.project)
            report = Report("destroy", changes={"discard": self.deployed()} if self.deployed() else {})
            shutil.rmtree(self.folder.state / ".pulumi" / "stacks" / self.project.name, ignore_errors=True)
        self._clear()
        return report

    def _clear(self) -> None:
        self.folder.instance.unlink(missing_ok=True)
        cloud = running_cloud(self.folder)
        if cloud is not None and not cloud.kept:
            stop_cloud(self.folder)

    # --- how a command runs ------------------------------------------------------------------------------------

    def _preview(self, workspace: Workspace, stack: automation.Stack, *, refresh: bool) -> Report:
        def act(report: Report) -> None:
            held = self._held(workspace)
            stack.preview(program=workspace.program(), refresh=refresh or None, **held, **self._hear(report))

        return self._run("preview", act, workspace)

    def _held(self, workspace: Workspace) -> dict[str, Any]:
        """The policy pack that a command is held against."""
        if workspace.pack is None:
            return {}
        held: dict[str, Any] = {"policy_packs": [str(workspace.pack)]}
        if self.advisory:
            level = self.folder.workspace / "advisory.json"
            write_privately(level, json.dumps({"all": "advisory"}))
            held["policy_pack_configs"] = [str(level)]
        return held

    def _hear(self, report: Report) -> dict[str, Any]:
        def take(event: EngineEvent) -> None:
            step = report.take(event)
            if step is not None:
                self.listener.step(report.operation, step)

        return {"on_event": take, "on_output": self.listener.output, "color": "never"}

    def _run(self, name: Name, act: Callable[[Report], object], workspace: Workspace | None = None) -> Report:
        report = Report(name)
        started = time.monotonic()
        try:
            act(report)
        except KeyboardInterrupt:
            report.result = "interrupted"
        except automation.CommandError as error:
            report.fail()
            if not report.errors and not report.violations:
                raise EngineError(last_words(str(error)), path=f"pulumi {name}") from None
        except RuntimeError as error:
            # The Automation API misses the summary of a command that failed before it had one.
            report.fail()
            report.errors.append(str(error))
        if workspace is not None and workspace.mistakes:
            raise workspace.mistakes[0]
        report.seconds = time.monotonic() - started
        return report

    @contextlib.contextmanager
    def _open(self, *, keep: bool = False, unprotect: bool = False) -> Generator[tuple[Workspace, automation.Stack]]:
        find_cli(self.project.root)
        region = self.project.config(self.settings, self.overrides).values.get("aws:region", DEFAULT_REGION)
        guard_process(region=region)
        self.folder.prepare()
        with self._alone(), contextlib.ExitStack() as after:
            release_lock(self.folder, self.project)
            cloud = running_cloud(self.folder)
            if cloud is None:
                if self.deployed():
                    raise CloudGoneError(self.deployed(), self.folder.state)
                cloud = start_cloud(self.folder, region=region)
                self.listener.said(f"the embedded AWS listens at {cloud.endpoint_url}")
                after.callback(self._stop_unused, keep=keep)
            elif self._lost(cloud):
                raise CloudGoneError(self.deployed(), self.folder.state)
            reaper = Reaper()
            after.callback(reaper.close)
            workspace = Workspace(self.project, self.settings, self.overrides, cloud, reaper, unprotect=unprotect)
            with workspace.stack() as stack:
                self._tell_left(recover(stack, self.project, cloud.aws))
                yield workspace, stack

    def _stop_unused(self, *, keep: bool) -> None:
        """End the cloud that this command started, when nothing in it is wanted any more."""
        if not keep or not self.deployed():
            stop_cloud(self.folder)

    def _lost(self, cloud: Cloud) -> bool:
        """Whether the state describes resources of another embedded AWS than this one."""
        return bool(self.deployed()) and noted_instance(self.folder.instance) != cloud.instance

    def _tell_left(self, left: Left) -> None:
        if left.pending or left.orphans:
            self.listener.said(
                f"an earlier run was interrupted: {left.pending} steps were under way, "
                f"{len(left.orphans)} resources that it made and did not note down have been deleted"
            )

    @contextlib.contextmanager
    def _alone(self) -> Generator[None]:
        """One command at a time: the lock goes with the process, however that ends."""
        file = self.folder.folder / "lock"
        with file.open("a+", encoding="utf-8") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                stream.seek(0)
                raise BusyError(int(stream.read().strip() or 0)) from None
            stream.seek(0)
            stream.truncate()
            stream.write(str(os.getpid()))
            stream.flush()
            yield


def _is_aws(row: Mapping[str, Any]) -> bool:
    return bool(row.get("custom")) and str(row.get("type", "")).startswith("aws:")
