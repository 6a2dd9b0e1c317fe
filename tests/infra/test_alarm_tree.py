"""How alarms are shared out over composite alarms."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from infra.alarm_tree import RULE_ALARMS, RULE_LENGTH, parts, rule

NAMES = st.lists(st.text("abc-", min_size=1, max_size=255), max_size=450)


@given(NAMES)
def test_parts_keep_all_names_in_their_order_and_are_short_enough(names: list[str]):
    made = parts(names)
    assert [name for part in made for name in part] == names
    for part in made:
        assert 0 < len(part) <= RULE_ALARMS
        assert len(rule(part)) <= RULE_LENGTH


@given(NAMES)
def test_no_part_could_take_the_first_of_the_next_one(names: list[str]):
    made = parts(names)
    for part, following in itertools.pairwise(made):
        longer = [*part, following[0]]
        assert len(longer) > RULE_ALARMS or len(rule(longer)) > RULE_LENGTH
