"""Every wrong input ends in exit 2 with one sentence: where, what was given, how to mend it. Nothing is left running."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.rehearsal.conftest import ROOT, SMOKE

SPRING = "loadtests/plans/spring.yaml"
HEAD = "minute_utc+1,requests\n"


def rows(count: int, *, value: str = "100", skip: range = range(0)) -> str:
    lines = [f"2026-03-20T{8 + number // 60:02d}:{number % 60:02d},{value}" for number in range(count)]
    return "".join(f"{line}\n" for number, line in enumerate(lines) if number not in skip)


TRACES = {
    "no rows": (HEAD, "no rows"),
    "negative counts": (HEAD + rows(90, value="-3"), "-3"),
    "not a number": (HEAD + rows(90, value="many"), "many"),
    "a gap of half an hour": (HEAD + rows(120, skip=range(40, 70)), "gap"),
    "no zone": ("minute,requests\n" + rows(90), "--zone"),
    "mixed zones": ("minute,requests\n2026-03-20T08:00+01:00,3\n2026-03-20T08:01+02:00,3\n", "zone"),
    "no time": ("what,requests\na,1\n", "time"),
    "not text": ("\x00\x01\x02", ""),
}
PLANS = {
    "not YAML": ("name: [", "YAML"),
    "a list": ("- 1\n", "not a launch plan"),
    "wrong type": ("name: 3\nlaunch: soon\n", "name"),
    "empty": ("", "not a launch plan"),
}


def assert_told(surgeproof, arguments: list[str], words: str) -> str:
    command = surgeproof("rehearse", *arguments)
    code, out = command.wait(90)
    assert code == 2, command.errors
    assert out == ""
    assert "Traceback" not in command.errors
    told = [line for line in command.errors.splitlines() if line.startswith("surgeproof: ")]
    assert len(told) == 1, command.errors
    assert words in told[0], told[0]
    command.assert_nothing_left()
    return told[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.yaml"], "nowhere.yaml"),
        ([SMOKE, "--stack", "prodution"], "production"),
        ([SMOKE, "--speed", "0"], "--speed"),
        ([SMOKE, "--scale", "2"], "--scale"),
        ([SMOKE, "--set", "prewarm.enbled=true"], "prewarm.enbled"),
        ([SMOKE, "--set", "max_tasks"], "path=value"),
        ([SMOKE, "--set", "gates.0.max=-1"], "gates"),
        ([SMOKE, "--out", "README.md"], "--out"),
        ([SMOKE, "--trace", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_wrong_arguments(surgeproof, arguments: list[str], words: str) -> None:
    assert_told(surgeproof, arguments, words)


@pytest.mark.parametrize(("text", "words"), PLANS.values(), ids=PLANS)
def test_wrong_plans(surgeproof, tmp_path: Path, text: str, words: str) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(text)
    told = assert_told(surgeproof, [str(plan)], words)
    assert "plan.yaml" in told


@pytest.mark.parametrize(("text", "words"), TRACES.values(), ids=TRACES)
def test_wrong_traces(surgeproof, tmp_path: Path, text: str, words: str) -> None:
    trace = tmp_path / "trace.csv"
    trace.write_text(text)
    assert_told(surgeproof, [SPRING, "--trace", str(trace)], words)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("services.storefront.scaling.max_task=2", "services.storefront.scaling.max_task"),
        ("services.storefront.scaling.max_tasks=many", "services.storefront.scaling.max_tasks"),
        ("services.shopfront.cpu=256", "services.shopfront"),
        ("services.storefront.cpu=333", "services.storefront.cpu"),
    ],
)
def test_wrong_settings_of_a_stack(surgeproof, setting: str, words: str) -> None:
    assert_told(surgeproof, [SMOKE, "--set", setting], words)


@pytest.mark.slow
def test_a_port_that_is_in_use(surgeproof) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert_told(surgeproof, [SMOKE, "--port", port], port)


@pytest.mark.slow
def test_outside_a_project(surgeproof, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.rehearsal.conftest.ROOT", tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert_told(surgeproof, [str(ROOT / SMOKE)], "Pulumi.yaml")
