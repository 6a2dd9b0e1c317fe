"""Where objects of a data class go, and when: never dearer than to leave them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.components.encryption import DataClass
from infra.retention import CLASSES, STAYS, moves, version_days


@given(st.sampled_from([*CLASSES, "orders", "internal"]), st.integers(1, 3653))
def test_each_move_pays_before_the_end(classification: str, retention: int):
    planned = moves(classification, retention)
    for move in planned:
        assert move.days + STAYS[move.storage_class] <= retention
    for earlier, later in pairwise(planned):
        assert earlier.days + STAYS[earlier.storage_class] <= later.days


@pytest.mark.parametrize("classification", sorted(CLASSES))
def test_a_year_moves_what_is_hardly_read(classification: str):
    assert moves(classification, 400) == CLASSES[classification]
    assert moves(classification, 1) == ()


def test_orders_stay_where_they_are_read_and_cards_leave_no_versions():
    assert moves("orders", 3653) == ()
    assert version_days("card-data") == 1
    assert all(version_days(str(data_class)) >= 1 for data_class in DataClass)
