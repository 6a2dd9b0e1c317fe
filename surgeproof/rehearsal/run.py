"""A rehearsal from beginning to end: deploy, start, drive, settle, judge."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from surgeproof.graph.model import Graph
from surgeproof.graph.project import Project
from surgeproof.launch.clock import LaunchClock
from surgeproof.launch.overrides import field_path
from surgeproof.launch.plan import PLAN_KEYS, dump_plan
from surgeproof.launch.records import Endpoints, InvariantReading, LoadResult
from surgeproof.load.process import LoadProcess
from surgeproof.load.run_config import RunConfig, new_run_id
from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.deploy import deploy
from surgeproof.localcloud.guard import guard_process
from surgeproof.localcloud.loopback import free_port
from surgeproof.localcloud.platform import LocalPlatform
from surgeproof.rehearsal.demand_of_run import Judged, WorkerService, judge_demand
from surgeproof.rehearsal.interrupt import orderly_interrupt
from surgeproof.rehearsal.judgement import check_out, conclude, load_files
from surgeproof.rehearsal.not_covered import REHEARSAL, rehearsal_assumptions
from surgeproof.rehearsal.options import RehearsalOptions
from surgeproof.rehearsal.outcome import Outcome, follow
from surgeproof.rehearsal.preparation import Prepared, expected_demand, prepare, refuse_shared_keys, sketch_run
from surgeproof.rehearsal.scaffold import Scaffold, load_scaffold
from surgeproof.rehearsal.scope import digest, image_digests, plan_line, scope_of
from surgeproof.rehearsal.services import deployed_services
from surgeproof.rehearsal.watching import HEAD_START, Watch
from surgeproof.rehearsal.workspace import workspace
from surgeproof.scaling.replay_inputs import Taker
from surgeproof.verdict.evidence import RunEvidence
from surgeproof.verdict.live import LiveView
from surgeproof.verdict.verdict import Scope

SETTLE_WITHIN = 60.0
"""Real seconds in which what is left in queues has to be worked off."""


def rehearse(options: RehearsalOptions) -> int:
    """Run a rehearsal; returns the exit code of its verdict.

    Raises:
        SurgeproofError: The run could not be prepared or carried through.
    """
    started = time.monotonic()
    guard_process()
    prepared = prepare(options)
    project = Project.find()
    refuse_shared_keys(project.settings(options.stack), f"Pulumi.{options.stack}.yaml")
    check_out(options)
    region = project.config(options.stack).values.get("aws:region", "eu-west-1")
    with orderly_interrupt(), ExitStack() as stack:
        folder, reaper = stack.enter_context(workspace())
        aws = EmbeddedAws(region=region)
        stack.callback(aws.stop)
        aws.launch()  # gets ready while the journeys are loaded
        run = _Rehearsal(
            options, prepared, project, load_scaffold(project.root), folder, started, options.port or free_port()
        )
        view = stack.enter_context(LiveView(Console(stderr=True), run.title))
        view.say(f"rehearsing {options.plan} with the settings of {options.stack}, at speed {options.speed:g}")
        aws.wait_ready()
        graph = run.deploy(aws, view)
        platform = LocalPlatform(
            graph=graph,
            aws=aws,
            project_root=project.root,
            folder=folder / "p",
            port=run.port,
            reaper=reaper,
        )
        stack.callback(platform.stop)
        evidence, files = run.carry_out(aws, platform, graph, view, stack)
        verdict = conclude(evidence, options, files)
        if options.keep:
            platform.keep_serving()
            _keep(platform.parts.endpoints)
    return verdict.exit_code


@dataclass
class _Rehearsal:
    options: RehearsalOptions
    prepared: Prepared
    project: Project
    scaffold: Scaffold
    folder: Path
    started: float
    port: int

    @property
    def title(self) -> str:
        return f"rehearsal · {self.options.stack} · {self.options.plan.name}"

    def deploy(self, aws: EmbeddedAws, view: LiveView) -> Graph:
        """Deploy with the plan of this run, whichever plan the stack names."""
        plan_file = self.folder / "plan.yaml"
        plan_file.write_text(dump_plan(self.prepared.plan), encoding="utf-8")
        began = time.monotonic()
        overrides = {**self.prepared.stack_overrides, "launch_plan": str(plan_file)}
        graph = deploy(self.project, self.options.stack, overrides, aws)
        view.say(f"deployed {len(graph.resources)} resources in {time.monotonic() - began:.1f} s")
        return graph

    def carry_out(
        self, aws: EmbeddedAws, platform: LocalPlatform, graph: Graph, view: LiveView, stack: ExitStack
    ) -> tuple[RunEvidence, dict[str, Path | str | bytes]]:
        """From the deployed program to the evidence of the run."""
        load = LoadProcess(self.scaffold.locustfile, processes=self.options.processes)
        stack.callback(load.stop)
        config = self._load_config()
        load.start(config, self.project.root, aws.environment())  # gets ready while the parts start
        endpoints = platform.start(self.prepared.curve.start)
        if self.scaffold.prepare is not None:
            factor = self.options.scale / self.options.speed
            self.scaffold.prepare(endpoints, self.prepared.plan, stock_factor=factor)
        webs, workers = deployed_services(graph)
        options = self.options
        journeys = self.scaffold.journeys
        own = sketch_run(self.prepared, journeys, seed=options.seed, speed=options.speed, scale=options.scale)
        expected = expected_demand(self.prepared, journeys, own, webs)
        load.wait_ready()
        tasks = ", ".join(f"{name} {each['serving']}" for name, each in platform.snapshot()["services"].items())
        view.say(f"database, cache, balancer and tasks ({tasks}) are up after {self._wall():.1f} s")
        clock = LaunchClock(self.options.speed, time.monotonic() + HEAD_START, self.prepared.curve.start)
        began = datetime.now(UTC)
        aws.set_clock(clock)
        platform.begin(clock, expected, self.options.scale, self.prepared.curve)
        load.begin(clock)
        watch = Watch(self.prepared, clock, expected=expected, webs=webs, workers=workers)
        outcome = follow(watch, load, view, self.prepared, config, platform.snapshot)
        platform.finish()
        judged, invariants = Judged(), list[InvariantReading]()
        if outcome.samples is not None:  # else nobody knows what the visitors asked for and were told
            view.say("the launch is over: working off what is left, then replaying it at speed 1")
            self._settle(endpoints)
            judged = judge_demand(
                self.prepared, own, outcome.result, outcome.samples, platform.supply, expected, webs, workers
            )
            invariants = self._invariants(endpoints, outcome.result)
        evidence = self._evidence(
            platform=platform,
            graph=graph,
            config=config,
            outcome=outcome,
            judged=judged,
            invariants=invariants,
            webs=webs,
            workers=workers,
            began=began,
        )
        return evidence, self._files(graph, platform, config.folder)

    def _wall(self) -> float:
        return time.monotonic() - self.started

    def _load_config(self) -> RunConfig:
        return RunConfig(
            plan=self.folder / "plan.yaml",
            host=f"http://127.0.0.1:{self.port}",
            folder=self.folder / "load",
            run_id=new_run_id(),
            speed=self.options.speed,
            scale=self.options.scale,
            seed=self.options.seed,
            wait_for_start=True,
        )

    def _settle(self, endpoints: Endpoints) -> None:
        """Wait until nothing is pending in the shop; what is left after that is told by the invariants."""
        give_up = time.monotonic() + SETTLE_WITHIN
        settled = self.scaffold.settled
        while settled is not None and not settled(endpoints) and time.monotonic() < give_up:
            time.sleep(0.2)

    def _invariants(self, endpoints: Endpoints, load: LoadResult) -> list[InvariantReading]:
        return self.scaffold.read(endpoints, load, self.prepared.plan) if self.scaffold.read is not None else []

    def _evidence(
        self,
        *,
        platform: LocalPlatform,
        graph: Graph,
        config: RunConfig,
        outcome: Outcome,
        judged: Judged,
        invariants: list[InvariantReading],
        webs: tuple[Taker, ...],
        workers: tuple[WorkerService, ...],
        began: datetime,
    ) -> RunEvidence:
        options = self.options
        return RunEvidence(
            kind="rehearsal",
            scope=self._scope(config, graph, began),
            plan=self.prepared.plan,
            curve=self.prepared.curve,
            load=outcome.result,
            samples=outcome.samples,
            replays=judged.replays,
            own_speed_replay=judged.own_speed_replay,
            supply=platform.supply,
            events=platform.events,
            metrics=platform.metrics,
            needed=judged.needed,
            shortfalls=judged.shortfalls,
            invariants=invariants,
            validity=platform.validity(),
            assumed=[*platform.assumed(), *rehearsal_assumptions(cpu_ms={web.name: dict(web.cpu_ms) for web in webs})],
            not_covered=REHEARSAL,
            settings=self.project.settings(options.stack, self.prepared.stack_overrides),
            locate=self._locate,
            worker_services=frozenset(worker.name for worker in workers),
        )

    def _scope(self, config: RunConfig, graph: Graph, began: datetime) -> Scope:
        stack_file = self.project.stack_file(self.options.stack).path
        return scope_of(
            "rehearsal",
            self.options,
            self.prepared,
            config,
            root=self.project.root,
            began=began,
            started=self.started,
            digests={"stack": digest(stack_file.read_bytes()), **image_digests(graph)},
            stack=self.options.stack,
        )

    def _locate(self, path: str) -> tuple[str, int] | None:
        """File and line of a setting: of the plan when its path is the plan's, else of the stack."""
        if field_path(path)[0] in PLAN_KEYS:
            line = plan_line(self.options.plan, path)
            return None if line is None else (str(self.options.plan), line)
        return self.project.line_of(self.options.stack, path)

    def _files(self, graph: Graph, platform: LocalPlatform, load_folder: Path) -> dict[str, Path | str | bytes]:
        """What the evidence folder holds besides verdict, report and JUnit."""
        files: dict[str, Path | str | bytes] = {
            "plan.yaml": self.folder / "plan.yaml",
            "graph.json": graph.to_json(),
            **load_files(load_folder),
        }
        for log in platform.logs():
            files[f"logs/{log.name}"] = log
        return files


def _keep(endpoints: Endpoints) -> None:
    """Leave everything running until Ctrl-C."""
    console = Console(stderr=True)
    console.print(
        f"kept running until Ctrl-C:\n  shop  {endpoints.shop_url}\n  AWS   {endpoints.aws_endpoint_url}",
        highlight=False,
    )
    console.print(f"  database {endpoints.database_url}\n  cache    {endpoints.cache_url}", highlight=False)
    with suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)
