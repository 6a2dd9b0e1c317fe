"""The program source: run a Pulumi program in this process and get its resource graph. No CLI, no account.

Every run has a fresh event loop and a fresh context, so that runs in one process know nothing of each
other (pulumi/pulumi#6561, #24338).
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import runpy
import threading
import warnings
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any, cast

from pulumi.resource import Resource as PulumiResource
from pulumi.runtime import config as pulumi_config
from pulumi.runtime.settings import SETTINGS, _get_rpc_manager, set_root_resource
from pulumi.runtime.stack import run_in_stack

from surgeproof.graph.imports import program_imports
from surgeproof.graph.model import Graph, Resource
from surgeproof.graph.monitor import RecordingMonitor
from surgeproof.graph.outputs import DeterministicOutputs, OutputsProvider
from surgeproof.graph.project import Project, StackConfig

__all__ = ["DeterministicOutputs", "OutputsProvider", "run_function", "run_program"]


def run_program(
    project: Project,
    stack: str,
    *,
    overrides: Mapping[str, Any] | None = None,
    outputs: OutputsProvider | None = None,
    name: str | None = None,
) -> Graph:
    """Run the program of a stack in this process, and return what it would deploy.

    Args:
        project: Where the program and the stack's settings are.
        stack: Name of the stack whose settings are run.
        overrides: Setting path to value, applied on top of the stack's settings.
        outputs: Who answers for the provider; deterministic ids and ARNs when left out.
        name: What the program takes for its stack's name; its own when left out.

    Raises:
        ProjectError, UnknownStackError: As `Project`.
        ProgramError: When the program registers what no engine would accept.
        Exception: Whatever the program, or the outputs provider, raises, as itself.
    """
    config = project.config(stack, overrides)
    program = project.program
    # Outputs are resolved after the last line of the program, so all of the run happens in its folder.
    with contextlib.chdir(program.parent), program_imports(project.root, program.parent):
        return run_function(
            lambda: runpy.run_path(str(program), run_name="__main__"),
            project=project.name,
            stack=name or stack,
            root=project.root,
            config=config,
            outputs=outputs,
        )


def run_function(
    function: Callable[[], object],
    *,
    project: str,
    stack: str,
    root: Path,
    config: StackConfig | None = None,
    outputs: OutputsProvider | None = None,
) -> Graph:
    """Run a function that makes resources, as a program of its own, and return what it would deploy.

    For tests of a single component: nothing is read from disk.

    Args:
        function: Makes resources and exports.
        project: Name of the project.
        stack: Name of the stack.
        root: Folder that source locations are told from.
        config: What `pulumi.Config` answers.
        outputs: As in `run_program`.
    """
    settings = config or StackConfig({})
    provider = outputs or DeterministicOutputs(region=settings.values.get("aws:region", "eu-west-1"))
    monitor = RecordingMonitor(provider, root)
    with _collector_paused():
        contextvars.Context().run(_run, function, project, stack, settings, monitor)
    return Graph(
        project=project,
        stack=stack,
        resources=_ordered(monitor.recorded.values()),
        exports=monitor.exports,
        secret_exports=monitor.secret_exports,
    )


@contextlib.contextmanager
def _collector_paused() -> Generator[None]:
    """Keep Python's garbage collector still.

    A provider's modules and a program's outputs are many small objects that live to the end, and looking through them
    again and again takes a third of the time.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _run(
    function: Callable[[], object], project: str, stack: str, config: StackConfig, monitor: RecordingMonitor
) -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        with warnings.catch_warnings():
            # Importing a module of the provider warns of its own deprecated classes, used or not.
            warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"pulumi_aws\.")
            loop.run_until_complete(_run_in(function, project, stack, config, monitor))
    finally:
        _end(loop)
        asyncio.set_event_loop(None)


async def _run_in(
    function: Callable[[], object], project: str, stack: str, config: StackConfig, monitor: RecordingMonitor
) -> None:
    # What mocks leave as it is would be the process's: tasks of a run that failed, and its closed loop.
    SETTINGS.outputs = set()
    SETTINGS.lock = threading.Lock()
    SETTINGS.package_refs = {}
    # set_mocks would make a root stack of its own and close it before the program runs;
    # run_in_stack, which the language host uses, makes the one whose exports we want.
    set_root_resource(cast("PulumiResource", monitor))
    monitor.stand_in(project=project, stack=stack)
    set_root_resource(cast("PulumiResource", None))
    pulumi_config.set_all_config(config.values, list(config.secret_keys))

    async def execute() -> None:
        function()
        await _settled()

    await run_in_stack(execute)


async def _settled() -> None:
    """Wait until every registration and output that is under way is done, or one fails.

    `run_in_stack` would do so itself, but looks at all of them again whenever one is done, which grows with the square
    of their number: half of the time of a program of 300 resources.
    """
    registrations = _get_rpc_manager()
    while True:
        with SETTINGS.lock:
            under_way = cast("list[asyncio.Future[Any]]", [*SETTINGS.outputs, *registrations.rpcs])
        pending = [task for task in under_way if not task.done()]
        if not pending:
            return
        done, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_EXCEPTION)
        if any(task.cancelled() or task.exception() is not None for task in done):
            return  # run_in_stack finds it and raises it


def _end(loop: asyncio.AbstractEventLoop) -> None:
    """Let nothing of this run outlive it: what waits for a failed registration is dropped."""
    # Outputs of a run that failed hold its error, too, and would tell it once more when they are collected.
    loop.set_exception_handler(lambda _loop, _context: None)
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def _ordered(resources: Any) -> tuple[Resource, ...]:
    """By URN: registrations arrive in whatever order their inputs resolve."""
    return tuple(sorted(resources, key=lambda resource: resource.urn))
