"""What is shown while a launch runs: a live view in a terminal, a plain line every ten seconds elsewhere."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Literal, Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from surgeproof.verdict.wording import duration, latency

PLAIN_EVERY_S = 10.0
_EVENTS = 4
GateState = Literal["holding", "over", "waiting"]
_GATE_SIGNS: dict[GateState, tuple[str, str]] = {
    "holding": ("✓", "green"),
    "over": ("✗", "red"),
    "waiting": ("·", "dim"),
}


@dataclass(frozen=True, kw_only=True)
class LiveService:
    """One service now. `queue_age` in launch seconds; None where a figure is not known."""

    name: str
    desired: int
    serving: int
    maximum: int
    needed: int | None = None
    cpu: float | None = None
    backlog: int | None = None
    queue_age: float | None = None


@dataclass(frozen=True, kw_only=True)
class LiveGate:
    """One gate so far. It is judged when the run is over: this is only how it stands."""

    name: str
    state: GateState
    figure: str = ""


@dataclass(frozen=True, kw_only=True)
class LiveState:
    """Everything that is shown at one moment.

    Attributes:
        at: Launch second.
        duration: Launch seconds of the curve.
        date: Launch date and time.
        phase: Name of the phase.
        planned: Journeys due until now, of this run.
        delivered: Journeys started until now.
        p95: Real seconds, of the last few; None before there are enough.
        events: All that happened so far, in words, oldest first.
    """

    at: float
    duration: float
    date: datetime
    phase: str
    speed: float
    planned: int
    delivered: int
    in_flight: int = 0
    requests: int = 0
    errors: int = 0
    p95: float | None = None
    generator_cpu: float | None = None
    services: tuple[LiveService, ...] = ()
    gates: tuple[LiveGate, ...] = ()
    events: tuple[str, ...] = ()


class LiveView:
    """Shows a run while it goes on. Use it as a context manager, and give it a state about twice a second.

    Args:
        console: Where it is shown: stderr, so that stdout stays data.
        title: What runs: `rehearsal · production · spring.yaml`.
        plain: Lines instead of a live view; default: where there is no terminal, or in a CI.
        clock: Seconds that never go back.
    """

    def __init__(
        self, console: Console, title: str, *, plain: bool | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._title = title
        self._plain = plain if plain is not None else not console.is_terminal or _in_ci()
        self._clock = clock
        self._next_line = float("-inf")
        self._told = 0
        self._live = None if self._plain else Live(console=console, auto_refresh=False, transient=True)

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def update(self, state: LiveState) -> None:
        """Show a state; in plain mode only every ten seconds, with what happened in between."""
        if self._live is not None:
            self._live.update(render(state, self._title), refresh=True)
        elif self._clock() >= self._next_line:
            self._next_line = self._clock() + PLAIN_EVERY_S
            for event in state.events[self._told :]:
                self._console.print(f"  {event}", soft_wrap=True, highlight=False, markup=False)
            self._told = len(state.events)
            self._console.print(plain_line(state), soft_wrap=True, highlight=False, markup=False)

    def say(self, words: str) -> None:
        """A line of its own: what is being prepared, what was started."""
        self._console.print(words, soft_wrap=True, highlight=False, markup=False)


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() not in {"", "0", "false"}


def plain_line(state: LiveState) -> str:
    """One line of a run."""
    parts = [
        f"{state.date:%H:%M:%S} {state.phase}",
        f"arrivals {state.delivered:,} of {state.planned:,}",
        f"p95 {_latency(state.p95)}",
        f"errors {state.errors:,}",
    ]
    parts += [f"{each.name} {_tasks(each)}{_queue(each)}" for each in state.services]
    over = [gate.name for gate in state.gates if gate.state == "over"]
    if over:
        parts.append(f"over: {', '.join(over)}")
    return " · ".join(parts)


def render(state: LiveState, title: str) -> Group:
    """The live view of a state."""
    share = min(1.0, max(0.0, state.at / state.duration)) if state.duration else 0.0
    left = max(0.0, state.duration - state.at) / state.speed
    head = Table.grid(padding=(0, 2))
    head.add_row(
        Text(title, style="bold"), Text(f"{state.date:%d %b %H:%M:%S}", style="bold cyan"), Text(state.phase), ProgressBar(total=1.0, completed=share, width=24), Text(f"{duration(left)} to go", style="dim")
    )  # fmt: skip
    load = Table.grid(padding=(0, 3))
    short = state.planned > 0 and state.delivered < 0.98 * state.planned - 5
    load.add_row(
        Text(f"arrivals {state.delivered:,} of {state.planned:,}", style="yellow" if short else ""),
        f"in flight {state.in_flight:,}",
        f"p95 {_latency(state.p95)}",
        Text(f"errors {state.errors:,} of {state.requests:,}", style="red" if state.errors else ""),
        "" if state.generator_cpu is None else f"generator CPU {state.generator_cpu:.0%}",
    )
    parts: list[Table | Text] = [head, load]
    if state.services:
        parts.append(_services(state))
    if state.gates:
        parts.append(_gates(state.gates))
    parts += [Text(f"  {event}", style="dim", no_wrap=True, overflow="ellipsis") for event in state.events[-_EVENTS:]]
    return Group(*parts)


def _services(state: LiveState) -> Table:
    table = Table(box=None, padding=(0, 3, 0, 0), header_style="dim")
    for name in ("service", "needed", "serving", "desired", "max", "", "CPU", "queue"):
        table.add_column(name, justify="left" if name in ("service", "", "queue") else "right")
    for each in state.services:
        short = each.needed is not None and each.needed > each.serving
        bar = _bar(each)
        cpu = "" if each.cpu is None else f"{each.cpu:.0%}"
        needed = Text("?" if each.needed is None else str(each.needed), style="red bold" if short else "")
        said = [each.name, needed, str(each.serving), str(each.desired), str(each.maximum), bar, cpu]
        table.add_row(*said, _queue(each).strip(" ()"))
    return table


def _bar(service: LiveService) -> Text:
    """Tasks as signs: serving, missing, and free up to the maximum."""
    size = max(service.maximum, service.needed or 0, 1)
    unit = max(1, -(-size // 30))
    missing = max(0, (service.needed or 0) - service.serving)
    bar = Text("█" * (service.serving // unit), style="cyan")
    bar.append("!" * -(-missing // unit), style="red bold")
    bar.append("·" * max(0, (service.maximum - service.serving - missing) // unit), style="dim")
    return bar


def _gates(gates: tuple[LiveGate, ...]) -> Text:
    line = Text("gates  ", style="dim")
    for gate in gates:
        sign, style = _GATE_SIGNS[gate.state]
        line.append(f"{sign} {gate.name}{f' {gate.figure}' if gate.figure else ''}   ", style=style)
    return line


def _latency(seconds: float | None) -> str:
    return "?" if seconds is None else latency(seconds)


def _tasks(service: LiveService) -> str:
    needed = "" if service.needed is None else f"{service.needed} needed, "
    return f"{needed}{service.serving} serving of max {service.maximum}"


def _queue(service: LiveService) -> str:
    if service.backlog is None:
        return ""
    age = "" if service.queue_age is None else f", {duration(service.queue_age)} old"
    return f" (queue {service.backlog:,}{age})"
