"""Metric math."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surgeproof.scaling.errors import ExpressionError
from surgeproof.scaling.expression import evaluate_expression

VALUES = {"m1": 30.0, "m2": 4.0, "zero": 0.0, "none": None}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("m1 / m2", 7.5),
        ("m1 / zero", None),
        ("m1 + none", None),
        ("FILL(none, 0) + m1", 30),
        ("FILL(m1, 0)", 30),
        ("IF(m2 > 0, m1 / m2, m1)", 7.5),
        ("IF(zero > 0, m1 / zero, m1)", 30),
        ("IF(zero, 1)", None),
        ("IF(none > 1, 1, 2)", None),
        ("MAX([m1, m2, none])", 30),
        ("MAX([m2, 10]) * 2", 20),
        ("SUM(METRICS())", 34),
        ("AVG([m1, m2])", 17),
        ("MIN([none])", None),
        ("CEIL(m1 / m2) - FLOOR(7.5)", 1),
        ("m2 ^ 2", 16),
        ("-m2 + ABS(-1)", -3),
        ("m1 >= 30 AND m2 < 5", 1),
        ("m1 = 30 OR none > 1", None),
        ("m1 <> 30", 0),
        ("m1 = 30 && m2 = 4", 1),
        ("LOG(zero)", None),
        ("(m1 - m2) * (2 + 1)", 78),
    ],
)
def test_value(expression, value):
    assert evaluate_expression(expression, VALUES) == value


@pytest.mark.parametrize(
    "bad",
    ["m1 +", "m9", "__import__('os')", "m1.real", "ANOMALY_DETECTION_BAND(m1)", "IF(m1)", "[m1]", "m1 if m2 else 3"],
)
def test_what_cannot_be_read_is_told(bad):
    with pytest.raises(ExpressionError):
        evaluate_expression(bad, VALUES)


@given(a=st.floats(-1e6, 1e6), b=st.floats(-1e6, 1e6))
def test_arithmetic_is_that_of_numbers(a, b):
    values = {"a": a, "b": b}
    assert evaluate_expression("a + b", values) == a + b
    assert evaluate_expression("MAX([a, b])", values) == max(a, b)
    sound = b != 0 and math.isfinite(a / b)  # what is no finite number is no datapoint
    assert evaluate_expression("a / b", values) == (pytest.approx(a / b) if sound else None)


@given(text=st.text(alphabet="m12+-*/()[], IFMAX<>=.", max_size=20))
def test_any_text_gives_a_value_or_the_rooms_own_error(text):
    try:
        value = evaluate_expression(text, {"m1": 1.0, "m2": 2.0})
    except ExpressionError:
        value = None
    assert value is None or isinstance(value, int | float)
