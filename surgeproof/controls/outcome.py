"""What a control says of one resource."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["pass", "fail", "unknown", "not-applicable"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One judgement. Its text never holds a property's value: that may be a secret.

    Attributes:
        verdict: pass, fail, unknown or not-applicable.
        message: Why; reads on after the resource's name.
        property: Input property that decided, ``encryption.kmsKey``; "" when no single one did.
        setting: Path of the stack's setting to change, ``services.storefront.image``; None when it is code.
    """

    verdict: Verdict
    message: str = ""
    property: str = ""
    setting: str | None = None


def passed(note: str = "") -> Outcome:
    """The resource keeps the rule."""
    return Outcome("pass", note)


def failed(message: str, *, property: str = "", setting: str | None = None) -> Outcome:  # noqa: A002 - the domain's word
    """The resource breaks the rule.

    Args:
        message: What is wrong, in a few words, without the value.
        property: Which input property has to change.
        setting: Which setting of the stack sets it, where one does.
    """
    return Outcome("fail", message, property, setting)


def unknown(what: str, *, property: str = "") -> Outcome:  # noqa: A002 - the domain's word
    """It cannot be told yet: a value is known only after deployment, or was left out of what was read."""
    return Outcome("unknown", what, property)


def not_applicable(why: str) -> Outcome:
    """The rule does not concern this resource."""
    return Outcome("not-applicable", why)
