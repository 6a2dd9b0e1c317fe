"""How an error reads."""

from surgeproof.errors import SurgeproofError


def test_all_parts() -> None:
    error = SurgeproofError("too low", path="a.b", got=None, allowed="1 to 3", fix="Raise it.")
    assert str(error) == "a.b: too low, got None, allowed: 1 to 3. Raise it."


def test_problem_alone() -> None:
    assert str(SurgeproofError("no plan")) == "no plan"
    assert not SurgeproofError("no plan").has_got
