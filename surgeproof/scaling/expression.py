"""CloudWatch metric math over one period, as far as scaling policies use it: arithmetic, IF, FILL, MAX and the like."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from surgeproof.scaling.errors import ExpressionError

Value = float | None
_FIX = "Use numbers, metric ids, + - * / ^, comparisons, AND, OR, and the functions listed"

_ARITHMETIC: Mapping[type[ast.operator], Callable[[float, float], float]] = MappingProxyType(
    {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
        ast.Pow: operator.pow,
        ast.BitXor: operator.pow,
    }
)
_COMPARISON: Mapping[type[ast.cmpop], Callable[[float, float], bool]] = MappingProxyType(
    {
        ast.Lt: operator.lt,
        ast.LtE: operator.le,
        ast.Gt: operator.gt,
        ast.GtE: operator.ge,
        ast.Eq: operator.eq,
        ast.NotEq: operator.ne,
    }
)
_AGGREGATE: Mapping[str, Callable[[Sequence[float]], float]] = MappingProxyType(
    {"MAX": max, "MIN": min, "SUM": math.fsum, "AVG": lambda values: math.fsum(values) / len(values)}
)
_SINGLE: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {"ABS": abs, "CEIL": math.ceil, "FLOOR": math.floor, "LOG": math.log, "LOG10": math.log10}
)
FUNCTIONS = ("IF", "FILL", *_AGGREGATE, *_SINGLE)


def evaluate_expression(expression: str, values: Mapping[str, Value]) -> Value:
    """Value of a metric math expression for one period; None where CloudWatch would have no datapoint.

    A missing operand makes the result missing, except inside FILL and in aggregates, which skip it; so
    does a division by zero (CloudWatch user guide, 'Using metric math').

    Raises:
        ExpressionError: The expression cannot be read, or names a metric that is not there.
    """
    return _evaluate(_parse(expression), expression, values)


def _parse(expression: str) -> ast.expr:
    text = re.sub(r"(?<![<>=!])=(?!=)", "==", expression.replace("<>", "!=").replace("&&", " and "))
    text = re.sub(r"\bAND\b", "and", re.sub(r"\bOR\b", "or", text.replace("||", " or ")))
    text = text.replace("^", "**")
    text = re.sub(r"\bIF\s*\(", "IF_(", text)
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ExpressionError("cannot read metric math", got=expression, fix=_FIX) from error


def _evaluate(node: ast.expr, whole: str, values: Mapping[str, Value]) -> Value:  # noqa: PLR0911 one return a kind of node
    match node:
        case ast.Constant(value=bool() | int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            if name not in values:
                raise ExpressionError(
                    f"metric math names {name!r}, which is not a metric of the policy",
                    got=whole,
                    allowed=", ".join(sorted(values)),
                )
            return values[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            value = _evaluate(operand, whole, values)
            return None if value is None else -value
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            return _calculate(_ARITHMETIC[type(op)], _evaluate(left, whole, values), _evaluate(right, whole, values))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISON:
            a, b = _evaluate(left, whole, values), _evaluate(right, whole, values)
            return None if a is None or b is None else float(_COMPARISON[type(op)](a, b))
        case ast.BoolOp(op=op, values=parts):
            evaluated = [_evaluate(part, whole, values) for part in parts]
            if any(part is None for part in evaluated):
                return None
            return float((all if isinstance(op, ast.And) else any)(bool(part) for part in evaluated))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _call(name.rstrip("_").upper(), arguments, whole, values)
    raise ExpressionError("cannot read metric math", got=whole, allowed=", ".join(FUNCTIONS), fix=_FIX)


def _calculate(operation: Callable[[float, float], float], left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    try:
        result = operation(left, right)
    except (ZeroDivisionError, OverflowError):
        return None
    return result if isinstance(result, int | float) and math.isfinite(result) else None


def _call(name: str, arguments: list[ast.expr], whole: str, values: Mapping[str, Value]) -> Value:
    if name == "IF" and len(arguments) in {2, 3}:
        condition = _evaluate(arguments[0], whole, values)
        if condition:
            return _evaluate(arguments[1], whole, values)
        return _evaluate(arguments[2], whole, values) if condition is not None and len(arguments) == 3 else None
    if name == "FILL" and len(arguments) == 2:
        value = _evaluate(arguments[0], whole, values)
        return _evaluate(arguments[1], whole, values) if value is None else value
    if name in _AGGREGATE and arguments:
        present = [value for value in _members(arguments, whole, values) if value is not None]
        return _AGGREGATE[name](present) if present else None
    if name in _SINGLE and len(arguments) == 1:
        value = _evaluate(arguments[0], whole, values)
        if value is None or (name.startswith("LOG") and value <= 0):
            return None
        return float(_SINGLE[name](value))
    raise ExpressionError(
        f"metric math function {name} with {len(arguments)} arguments is not known",
        got=whole,
        allowed=", ".join(FUNCTIONS),
    )


def _members(arguments: list[ast.expr], whole: str, values: Mapping[str, Value]) -> list[Value]:
    members: list[Value] = []
    for argument in arguments:
        match argument:
            case ast.List(elts=elements):
                members += [_evaluate(element, whole, values) for element in elements]
            case ast.Call(func=ast.Name(id="METRICS"), args=[]):
                members += list(values.values())
            case _:
                members.append(_evaluate(argument, whole, values))
    return members
