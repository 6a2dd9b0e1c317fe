"""What the pack says of a stack: findings of each control, each graph decoded and asked once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from surgeproof.controls.control import Control, Value
from surgeproof.controls.engine import Parameters, run_controls
from surgeproof.controls.errors import ControlsError
from surgeproof.controls.finding import Finding
from surgeproof.controls.own import UNCOVERED, WAIVERS
from surgeproof.controls.parameters import as_text, chosen
from surgeproof.controls.waivers import PlacedWaiver, apply_waivers
from surgeproof.graph.model import Graph


def _today() -> date:
    return datetime.now(tz=UTC).date()


@dataclass
class Judge:
    """Judges graphs under waivers.

    Attributes:
        waivers: Entries that hold.
        fault: Why the waivers file or the parameters file could not be read; None when both could.
        parameters: What the project has chosen for its controls; the pack's configuration goes on top.
    """

    waivers: tuple[PlacedWaiver, ...] = ()
    fault: ControlsError | None = None
    today: date = field(default_factory=_today)
    parameters: Parameters = field(default_factory=dict)

    def findings(self, control: Control, graph: Graph, config: Mapping[str, Any] | None = None) -> list[Finding]:
        """Findings of one control, waived ones marked; the control's own parameters from the pack's configuration.

        Raises:
            ParameterError: When a configured value lies outside what the requirement allows.
        """
        values = {**self.parameters.get(control.id, {}), **chosen_values(control, config or {})}
        own = [item for item in run_controls(graph, [control], {control.id: values}) if item.control == control.id]
        waived = apply_waivers(own, self.waivers, today=self.today)
        return [item for item in waived if item.control == control.id]

    def uncovered(self, graph: Graph) -> list[Finding]:
        """Types of covered services that no control knows."""
        return [item for item in run_controls(graph, []) if item.control == UNCOVERED.id]

    def waiver_faults(self, graph: Graph, controls: Iterable[Control]) -> list[Finding]:
        """Waivers that are not sound, or that nothing needs."""
        waived = apply_waivers(run_controls(graph, controls, self.parameters), self.waivers, today=self.today)
        return [item for item in waived if item.control == WAIVERS.id]


def chosen_values(control: Control, config: Mapping[str, Any]) -> dict[str, Value]:
    """Parameters of a control out of the configuration that Pulumi hands to its policy.

    Raises:
        ParameterError: When one does not exist, or lies outside its range.
    """
    # The engine hands on the defaults of the schema: no names are none that were chosen.
    texts = (f"{control.id}.{name}={as_text(value)}" for name, value in config.items() if value != [])
    return chosen(texts, [control]).get(control.id, {})
