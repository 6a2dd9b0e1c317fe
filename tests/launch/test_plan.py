"""Plans: what people write is understood, and what cannot be is told with file, line, field and the mend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from surgeproof.launch.errors import OverrideError, PlanError
from surgeproof.launch.plan import LaunchPlan, dump_plan, load_plan, parse_plan

from .conftest import PLANS, phases_of, small

SPRING = PLANS / "spring.yaml"


def test_durations_shares_and_latencies_are_read(plan: LaunchPlan):
    assert [phase.duration for phase in phases_of(plan)] == [300, 600, 300, 600]
    assert plan.journeys.mix["browse"] == 0.2
    assert plan.gates[0].max == pytest.approx(0.8)
    assert plan.gates[1].min == 0.95
    assert plan.prewarm.release == 3600
    assert plan.journeys.request_timeout == 10


def test_kind_is_the_name_when_it_is_one(plan: LaunchPlan):
    assert [phase.kind for phase in phases_of(plan)] == ["warm-up", "surge", "peak", "drain"]


def test_moment_has_the_zone(plan: LaunchPlan):
    assert plan.launch.moment.isoformat() == "2027-03-20T10:00:00+01:00"


def test_plan_is_frozen(plan: LaunchPlan):
    with pytest.raises(ValueError, match="frozen"):
        plan.name = "other"  # ty: ignore[invalid-assignment]


def test_a_time_is_no_sexagesimal_number_and_no_is_no_boolean():
    plan = parse_plan(yaml.safe_dump(small()).replace("'10:00'", "10:00").replace("name: small", "name: no"))
    assert plan.launch.time.isoformat() == "10:00:00"
    assert plan.name == "no"


@pytest.mark.parametrize("file", sorted(PLANS.glob("*.yaml")), ids=lambda file: file.stem)
def test_dump_reads_back_equal(file: Path):
    plan = load_plan(file)
    assert parse_plan(dump_plan(plan)) == plan


def test_dump_quotes_what_would_be_read_as_a_number():
    plan = LaunchPlan.model_validate(small(name="1e5"))
    assert parse_plan(dump_plan(plan)).name == "1e5"


def test_gate_pools_phases(plan: LaunchPlan):
    assert plan.gates[0].phases == ("surge", "peak")
    assert plan.gates[1].phases == ("*",)
    assert (plan.gates[0].limit, plan.gates[1].limit) == (pytest.approx(0.8), 0.95)
    assert (plan.gates[0].quantile, plan.gates[1].quantile) == (0.95, None)


def surge(**changes: Any) -> dict[str, Any]:
    phase = {"name": "surge", "duration": "10m", "shape": "linear", "from": 1, "to": 40} | changes
    return {"phases": [{key: value for key, value in phase.items() if value is not None}]}


def gate(**changes: Any) -> list[dict[str, Any]]:
    return [{"metric": "p95", "max": "1s"} | changes]


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"name": ""}, "name", "is"),
    ({"launch": {"date": "20.03.2027", "time": "10:00", "zone": "UTC"}}, "launch.date", "is not a date"),
    ({"launch": {"date": "2027-02-30", "time": "10:00", "zone": "UTC"}}, "launch.date", "is not a date"),
    ({"launch": {"date": "2027-03-20", "time": "24:00", "zone": "UTC"}}, "launch.time", "is not a time of day"),
    ({"launch": {"date": "2027-03-20", "time": 600, "zone": "UTC"}}, "launch.time", "is not a time of day"),
    ({"launch": {"date": "2027-03-20", "time": "10:00", "zone": "Mars/Base"}}, "launch.zone", "is not a time zone"),
    ({"launch": {"date": "2027-03-20", "time": "10:00", "zone": "../etc"}}, "launch.zone", "is not a time zone"),
    ({"launch": {"date": "2027-03-28", "time": "02:30", "zone": "Europe/Paris"}}, "launch", "does not happen"),
    ({"launch": {"date": "2027-10-31", "time": "02:30", "zone": "Europe/Paris"}}, "launch", "happens twice"),
    ({"launch": {"date": "2027-03-20", "time": "10:00"}}, "launch.zone", "is missing"),
    ({"curve": {}}, "curve.phases", "is missing"),
    ({"curve": {"phases": []}}, "curve.phases", "at least 1"),
    ({"curve": {"phases": 7}}, "curve.phases", "is not a list"),
    ({"curve": 7}, "curve", "is not a mapping"),
    ({"curve": surge(duration=0)}, "curve.phases[0].duration", "more than 0"),
    ({"curve": surge(duration="soon")}, "curve.phases[0].duration", "is not a duration"),
    ({"curve": surge(duration="-5m")}, "curve.phases[0].duration", "is not a duration"),
    ({"curve": surge(duration=float("nan"))}, "curve.phases[0].duration", "is not a finite number"),
    ({"curve": surge(duration=True)}, "curve.phases[0].duration", "is not a number"),
    ({"curve": surge(shape="cubic")}, "curve.phases[0].shape", "allowed: constant, linear"),
    ({"curve": surge(to=-1)}, "curve.phases[0].to", "at least 0"),
    ({"curve": surge(to=1e9)}, "curve.phases[0].to", "at most"),
    ({"curve": surge(to=float("inf"))}, "curve.phases[0].to", "is"),
    ({"curve": surge(to="many")}, "curve.phases[0].to", "is not a number"),
    ({"curve": surge(to=None)}, "curve.phases[0]", "shape linear needs to"),
    ({"curve": surge(rate=5)}, "curve.phases[0]", "shape linear has no rate"),
    ({"curve": surge(shape="exponential", to=0)}, "curve.phases[0]", "never starts or ends at 0"),
    ({"curve": surge(shape="spike", rise="8m", fall="8m")}, "curve.phases[0]", "longer than duration"),
    ({"curve": surge(shape="spike")}, "curve.phases[0]", "shape spike needs fall and rise"),
    ({"curve": surge(**{"from": None})}, "curve.phases", "the first phase starts nowhere"),
    ({"curve": surge(name="rush")}, "curve.phases[0].kind", "is missing"),
    ({"curve": surge(kind="rush")}, "curve.phases[0].kind", "allowed: warm-up, surge"),
    ({"curve": surge(kind="warm-up")}, "curve.phases", "nothing but warm-up"),
    ({"curve": surge(shape=None, to=None, rate=0, **{"from": None})}, "curve.phases", "has no arrivals"),
    ({"curve": surge(durations=5)}, "curve.phases[0].durations", "Write duration"),
    ({"curve": surge(name="../x")}, "curve.phases[0].name", "has signs"),
    ({"curve": surge(mix={"glance": 0.5})}, "curve.phases[0].mix", "sum to 0.5"),
    ({"curve": {"phases": [*surge()["phases"], *surge()["phases"]]}}, "curve.phases", "two phases are called surge"),
    ({"gates": gate(phase="hold")}, "gates[0].phase", "names 'hold'"),
    ({"gates": gate(phase=5)}, "gates[0].phase", "names no phase"),
    ({"gates": gate(phase=[5])}, "gates[0].phase", "names no phase"),
    ({"gates": 5}, "gates", "is not a list"),
    ({"curve": surge(to=True)}, "curve.phases[0].to", "is not a number"),
    ({"curve": {**surge(), "trace": {"file": "x.csv"}}}, "curve", "has phases and a trace"),
    ({"curve": {"trace": {"file": "x.csv", "growth": -1}}}, "curve.trace.growth", "more than 0"),
    ({"curve": {"trace": {"windw": "x"}}}, "curve.trace.windw", "Write window"),
    ({"gates": gate(phase=[])}, "gates[0].phase", "names no phase"),
    ({"gates": gate(phase=["surge", "surge"])}, "gates[0].phase", "twice"),
    ({"gates": gate(phase=["surge", "*"])}, "gates[0].phase", "twice"),
    ({"gates": gate(metric="p96")}, "gates[0].metric", "allowed: p50, p95"),
    ({"gates": gate(max="fast")}, "gates[0].max", "is not a duration"),
    ({"gates": gate(max=-1)}, "gates[0].max", "at least 0"),
    ({"gates": gate(metric="error_rate", max="120%")}, "gates[0].max", "between 0 and 1"),
    ({"gates": gate(metric="error_rate", max="few")}, "gates[0].max", "is not a share"),
    ({"gates": gate(metric="orders", max=0.9)}, "gates[0]", "orders has no max"),
    ({"gates": [{"metric": "p95"}]}, "gates[0]", "p95 has no limit"),
    ({"gates": gate(min=1)}, "gates[0]", "p95 has no min"),
    ({"gates": gate(metric="queue_age", step="checkout")}, "gates[0]", "not counted by step"),
    ({"gates": gate(service="storefront")}, "gates[0]", "not counted by service"),
    ({"prewarm": {"lead": "-1m"}}, "prewarm.lead", "is not a duration"),
    ({"prewarm": {"tasks": {"storefront": -1}}}, "prewarm.tasks.storefront", "at least 0"),
    ({"prewarm": {"tasks": {"storefront": 1.5}}}, "prewarm.tasks.storefront", "whole number"),
    ({"prewarm": {"enabled": "perhaps"}}, "prewarm.enabled", "neither true nor false"),
    ({"services": {}}, "services", "is not a key of a launch plan"),
]


@pytest.mark.parametrize(("changes", "field", "told"), WRONG)
def test_wrong_plan_is_told_with_line_field_and_mend(tmp_path: Path, changes: dict[str, Any], field: str, told: str):
    file = tmp_path / "plan.yaml"
    file.write_text(yaml.safe_dump(small(gates=[], **changes) if "gates" not in changes else small(**changes)))
    with pytest.raises(PlanError) as caught:
        load_plan(file)
    error = caught.value
    assert error.field == field
    assert told in str(error)
    assert str(error).startswith(f"{file}:{error.line} {field}: ")
    assert error.fix
    assert "\n" not in str(error)
    top = field.partition(".")[0].partition("[")[0]
    assert error.line is not None
    assert error.line >= next(k for k, line in enumerate(file.read_text().splitlines(), 1) if line.startswith(top))


@pytest.mark.parametrize(
    ("catalogue", "field"),
    [
        ({"products": 0}, "catalogue.products"),
        ({"products": "ten"}, "catalogue.products"),
        ({"hero_sku": "a b"}, "catalogue.hero_sku"),
        ({"hero_share": 1.2}, "catalogue.hero_share"),
        ({"zipf": -1}, "catalogue.zipf"),
        ({"stock": -1}, "catalogue.stock"),
    ],
)
def test_wrong_catalogue(catalogue: dict[str, Any], field: str):
    data = small()
    data["catalogue"] |= catalogue
    with pytest.raises(PlanError) as caught:
        parse_plan(yaml.safe_dump(data))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is not a launch plan"),
        ("[1, 2]", "is not a launch plan"),
        ("name: [", "is not valid YAML"),
        ("name: a\nname: b", "key 'name' stands twice"),
        ("a: &x 1\nb: *x", "uses a YAML alias"),
        ("a: !!python/object:os.system x", "is not valid YAML"),
        ("a: \x00", "is not valid YAML"),
        ("[" * 60 + "]" * 60, "nested too deep"),
        ("a: b\n---\nc: d", "is not valid YAML"),
    ],
)
def test_text_that_is_no_plan(text: str, told: str):
    with pytest.raises(PlanError, match=told):
        parse_plan(text, file="plan.yaml")


def test_line_of_a_doubled_key():
    with pytest.raises(PlanError) as caught:
        parse_plan("name: a\nname: b", file="plan.yaml")
    assert caught.value.line == 2
    assert str(caught.value).startswith("plan.yaml:2: ")


def test_line_of_a_wrong_field_in_the_shipped_plan(tmp_path: Path):
    lines = SPRING.read_text().splitlines()
    wrong = next(number for number, line in enumerate(lines) if line.strip() == "rate: 45")
    lines[wrong] = lines[wrong].replace("45", "-45")
    file = tmp_path / "plan.yaml"
    file.write_text("\n".join(lines))
    with pytest.raises(PlanError) as caught:
        load_plan(file)
    assert (caught.value.line, caught.value.field) == (wrong + 1, "curve.phases[2].rate")


def test_missing_file(tmp_path: Path):
    with pytest.raises(PlanError, match="there is no such launch plan"):
        load_plan(tmp_path / "none.yaml")


def test_folder_and_bytes_are_no_plans(tmp_path: Path):
    with pytest.raises(PlanError, match="cannot be read"):
        load_plan(tmp_path)
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PlanError, match="not UTF-8"):
        load_plan(tmp_path / "bytes.yaml")


def test_override_changes_one_value():
    plan = load_plan(SPRING, {"curve.phases[1].to": 60, "prewarm.enabled": False, "gates.0.max": "1s"})
    assert phases_of(plan)[1].to == 60
    assert phases_of(plan)[0] == phases_of(load_plan(SPRING))[0]
    assert plan.prewarm.enabled is False
    assert plan.gates[0].max == 1


def test_wrong_override_is_told_by_its_path():
    with pytest.raises(PlanError, match=r"^--set curve\.phases\[1\]\.to: is out of range, got -3"):
        load_plan(SPRING, {"curve.phases.surge.to": -3})


def test_unknown_override_names_the_nearest_key():
    with pytest.raises(PlanError, match=r"^--set prewarm\.leed: is not a key.*Write lead"):
        load_plan(SPRING, {"prewarm.leed": "5m"})


def test_override_beside_the_list():
    with pytest.raises(OverrideError, match="allowed: 0 to 4"):
        load_plan(SPRING, {"curve.phases[9].to": 3})
