from __future__ import annotations

import pytest

from surgeproof.verdict.judge import judge
from surgeproof.verdict.verdict import Verdict
from tests.verdict.build import changed_worker, evidence, judged
from tests.verdict.launch import Case


@pytest.fixture(scope="session")
def go() -> Verdict:
    return judged(Case())


@pytest.fixture(scope="session")
def no_go() -> Verdict:
    return judged(Case(maximum=8, overrides=(("services.storefront.scaling.max_tasks", 8),)))


@pytest.fixture(scope="session")
def invalid() -> Verdict:
    return judge(changed_worker(evidence(Case()), lag_p99_ms=400.0, cpu_mean=0.91))


@pytest.fixture(scope="session")
def load_test() -> Verdict:
    return judged(Case(kind="load test", speed=1.0))
