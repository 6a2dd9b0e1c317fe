"""The peers of the generator's benchmark: what they are asked, and what is read from what they said when they ran."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from tests.benchmarks.generator import certificate, peer_artillery, peer_gatling, peer_goose
from tests.benchmarks.generator.latency import Latency

URL = "http://127.0.0.1:8080"

GOOSE = {
    "GET home": {"raw_data": {"times_us": {"308": 1, "324": 1, "340": 1}}, "success_count": 3, "fail_count": 0},
    "GET list": {"raw_data": {"times_us": {"312": 1, "332": 2, "404": 1}}, "success_count": 4, "fail_count": 0},
    "GET product": {
        "raw_data": {"times_us": {"312": 1, "316": 1, "328": 1, "340": 1, "392": 1, "396": 1}},
        "success_count": 6,
        "fail_count": 0,
    },
}
GOOSE_REFUSED = {
    "GET home": {
        "raw_data": {"times_us": {"276": 1, "284": 1, "288": 1, "296": 1, "308": 1, "312": 1}},
        "success_count": 0,
        "fail_count": 6,
    },
}
"""Goose 0.19.0, one user, a few requests; without the fields that are not read."""

GATLING = """\
========================================================================================================================
2026-11-24 16:06:15 GMT                                                                              24s elapsed
---- Requests -----------------------------------------------------------------------|---Total---|-----OK----|----KO----
> Global                                                                             |   352,948 |   352,948 |         0


---- shopper -----------------------------------------------------------------------------------------------------------
[###############################################################################################################]   100%
          waiting:         0 / active:         0  / done:        32
========================================================================================================================

Parsing log file(s)...
Parsing log file(s) done in 3s.
measured: 50th percentile of response time is greater than or equal to 0.0 : true (actual : 1.0)
measured: 99th percentile of response time is greater than or equal to 0.0 : true (actual : 9.0)
Global: count of failed events is 0.0 : true (actual : 0.0)
"""
GATLING_UNTRUSTED = """\
Parsing log file(s) done in 1s.
measured: 50th percentile of response time is greater than or equal to 0.0 : true (actual : 26.0)
measured: 99th percentile of response time is greater than or equal to 0.0 : true (actual : 71.0)
Global: count of failed events is 0.0 : false (actual : 24328.0)
"""
"""Gatling 3.15.1; the end of what it printed, and what it printed where it did not trust the certificate."""

ARTILLERY = {
    "counters": {
        "vusers.created": 32,
        "http.requests": 2753,
        "http.codes.200": 2596,
        "http.responses": 2753,
        "plugins.metrics-by-endpoint./.codes.200": 649,
        "http.codes.201": 157,
        "vusers.failed": 0,
        "vusers.completed": 32,
    },
    "summaries": {"http.response_time": {"min": 0, "max": 100, "count": 2753, "p50": 10.9, "p95": 37.7, "p99": 56.3}},
}
ARTILLERY_LOST = {
    "counters": {"http.requests": 5, "http.codes.404": 5, "plugins.metrics-by-endpoint./nowhere/.codes.404": 1},
    "summaries": {"http.response_time": {"min": 0, "max": 2, "count": 5, "p50": 1, "p95": 1, "p99": 1}},
}
ARTILLERY_REFUSED = {
    "counters": {
        "http.requests": 1,
        "plugins.metrics-by-endpoint./.errors.ECONNREFUSED": 1,
        "errors.ECONNREFUSED": 1,
        "vusers.failed": 1,
    },
    "summaries": {},
}
"""Artillery 2.0.21: 32 users, a path that is not there, a port that is closed; without what is not read."""


def _goose(folder: Path, requests: Mapping[str, object]) -> Latency:
    (folder / "goose.json").write_text(json.dumps({"raw_metrics": {"requests": requests}}))
    return peer_goose.latency(folder)


def test_goose_counts_the_times_of_all_requests_together(tmp_path: Path) -> None:
    assert _goose(tmp_path, GOOSE) == Latency(0.332, 0.404, 0)
    assert _goose(tmp_path, GOOSE_REFUSED).errors == 6


def test_goose_is_asked_for_closed_users_and_a_report(tmp_path: Path) -> None:
    command = peer_goose.command(tmp_path, URL, 11.0, 32)
    asked = dict(zip(command[1::2], command[2::2], strict=False))
    assert (asked["--host"], asked["--users"], asked["--run-time"]) == (URL, "32", "11s")
    assert command[-2:] == ["--report-file", str(tmp_path / "goose.json")]


def test_goose_is_told_whom_to_trust_and_the_chances(tmp_path: Path) -> None:
    environment = peer_goose.environment(tmp_path / "ca.pem")
    assert environment == {"SSL_CERT_FILE": str(tmp_path / "ca.pem"), "CART": "0.229", "CHECKOUT": "0.157"}


def test_goose_has_its_version_from_the_lock_file_once_it_is_built(tmp_path: Path) -> None:
    (tmp_path / "Cargo.lock").write_bytes((Path(peer_goose.__file__).parent / "goose/Cargo.lock").read_bytes())
    assert peer_goose.version(tmp_path) is None
    (tmp_path / "target/release").mkdir(parents=True)
    (tmp_path / "target/release/goose-journey").touch()
    assert peer_goose.version(tmp_path) == "0.19.0"


def test_gatlings_percentiles_are_those_that_its_assertions_tell() -> None:
    assert peer_gatling.latency(GATLING) == Latency(1.0, 9.0, 0)
    assert peer_gatling.latency(GATLING_UNTRUSTED).errors == 24328
    with pytest.raises(RuntimeError, match="99th percentile"):
        peer_gatling.latency(GATLING.replace("99th", "95th"))


def test_gatling_warms_up_apart_and_checks_certificates(tmp_path: Path) -> None:
    ca = certificate.write_certificate(tmp_path)
    command = peer_gatling.command(tmp_path, URL, ca, peer_gatling.WARM_UP + 8.0, 32)
    properties = dict(word[2:].split("=", 1) for word in command if word.startswith("-D"))
    assert (properties["url"], properties["users"]) == (URL, "32")
    assert (properties["warmUp"], properties["measured"]) == ("20", "8")
    assert properties["gatling.ssl.useInsecureTrustManager"] == "false"
    assert properties["gatling.http.enableHostnameVerification"] == "true"
    assert Path(properties["gatling.ssl.trustStore.file"]).stat().st_size > 0
    assert "--no-reports" in command


def test_gatling_is_no_row_until_it_is_built(tmp_path: Path) -> None:
    assert peer_gatling.version(tmp_path) is None
    (tmp_path / "target/dependency").mkdir(parents=True)
    (tmp_path / "target/dependency/gatling-core-java-3.15.1.jar").touch()
    assert peer_gatling.version(tmp_path) is None


def test_gatling_takes_no_artefact_of_another_licence() -> None:
    project = (Path(peer_gatling.__file__).parent / "gatling/pom.xml").read_text()
    assert "<groupId>io.gatling.highcharts" not in project


def _artillery(folder: Path, aggregate: Mapping[str, object]) -> Latency:
    (folder / "artillery.json").write_text(json.dumps({"aggregate": aggregate, "intermediate": []}))
    return peer_artillery.latency(folder)


def test_artillery_counts_each_wrong_answer_once(tmp_path: Path) -> None:
    assert _artillery(tmp_path, ARTILLERY) == Latency(10.9, 56.3, 0)
    assert _artillery(tmp_path, ARTILLERY_LOST) == Latency(1, 1, 5)
    with pytest.raises(RuntimeError, match=r"errors\.ECONNREFUSED"):
        _artillery(tmp_path, ARTILLERY_REFUSED)


def test_artillerys_users_arrive_within_a_second_and_walk_the_journey_until_the_end(tmp_path: Path) -> None:
    command = peer_artillery.command(tmp_path, URL, 32)
    assert command[-2:] == [str(tmp_path / "artillery.json"), str(tmp_path / "artillery.yaml")]
    scenario = yaml.safe_load((tmp_path / "artillery.yaml").read_text())
    assert scenario["config"]["phases"] == [{"duration": 1, "arrivalCount": 32}]
    (flow,) = scenario["scenarios"][0]["flow"]
    steps = [step["url"] for each in flow["loop"] for step in each.values()]
    assert [step.split("?")[0].split("{")[0] for step in steps] == [
        *("/", "/products", "/products/", "/products/", "/cart", "/checkout")
    ]


def test_artillerys_processor_has_what_the_scenario_names(tmp_path: Path) -> None:
    peer_artillery.command(tmp_path, URL, 32)
    scenario = json.loads((tmp_path / "artillery.yaml").read_text())
    processor = Path(scenario["config"]["processor"]).read_text()
    (flow,) = scenario["scenarios"][0]["flow"]
    named = [
        flow["whileTrue"],
        *(step["ifTrue"] for each in flow["loop"] for step in each.values() if "ifTrue" in step),
    ]
    assert [name for name in named if f"  {name}(" not in processor] == []
    asked = peer_artillery.environment(tmp_path / "ca.pem", 11.0)
    assert [name for name in ("CART", "CHECKOUT", "BENCHMARK_SECONDS") if f"process.env.{name}" not in processor] == []
    assert (asked["CART"], asked["CHECKOUT"], asked["BENCHMARK_SECONDS"]) == ("0.229", "0.157", "11.0")
    assert asked["NODE_EXTRA_CA_CERTS"] == str(tmp_path / "ca.pem")
