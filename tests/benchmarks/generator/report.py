"""The table: medians by contender, and how many times a peer's requests ours sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from tests.benchmarks.generator.contenders import Contender
from tests.benchmarks.generator.measuring import REQUESTS_A_JOURNEY, Reading

HEAD = (
    *("contender", "version", "target", "requests/s", "journeys/s", "generator CPU", "CPU µs a request"),
    *("p50 / p99 ms", "memory MB", "nginx CPU", "rounds (busy)"),
)
Readings = Mapping[tuple[str, str], Sequence[Reading]]
"""By contender and target, ``plain`` or ``TLS``; one a round."""


def quiet(readings: Sequence[Reading]) -> Sequence[Reading]:
    """Those without busy neighbours; all when there is none."""
    return [reading for reading in readings if not reading.busy] or readings


def rows(contenders: Sequence[Contender], readings: Readings) -> list[list[str]]:
    """One row for each contender and target that was measured."""
    found = []
    for (name, kind), measured in readings.items():
        contender = next(each for each in contenders if each.name == name)
        used = quiet(measured)
        rate = median(each.requests_per_second for each in used)
        unchecked = " (certificate not checked)" if kind == "TLS" and not contender.verifies else ""
        found.append(
            [
                name,
                contender.version or "",
                kind + unchecked,
                f"{rate:,.0f}",
                f"{rate / REQUESTS_A_JOURNEY:,.0f}",
                f"{median(each.generator_cpu for each in used):.0%}",
                f"{median(each.micros_a_request for each in used):.1f}",
                f"{median(each.latency.p50 for each in used):.2f} / {median(each.latency.p99 for each in used):.2f}",
                f"{median(each.memory_mb for each in used):.0f}",
                f"{median(each.server_cpu for each in used):.0%}",
                f"{len(measured)} ({sum(each.busy for each in measured)})",
            ]
        )
    return found


def ratios(contenders: Sequence[Contender], readings: Readings) -> list[list[str]]:
    """Ours over each peer, by the requests of a CPU second and by requests a second: medians of the rounds."""
    found = []
    for kind in dict.fromkeys(kind for _, kind in readings):
        for ours in (each for each in contenders if each.ours and (each.name, kind) in readings):
            for peer in (each for each in contenders if not each.ours and (each.name, kind) in readings):
                pairs = list(zip(readings[ours.name, kind], readings[peer.name, kind], strict=True))
                cpu = [theirs.micros_a_request / mine.micros_a_request for mine, theirs in pairs]
                rate = [mine.requests_per_second / theirs.requests_per_second for mine, theirs in pairs]
                spread = f"{median(cpu):.1f} ({min(cpu):.1f} to {max(cpu):.1f})"
                found.append([ours.name, peer.name, kind, spread, f"{median(rate):.1f}"])
    return found


def markdown(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table as Markdown."""
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *lines))
