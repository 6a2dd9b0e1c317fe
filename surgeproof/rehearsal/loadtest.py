"""A load test: the launch run in real time against a system that is reached by URL."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from surgeproof.launch.clock import LaunchClock
from surgeproof.launch.overrides import field_path
from surgeproof.launch.plan import PLAN_KEYS, dump_plan
from surgeproof.load.process import LoadProcess
from surgeproof.load.run_config import RunConfig, new_run_id
from surgeproof.rehearsal.errors import HostError, RehearsalError
from surgeproof.rehearsal.host import check_host
from surgeproof.rehearsal.interrupt import orderly_interrupt
from surgeproof.rehearsal.judgement import check_out, conclude, load_files
from surgeproof.rehearsal.not_covered import LOAD_TEST
from surgeproof.rehearsal.options import LoadTestOptions
from surgeproof.rehearsal.outcome import follow
from surgeproof.rehearsal.preparation import Prepared, prepare
from surgeproof.rehearsal.scaffold import load_scaffold
from surgeproof.rehearsal.scope import plan_line, scope_of
from surgeproof.rehearsal.watching import HEAD_START, Watch
from surgeproof.rehearsal.workspace import workspace
from surgeproof.verdict.evidence import RunEvidence
from surgeproof.verdict.live import LiveView


def load_test(options: LoadTestOptions) -> int:
    """Run a load test; returns the exit code of its verdict.

    Raises:
        SurgeproofError: The run could not be prepared or carried through.
    """
    started = time.monotonic()
    prepared = prepare(options)
    _refuse_stack_settings(prepared)
    _refuse_too_much(prepared, options)
    host = check_host(options.host, options.confirmed_host)
    check_out(options)
    root = project_root(options.plan)
    scaffold = load_scaffold(root)
    with orderly_interrupt(), ExitStack() as stack:
        folder, _ = stack.enter_context(workspace())
        plan_file = folder / "plan.yaml"
        plan_file.write_text(dump_plan(prepared.plan), encoding="utf-8")
        config = RunConfig(
            plan=plan_file,
            host=host,
            folder=folder / "load",
            run_id=new_run_id(),
            scale=options.scale,
            seed=options.seed,
            wait_for_start=True,
            abort_if=options.abort_if,
            max_rate=options.max_rate,
        )
        view = stack.enter_context(LiveView(Console(stderr=True), f"load test · {host} · {options.plan.name}"))
        load = LoadProcess(scaffold.locustfile)
        stack.callback(load.stop)
        load.start(config, root)
        load.wait_ready()
        view.say(f"load test of {host} with {options.plan}: run {config.run_id} in X-Surgeproof-Run of every request")
        clock = LaunchClock(1.0, time.monotonic() + HEAD_START, prepared.curve.start)
        began = datetime.now(UTC)
        load.begin(clock)
        outcome = follow(Watch(prepared, clock), load, view, prepared, config)
        evidence = RunEvidence(
            kind="load test",
            scope=scope_of("load test", options, prepared, config, root=root, began=began, started=started, host=host),
            plan=prepared.plan,
            curve=prepared.curve,
            load=outcome.result,
            samples=outcome.samples,
            not_covered=LOAD_TEST,
            locate=lambda path: _locate(options.plan, path),
        )
        return conclude(evidence, options, {"plan.yaml": plan_file, **load_files(config.folder)}).exit_code


def project_root(plan: Path) -> Path:
    """The folder that holds `loadtests/`: this one, or the one that the plan lies in."""
    here = Path.cwd()
    candidates = (here, *plan.resolve().parents)
    return next((folder for folder in candidates if (folder / "loadtests" / "locustfile.py").is_file()), here)


def _refuse_stack_settings(prepared: Prepared) -> None:
    for path, value in prepared.stack_overrides.items():
        raise RehearsalError(
            "addresses a stack, and a load test changes none",
            path=f"--set {path}",
            got=value,
            allowed=f"a path that starts with {', '.join(sorted(PLAN_KEYS))}",
            fix="Change the stack that is deployed, or rehearse",
        )


def _refuse_too_much(prepared: Prepared, options: LoadTestOptions) -> None:
    peak = prepared.curve.peak * options.scale
    if options.max_rate is not None and peak > options.max_rate:
        raise HostError(
            "the plan drives more than this",
            path="--max-rate",
            got=options.max_rate,
            allowed=f"{peak:.1f} arrivals a second or more",
            fix=f"Lower --scale to {options.scale * options.max_rate / peak:.3g}, or raise --max-rate",
        )


def _locate(plan: Path, path: str) -> tuple[str, int] | None:
    line = plan_line(plan, path) if field_path(path)[0] in PLAN_KEYS else None
    return None if line is None else (str(plan), line)
