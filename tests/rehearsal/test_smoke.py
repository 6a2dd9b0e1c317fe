"""The shortest whole rehearsal: program to verdict, and nothing left behind."""

import pytest

from tests.rehearsal.conftest import SMOKE


@pytest.mark.timeout(400)
def test_the_smoke_plan_goes(judged) -> None:
    verdict = judged("rehearse", SMOKE)
    assert verdict["verdict"] == "GO", verdict
    assert all(gate["outcome"] == "holds" for gate in verdict["gates"])
    assert all(invariant["holds"] for invariant in verdict["invariants"])
    assert any(chain["chain"] for chain in verdict["scale_out"]), "a GO contains a live scale-out"
    assert verdict["not_covered"]
    assert verdict["assumed"]
