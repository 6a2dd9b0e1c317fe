"""Controls made for these tests alone: they are not registered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from surgeproof.controls.control import Control, Judge, Parameter
from surgeproof.controls.severity import Severity

MakeControl = Callable[..., Control]


@pytest.fixture
def make_control() -> MakeControl:
    """Makes a control of queues from a function."""

    def make(
        judge: Judge,
        id_: str = "T-01",
        *,
        severity: Severity = "high",
        family: str = "queue",
        parameters: tuple[Parameter, ...] = (),
    ) -> Control:
        return Control(id_, "Queues are sound", severity, family, "Why", "`mend()`", (), parameters, judge)

    return make
