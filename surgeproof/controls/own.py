"""The engine's own controls: that every type is judged, that controls run, and that waivers are sound."""

from __future__ import annotations

from surgeproof.controls.control import Control
from surgeproof.controls.families import STACK
from surgeproof.controls.outcome import Outcome, passed


def _judged_elsewhere(_resource: object, _context: object) -> Outcome:
    return passed()


UNCOVERED = Control(
    id="SP-01",
    title="Every resource type of a covered service is known to the controls",
    severity="med",
    family=STACK,
    rationale="A type that no control looks at would pass for sound, whatever is in it.",
    remediation="Use a type that `surgeproof controls list` covers, or waive this finding with what covers it instead.",
    requirements=(),
    parameters=(),
    judge=_judged_elsewhere,
)

WAIVERS = Control(
    id="SP-02",
    title="Waivers are in date, narrow, used, and approved by somebody else than their owner",
    severity="high",
    family=STACK,
    rationale="A waiver that nobody looks after is a rule that no longer holds.",
    remediation="Mend or delete the entry in the waivers file.",
    requirements=(),
    parameters=(),
    judge=_judged_elsewhere,
)

OWN = (UNCOVERED, WAIVERS)
