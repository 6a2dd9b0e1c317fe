"""Ties the engine to Locust: what a locustfile imports to run journeys as open arrivals."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any

import gevent
from locust import User, events, task
from locust import stats as locust_stats
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from locust.runners import LocalRunner, MasterRunner, Runner, WorkerRunner

from surgeproof.errors import SurgeproofError
from surgeproof.load.crew import Crew, LocalCrew
from surgeproof.load.death import die_with_parent
from surgeproof.load.journey import journeys_from
from surgeproof.load.locust_arguments import add_arguments, config_of
from surgeproof.load.locust_listeners import RequestListeners
from surgeproof.load.locust_stats import StatisticsFeed
from surgeproof.load.locust_workers import MasterCrew, MasterInbox, WorkerRole
from surgeproof.load.run_config import RunConfig
from surgeproof.load.run_driver import RunDriver

logger = logging.getLogger(__name__)
_STOPPED = "stopped by the user"
INCOMPLETE, USAGE = 1, 2
"""Exit codes; 0 says that the run was complete."""


class OpenArrivals(User):
    """Stands for all visitors in Locust's count of users; the arrivals are driven beside it."""

    fixed_count = 1

    @task
    def stand_by(self) -> None:
        """Wait, in stretches so short that a stop is soon noticed."""
        gevent.sleep(0.5)


class OpenArrivalRuns:
    """Listens to Locust's events, and drives a run from each start to its end."""

    def __init__(self, journeys: Path, default_plan: Path) -> None:
        self._default_plan = default_plan
        self._journeys_path = journeys
        self._environment: Environment | None = None
        self._inbox: MasterInbox | None = None
        self._worker: WorkerRole | None = None
        self._driver: RunDriver | None = None
        self._first: RunConfig | None = None
        self._runs = 0

    def install(self) -> None:
        """Register with Locust."""
        events.init_command_line_parser.add_listener(self.on_parser)
        events.init.add_listener(self.on_init)
        events.test_start.add_listener(self.on_start)
        events.test_stopping.add_listener(self.on_stopping)
        events.test_stop.add_listener(self.on_stop)
        events.quitting.add_listener(self.on_quitting)

    def on_parser(self, parser: LocustArgumentParser) -> None:
        """Add our arguments."""
        add_arguments(parser)

    def on_init(self, environment: Environment, runner: Runner, **_: Any) -> None:
        """Take up the role of this process; ends it with code 2 on a user's mistake."""
        self._environment = environment
        options = environment.parsed_options
        try:
            self._journeys = journeys_from(self._journeys_path)
            if isinstance(runner, WorkerRunner):
                if getattr(options, "processes", None):
                    die_with_parent(os.getppid())
                self._worker = WorkerRole(runner, self._journeys)
                return
            if isinstance(runner, MasterRunner):
                self._inbox = MasterInbox(runner)
            if getattr(options, "run_config", None) or getattr(options, "headless", False):
                self._first = self._config()
                environment.host = self._first.host
                if self._first.parent_pid is not None:
                    die_with_parent(self._first.parent_pid)
        except SurgeproofError as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(USAGE)

    def on_start(self, environment: Environment, **_: Any) -> None:
        """Begin a run."""
        if self._worker is None:
            gevent.spawn(self._run, environment)

    def on_stopping(self, **_: Any) -> None:
        """Start no more journeys."""
        if self._worker is not None:
            self._worker.stop()
        elif self._driver is not None:
            self._driver.hold(_STOPPED)

    def on_quitting(self, environment: Environment, **_: Any) -> None:
        """Give what is open ``--stop-timeout`` to end, and write the files."""
        grace = float(environment.stop_timeout or 0)
        if self._worker is not None:
            self._worker.quit(grace)
        elif self._driver is not None and not self._driver.over:
            self._driver.stop(_STOPPED, grace=grace)
            self._tell_exit_code()

    def on_stop(self, environment: Environment, **rest: Any) -> None:
        """The same; and, as all users have stopped now, let Locust's CSV be written: its writer looks once a second."""
        self.on_quitting(environment, **rest)
        options = environment.parsed_options
        if self._worker is None and options is not None and options.csv_prefix:
            gevent.sleep(locust_stats.CSV_STATS_INTERVAL_SEC + 0.2)

    def _config(self) -> RunConfig:
        environment = self._environment
        assert environment is not None and environment.parsed_options is not None  # noqa: S101, PT018 -- set before init fires
        self._runs += 1
        return config_of(
            environment.parsed_options,
            host=environment.host,
            default_plan=self._default_plan,
            run=self._runs,
        )

    def _crew(self, runner: Runner | None) -> Crew:
        if isinstance(runner, MasterRunner) and self._inbox is not None:
            return MasterCrew(runner, self._inbox)
        return LocalCrew(self._journeys)

    def _run(self, environment: Environment) -> None:
        runner = environment.runner
        try:
            config, self._first = self._first or self._config(), None
            feed = StatisticsFeed(environment.stats, RequestListeners(environment.events.request))
            driver = self._driver = RunDriver(config, self._journeys, self._crew(runner), feed.add)
            logger.info("Run %s: open arrivals on %s, results in %s", config.run_id, config.host, config.folder)
            driver.drive()
        except SurgeproofError as error:
            logger.error("%s", error)  # noqa: TRY400 -- a user's mistake shows no traceback
            sys.stderr.write(f"{error}\n")
            environment.process_exit_code = USAGE
        except Exception:
            # A bug: Locust would wait for ever for the end of a run that nobody drives.
            logger.exception("The run broke off")
            environment.process_exit_code = INCOMPLETE
        else:
            self._tell_exit_code()
        self._leave(environment, runner)

    def _tell_exit_code(self) -> None:
        environment, driver = self._environment, self._driver
        if environment is None or driver is None:
            return
        result = driver.result
        complete = result is not None and not result.aborted_by and not any(w.lost for w in result.workers)
        if environment.process_exit_code != USAGE:
            environment.process_exit_code = 0 if complete else INCOMPLETE

    def _leave(self, environment: Environment, runner: Runner | None) -> None:
        options = environment.parsed_options
        if runner is None:
            return
        if options is not None and options.headless:
            runner.quit()
        elif isinstance(runner, (LocalRunner, MasterRunner)):
            runner.stop()


def drive_open_arrivals(*, journeys: Path, default_plan: Path) -> None:
    """Call this in a locustfile: its journeys are then driven as open arrivals.

    Args:
        journeys: Python file of the journeys.
        default_plan: Launch plan when ``--plan`` names none.
    """
    OpenArrivalRuns(journeys, default_plan).install()
