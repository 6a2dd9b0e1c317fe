"""The report: well-formed, self-contained, escaped, and with everything that a reader needs."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from surgeproof.launch.records import ValidityReading
from surgeproof.verdict.headline import validity_figure
from surgeproof.verdict.markup import Markup, join, sentence, tag
from surgeproof.verdict.report import report_html
from surgeproof.verdict.report_tiles import tiles
from surgeproof.verdict.verdict import Verdict

VOID = {"meta", "br", "link", "img", "input", "hr"}


class Reader(HTMLParser):
    """Checks that tags are closed in order, and gathers texts and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


@pytest.mark.parametrize("name", ["go", "no_go", "invalid", "load_test"])
def test_it_is_well_formed_and_loads_nothing(name: str, request: pytest.FixtureRequest):
    page = report_html(request.getfixturevalue(name))
    reader = read(page)
    assert page.startswith("<!doctype html>")
    loading = {"src", "href", "data", "action", "srcset", "poster", "xlink:href", "background"}
    assert [each for each in reader.attributes if each[1] in loading] == []
    assert not re.search(r"@import|url\((?!#)|fetch\(|XMLHttpRequest|<link|<iframe", page)
    ids = [value for _, name, value in reader.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert page.count('<svg viewBox="0 0 560 236" role="img"') >= (2 if name == "load_test" else 4)
    assert len(page) < 400_000


def test_it_tells_a_manager_what_to_do(no_go: Verdict):
    text = " ".join(read(report_html(no_go)).texts)
    for words in (
        "NO-GO",
        no_go.headline,
        "storefront at max 8 tasks from 10:16:00; 13 needed",
        "max_tasks 8 -> 18",
        "Pulumi.production.yaml:41",
        "surgeproof rehearse loadtests/plans/spring.yaml --set services.storefront.scaling.max_tasks=18",
        "5 tasks",
        "Signed by",
        "Aurora limits",
        "metric publication",
        "sha256:" + "1a" * 32,
        "3 of 3 hold",
    ):
        assert words in text


def test_a_go_promises_no_more_than_it_may(go: Verdict):
    text = " ".join(read(report_html(go)).texts)
    assert "cleared for the staging test" in text
    assert "cleared to launch" not in text
    assert "386 s" in text


def test_an_invalid_test_says_why_and_what_to_do(invalid: Verdict):
    text = " ".join(read(report_html(invalid)).texts)
    assert "scheduling lag p99" in text
    assert "free its CPU, or add workers" in text
    assert {tile.mood for tile in tiles(invalid)} <= {"", "unsure"}


def test_every_text_is_escaped(no_go: Verdict):
    evil = "<script>alert('&')</script>\"'"
    scope = no_go.scope.model_copy(
        update={"plan_name": evil, "plan": evil, "stack": evil, "overrides": {evil: evil}, "digests": {evil: evil}}
    )
    gates = tuple(gate.model_copy(update={"name": evil, "reason": evil}) for gate in no_go.gates)
    timeline = tuple(
        each.model_copy(update={"services": {evil: next(iter(each.services.values()))}}) for each in no_go.timeline
    )
    verdict = no_go.model_copy(
        update={"scope": scope, "gates": gates, "headline": evil, "not_covered": (evil,), "timeline": timeline}
    )
    page = report_html(verdict)
    assert evil not in page
    assert page.count("<script>") == 1
    assert evil in "".join(read(page).texts)


def test_charts_are_told_in_words_too(no_go: Verdict):
    reader = read(report_html(no_go))
    labels = [value for element, name, value in reader.attributes if element == "svg" and name == "aria-label"]
    assert len(labels) >= 4
    assert any("5 tasks were missing at worst" in (label or "") for label in labels)
    assert "missing (hatched)" in " ".join(reader.texts)


def test_a_verdict_without_a_timeline_still_has_a_report(load_test: Verdict):
    bare = load_test.model_copy(update={"timeline": (), "phases": (), "validity": (), "gates": ()})
    read(report_html(bare))


def test_markup_escapes_all_but_markup():
    assert (
        tag("p", "<&>", Markup("<b>x</b>"), None, 1.50, title='"') == '<p title="&quot;">&lt;&amp;&gt;<b>x</b>1.5</p>'
    )
    assert join("a", None, 2) == "a2"
    assert tag("details", "x", open=False, hidden=True, class_="y") == '<details hidden class="y">x</details>'


def test_the_name_of_an_option_stays_whole_and_all_else_is_escaped():
    assert sentence("lower --speed or --max-rate <x> -- a dash") == (
        'lower <span class="whole">--speed</span> or <span class="whole">--max-rate</span> &lt;x&gt; -- a dash'
    )


@pytest.mark.parametrize(
    ("value", "told"),
    [(1.72e-05, "0 s"), (0.353, "0.353 s"), (12.34, "12.3 s"), (2608.4, "2,608 s"), (None, "not read")],
)
def test_figures_of_validity_are_told_as_people_write_them(value: float | None, told: str):
    assert validity_figure(value, ValidityReading.against("x", value, 0.5, unit="s", note=None)) == told
