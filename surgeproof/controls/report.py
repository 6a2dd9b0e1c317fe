"""The report of one check: findings in the order that a reader wants them, and what they amount to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from surgeproof.controls.control import Control
from surgeproof.controls.finding import Finding
from surgeproof.controls.severity import SEVERITIES, Severity, at_least
from surgeproof.graph.model import Graph

_ORDER = ("fail", "unknown", "waived", "pass", "not-applicable")


@dataclass(frozen=True)
class Report:
    """What one check found.

    Attributes:
        project: Of the graph.
        stack: Of the graph.
        source: Where the graph came from, in words.
        controls: Those that ran, the engine's own included.
        findings: All, passes too.
        graph: What was judged; None where the report stands alone.
    """

    project: str
    stack: str
    source: str
    controls: tuple[Control, ...]
    findings: tuple[Finding, ...]
    graph: Graph | None = None

    @property
    def ordered(self) -> list[Finding]:
        """Failures first, the worst on top; then by resource."""
        return sorted(
            self.findings,
            key=lambda item: (
                _ORDER.index(item.verdict),
                item.baselined,
                SEVERITIES.index(item.severity),
                item.urn,
                item.control,
                item.message,
            ),
        )

    def of(self, verdict: str) -> list[Finding]:
        """Findings with this verdict, in order."""
        return [item for item in self.ordered if item.verdict == verdict]

    @property
    def failures(self) -> list[Finding]:
        """What fails and is not in the baseline."""
        return [item for item in self.of("fail") if not item.baselined]

    @property
    def counts(self) -> dict[str, int]:
        """How many findings have each verdict; those of the baseline apart."""
        counted = Counter("baselined" if item.baselined else item.verdict for item in self.findings)
        return {name: counted.get(name, 0) for name in (*_ORDER, "baselined")}

    def fails(self, threshold: Severity) -> bool:
        """Whether something fails that is as bad as the threshold, or worse."""
        return any(at_least(item.severity, threshold) for item in self.failures)
