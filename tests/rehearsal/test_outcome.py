"""A load that could not write its result: what it had told of its progress is counted by phase, and no more."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from surgeproof.load.run_config import RunConfig
from surgeproof.rehearsal.options import RunOptions
from surgeproof.rehearsal.outcome import lost
from surgeproof.rehearsal.preparation import prepare
from surgeproof.verdict.validity import load_validity

SMOKE = Path(__file__).parents[2] / "loadtests/plans/smoke.yaml"
PREPARED = prepare(RunOptions(plan=SMOKE))
CONFIG = RunConfig(plan=SMOKE, host="http://127.0.0.1:1", folder=Path("load"), speed=30)


@given(st.integers(0, 2000))
def test_arrivals_were_delivered_in_their_order(delivered: int):
    result = lost(PREPARED, CONFIG, delivered, "it was killed")
    planned = sum(phase.arrivals_planned for phase in result.phases)
    told = [phase.arrivals_delivered for phase in result.phases]
    assert planned > 500
    assert sum(told) == min(delivered, planned)
    begun = [phase for phase in result.phases if phase.arrivals_delivered]
    assert [phase.phase for phase in begun] == [phase.phase for phase in result.phases[: len(begun)]]
    assert all(phase.arrivals_delivered == phase.arrivals_planned for phase in begun[:-1])


def test_a_lost_load_is_never_valid():
    checks = {
        check.name: check for check in load_validity(lost(PREPARED, CONFIG, 10**6, "it was killed"), PREPARED.plan)
    }
    assert not checks["load workers lost"].valid
    assert "it was killed" in (checks["stopped early"].note or "")
