"""`surgeproof cost`: figures on stdout, what to know about them on stderr."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from surgeproof.cli.main import main

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def in_the_project(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)


def test_json_holds_every_line_and_their_sum(capsys: pytest.CaptureFixture[str]):
    assert main(["cost", "--stack", "local", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["month"]["least"] == pytest.approx(sum(line["least"] for line in data["lines"]), abs=0.5)
    assert data["currency"] == "USD"


def test_the_table_says_what_it_leaves_out(capsys: pytest.CaptureFixture[str]):
    assert main(["cost", "--stack", "local"]) == 0
    printed = capsys.readouterr()
    assert "in all" in printed.out
    assert "were not compared with AWS's own list" in printed.err
    assert "Billed by use, and in no sum: " in printed.err


def test_more_tasks_cost_more(capsys: pytest.CaptureFixture[str]):
    def least(*more: str) -> float:
        assert main(["cost", "--stack", "local", "--json", *more]) == 0
        return json.loads(capsys.readouterr().out)["month"]["least"]

    assert least("--set", "services.storefront.scaling.range=4-8") > least()


def test_a_missing_price_table_is_a_usage_error(capsys: pytest.CaptureFixture[str]):
    assert main(["cost", "--stack", "local", "--prices", "nowhere.yaml"]) == 2
    assert "nowhere.yaml: cannot be read" in capsys.readouterr().err


def test_shown_prices_can_be_given_back(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    assert main(["cost", "--stack", "local", "--show-prices"]) == 0
    mine = tmp_path / "prices.yaml"
    mine.write_text(capsys.readouterr().out)
    assert main(["cost", "--stack", "local", "--prices", str(mine), "--json"]) == 0
