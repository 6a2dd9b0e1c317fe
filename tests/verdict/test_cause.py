"""Causes, the line to change and the command that proves it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from surgeproof.launch.records import ScalingEvent, SupplyPoint
from surgeproof.scaling.shortfall import shortfall
from surgeproof.verdict.capacity import roomy
from surgeproof.verdict.evidence import RunEvidence
from surgeproof.verdict.judge import judge
from tests.verdict.build import evidence, judged
from tests.verdict.launch import SETTINGS, Case
from tests.verdict.small import small


@pytest.mark.parametrize(
    ("case", "kind", "setting", "old", "new"),
    [
        (Case(maximum=8), "ceiling", "services.storefront.scaling.max_tasks", 8, 18),
        (Case(maximum=2), "ceiling", "services.storefront.scaling.max_tasks", 2, 18),
        (Case(prewarm=False), "prewarm_off", "prewarm.enabled", False, True),
        (Case(target=90), "target_too_high", "services.storefront.scaling.cpu", 90, 50),
        (Case(died_at=2500.0), "task_died", None, None, None),
        (Case(error_share=0.05), "errors", None, None, None),
        (Case(queue_age=400.0), "worker_behind", "services.orders.scaling.queue.acceptable_latency", 60, 30),
        (Case(slow_from=2200.0), "unidentified", None, None, None),
        (Case(slow_from=2200.0, part_died_at=2190.0), "part_died", None, None, None),
    ],
)
def test_each_cause_with_its_change(case: Case, kind: str, setting: str | None, old: object, new: object):
    verdict = judged(case)
    assert verdict.verdict == "NO-GO"
    assert verdict.cause is not None
    assert verdict.cause.kind == kind
    change = verdict.change
    assert (change.setting, change.old, change.new) == (setting, old, new) if change else setting is None
    assert (verdict.prove is None) == (change is None)


def test_the_ceiling_names_service_maximum_moment_need_and_line():
    verdict = judged(Case(maximum=8))
    assert verdict.cause is not None
    assert verdict.cause.words == "storefront at max 8 tasks from 10:16:00; 13 needed"
    assert verdict.cause.date is not None
    assert f"{verdict.cause.date:%H:%M:%S %z}" == "10:16:00 +0100"
    assert verdict.change is not None
    assert (verdict.change.file, verdict.change.line, verdict.change.from_command_line) == (
        "Pulumi.production.yaml",
        41,
        False,
    )
    assert (
        verdict.prove
        == "surgeproof rehearse loadtests/plans/spring.yaml --set services.storefront.scaling.max_tasks=18"
    )


def test_the_proof_keeps_the_other_settings_of_the_run_and_replaces_its_own():
    given = (("services.storefront.scaling.max_tasks", 8), ("prewarm.enabled", True), ("catalogue.hero_sku", "A B"))
    run = evidence(Case(maximum=8, overrides=given))
    run = replace(run, scope=run.scope.model_copy(update={"arguments": ("--stack", "staging")}))
    verdict = judge(run)
    assert verdict.change is not None
    assert verdict.change.from_command_line
    assert verdict.prove == (
        "surgeproof rehearse loadtests/plans/spring.yaml --stack staging"
        " --set services.storefront.scaling.max_tasks=18 --set prewarm.enabled=true --set 'catalogue.hero_sku=A B'"
    )


def test_a_maximum_written_as_a_range_is_changed_as_a_range():
    scaling = {"range": "2-8", "cpu": 50}
    run = replace(
        evidence(Case(maximum=8)), settings={"services": {**SETTINGS["services"], "storefront": {"scaling": scaling}}}
    )
    change = judge(run).change
    assert change is not None
    assert (change.setting, change.old, change.new) == ("services.storefront.scaling.range", "2-8", "2-18")


def test_a_target_written_in_percent_stays_so():
    run = evidence(Case(target=90))
    run = replace(run, settings={"services": {"storefront": {"scaling": {"cpu": "90%"}}}})
    change = judge(run).change
    assert change is not None
    assert (change.old, change.new) == ("90%", "50%")


def short(run: RunEvidence, at: float, until: float, *, serving: int) -> RunEvidence:
    """The same run with too few tasks for a while."""
    low = SupplyPoint(
        at=at, service="storefront", desired=serving, running=serving, serving=serving, minimum=2, maximum=26
    )
    points = [point for point in run.supply if point.service != "storefront" or not at <= point.at < until]
    supply = sorted([*points, low], key=lambda point: point.at)
    series = run.needed["storefront"]
    found = shortfall(series, supply, service="storefront", until=run.curve.duration)
    return replace(run, supply=supply, shortfalls={**run.shortfalls, "storefront": found})


@pytest.mark.parametrize(
    ("at", "serving", "kind", "setting"),
    [
        (1500.0, 6, "too_slow", "services.storefront.scaling.cpu"),
        (150.0, 3, "prewarm_too_late", "prewarm.lead"),
        (3660.0, 4, "prewarm_too_short", "prewarm.release"),
        (2700.0, 9, "prewarm_too_small", "prewarm.tasks.storefront"),
    ],
)
def test_a_prewarm_that_did_not_fit(at: float, serving: int, kind: str, setting: str):
    run = evidence(Case())
    prewarm = run.plan.prewarm.model_copy(update={"release": 2900.0})
    run = replace(run, plan=run.plan.model_copy(update={"prewarm": prewarm}))
    verdict = judge(short(run, at, at + 120, serving=serving))
    assert verdict.cause is not None
    assert verdict.cause.kind == kind
    assert verdict.change is not None
    assert verdict.change.setting == setting


def test_no_task_to_spare_at_the_maximum_asks_for_a_higher_one():
    run = evidence(Case(slow_from=2200.0))
    full = [
        p.model_copy(update={"desired": 14, "serving": 14, "maximum": 14})
        for p in run.supply
        if p.service == "storefront"
    ]
    verdict = judge(replace(run, supply=full))
    assert verdict.cause is not None
    assert verdict.cause.kind == "no_headroom"
    assert verdict.change is not None
    assert (verdict.change.setting, verdict.change.new) == ("services.storefront.scaling.max_tasks", 18)


def test_a_load_test_does_not_guess_at_what_it_did_not_see():
    verdict = judge(small(slow_from=30.0))
    assert verdict.verdict == "NO-GO"
    assert verdict.cause is not None
    assert verdict.cause.kind == "not_observed"
    assert verdict.change is None
    assert verdict.prove is None


def test_a_load_test_still_tells_the_errors_that_it_got():
    verdict = judge(small(error_share=0.3))
    assert verdict.cause is not None
    assert verdict.cause.words.startswith("errors from the shop: ")


def test_a_part_that_died_before_an_invariant_broke_is_told():
    run = evidence(Case())
    died = ScalingEvent(at=1900, service="cache", kind="part_died")
    broken = [each.model_copy(update={"holds": False}) for each in run.invariants]
    verdict = judge(replace(run, events=[*run.events, died], invariants=broken))
    assert verdict.cause is not None
    assert "cache ended at 10:21:40" in verdict.cause.words


@pytest.mark.parametrize(
    ("needed", "maximum"), [(1, 2), (4, 6), (13, 18), (14, 18), (16, 20), (17, 25), (60, 75), (90, 120)]
)
def test_a_new_maximum_is_round_and_leaves_a_fifth(needed: int, maximum: int):
    assert roomy(needed) == maximum
    assert needed <= 0.8 * roomy(needed)
