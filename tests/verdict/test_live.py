"""What is shown while a run goes on."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from rich.console import Console

from surgeproof.verdict.live import LiveGate, LiveService, LiveState, LiveView, plain_line, render


def state(at: float = 1320.0, **more: object) -> LiveState:
    fields = {
        "at": at,
        "duration": 4200.0,
        "date": datetime.fromisoformat("2027-03-20T10:12:00+01:00"),
        "phase": "surge",
        "speed": 30.0,
        "planned": 480,
        "delivered": 479,
        "in_flight": 31,
        "requests": 1440,
        "errors": 2,
        "p95": 0.61,
        "generator_cpu": 0.41,
        "services": (
            LiveService(name="storefront", desired=10, serving=8, maximum=20, needed=9, cpu=0.63),
            LiveService(name="orders", desired=2, serving=2, maximum=10, backlog=12, queue_age=75.0),
        ),
        "gates": (
            LiveGate(name="surge p95", state="holding", figure="610 ms"),
            LiveGate(name="shortfall", state="over"),
            LiveGate(name="peak p95", state="waiting"),
        ),
        "events": ("10:08:12 storefront: cpu crossed 50 %", "10:11:02 storefront: 8 -> 10 tasks [cpu]"),
    }
    return LiveState(**{**fields, **more})  # ty: ignore[invalid-argument-type] # fields by name


def shown(terminal: bool) -> tuple[Console, io.StringIO]:  # noqa: FBT001
    stream = io.StringIO()
    return Console(file=stream, force_terminal=terminal, width=140, height=40), stream


def test_a_plain_line_tells_it_all():
    assert plain_line(state()) == (
        "10:12:00 surge · arrivals 479 of 480 · p95 610 ms · errors 2 · storefront 9 needed, 8 serving of max 20"
        " · orders 2 serving of max 10 (queue 12, 75 s old) · over: shortfall"
    )


def test_without_a_terminal_there_is_a_line_every_ten_seconds_and_each_event_once():
    console, stream = shown(terminal=False)
    now = [0.0]
    with LiveView(console, "rehearsal", clock=lambda: now[0]) as view:
        for tick in range(50):
            now[0] = tick * 0.5
            view.update(state(at=tick * 15.0))
        view.say("the launch is over")
    lines = stream.getvalue().splitlines()
    assert sum("arrivals 479" in line for line in lines) == 3
    assert sum("[cpu]" in line for line in lines) == 1
    assert lines[-1] == "the launch is over"
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize(("written", "plain"), [("true", True), ("1", True), ("false", False), ("", False)])
def test_a_ci_gets_plain_lines(written: str, plain: bool, monkeypatch: pytest.MonkeyPatch):  # noqa: FBT001
    monkeypatch.setenv("CI", written)
    console, stream = shown(terminal=True)
    with LiveView(console, "rehearsal") as view:
        view.update(state())
    assert ("\x1b[?25l" not in stream.getvalue()) == plain


def test_the_live_view_shows_clock_load_services_gates_and_events():
    console, stream = shown(terminal=False)
    console.print(render(state(), "rehearsal · production · spring.yaml"))
    text = stream.getvalue()
    for words in (
        "20 Mar 10:12:00",
        "surge",
        "arrivals 479 of 480",
        "p95 610 ms",
        "generator CPU 41%",
        "storefront",
        "queue 12, 75 s old",
        "✗ shortfall",
        "✓ surge p95 610 ms",
        "8 -> 10 tasks [cpu]",
        "96 s to go",
    ):
        assert words in text


def test_what_is_not_known_is_a_question_mark():
    console, stream = shown(terminal=False)
    bare = state(
        p95=None,
        services=(LiveService(name="web", desired=0, serving=0, maximum=0),),
        gates=(),
        events=(),
        at=-3.0,
        duration=0.0,
    )
    console.print(render(bare, "rehearsal"))
    assert "p95 ?" in stream.getvalue()
