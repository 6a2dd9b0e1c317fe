"""Run settings, conditions to stop, cookies: what is taken, and what is refused with a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from surgeproof.launch.records import SAMPLE_DTYPE
from surgeproof.load.abort import AbortGate
from surgeproof.load.cookies import CookieJar
from surgeproof.load.errors import RunConfigError
from surgeproof.load.run_config import RunConfig, read_run_config, run_config


def rows(latency: float, errors: int, count: int = 100) -> NDArray[Any]:
    made: NDArray[Any] = np.zeros(count, dtype=SAMPLE_DTYPE)
    made["latency"] = latency
    made["ok"] = True
    made["ok"][:errors] = False
    return made


@pytest.mark.parametrize(
    ("text", "latency", "errors", "met"),
    [
        ("error_rate>5%", 0.1, 6, True),
        ("error_rate>5%", 0.1, 5, False),
        ("error_rate > 0.05", 0.1, 6, True),
        ("p95>2s", 2.1, 0, True),
        ("p95>2s", 1.9, 0, False),
        ("p99.9>150ms", 0.2, 0, True),
        ("p50>.5s", 0.4, 0, False),
    ],
)
def test_conditions_to_stop(text: str, latency: float, errors: int, met: bool):  # noqa: FBT001
    assert AbortGate.parse(text).holds(rows(latency, errors)) is met
    assert not AbortGate.parse(text).holds(rows(latency, errors, count=10)), "ten requests say nothing"


@pytest.mark.parametrize("text", ["p95", "p95<2s", "p95>2", "p95>2%", "error_rate>2s", "p42>1s", "", "p95>-1s"])
def test_what_is_no_condition_is_refused(text: str):
    with pytest.raises(RunConfigError, match="abort_if"):
        AbortGate.parse(text)


GOOD: dict[str, Any] = {"plan": "plan.yaml", "host": "http://127.0.0.1:8080", "folder": "out"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"host": "127.0.0.1:8080"}, "host"),
        ({"host": "ftp://x"}, "host"),
        ({"host": "http://x/path"}, "host"),
        ({"host": "http://x:99999"}, "host"),
        ({"speed": 0}, "speed"),
        ({"scale": -1}, "scale"),
        ({"seed": "x"}, "seed"),
        ({"max_in_flight": 0}, "max_in_flight"),
        ({"run_id": "a b"}, "run_id"),
        ({"abort_if": ["p95"]}, "abort_if"),
        ({"surprise": 1}, "surprise"),
        ({"plan": None}, "plan"),
    ],
)
def test_wrong_settings_name_their_field(change: dict[str, Any], field: str):
    with pytest.raises(RunConfigError, match=field):
        run_config({**GOOD, **change}, source="file")


def test_a_missing_setting_is_named():
    with pytest.raises(RunConfigError, match="host: is missing"):
        run_config({"plan": "p", "folder": "f"}, source="file")


def test_settings_survive_their_file(tmp_path: Path):
    config = RunConfig.model_validate({**GOOD, "abort_if": ["p95>2s"], "overrides": {"prewarm.enabled": False}})
    path = tmp_path / "run.json"
    path.write_text(config.model_dump_json(), encoding="utf-8")
    assert read_run_config(path) == config
    path.write_text("[1]", encoding="utf-8")
    with pytest.raises(RunConfigError, match="not an object"):
        read_run_config(path)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(RunConfigError, match="can't be read"):
        read_run_config(path)
    assert json.loads(config.model_dump_json())["host"] == GOOD["host"]


def jar(*fields: str, path: str = "/shop/page", secure: bool = False) -> CookieJar:
    made = CookieJar(secure=secure)
    for field in fields:
        made.set(field, path)
    return made


def test_cookies_go_where_their_path_says():
    made = jar("a=1; Path=/", "b=2", "c=3; Path=/shop/page/deep", "d=4; Path=relative")
    assert made.header("/shop/other?x=1") == "b=2; d=4; a=1"
    assert made.header("/shopping") == "a=1"
    assert made.header("/shop/page/deep/er") == "c=3; b=2; d=4; a=1"


@pytest.mark.parametrize("end", ["Max-Age=0", "Max-Age=-5", "Expires=Thu, 01 Jan 1970 00:00:00 GMT"])
def test_cookies_are_replaced_and_deleted(end: str):
    assert jar("a=1; Path=/", "a=2; Path=/").header("/") == "a=2"
    assert jar("a=1; Path=/", f"a=; Path=/; {end}").header("/") is None


def test_secure_cookies_travel_over_tls_only():
    assert jar("a=1; Path=/; Secure").header("/") is None
    assert jar("a=1; Path=/; Secure", secure=True).header("/") == "a=1"


@pytest.mark.parametrize("field", ["", "novalue", "=x", "a=1; Path=/; Expires=nonsense", "a=1; Path=/; Max-Age=soon"])
def test_odd_cookies_do_no_harm(field: str):
    assert jar(field).header("/") in (None, "a=1")


@given(st.text(max_size=60))
def test_no_set_cookie_field_can_raise(field: str):
    jar(field).header("/")
