"""The review as text, Markdown and data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from surgeproof.controls.finding import Finding
from surgeproof.review.changes import Change, Difference
from surgeproof.review.review import Review

LONGEST_VALUE = 60
"""Characters of a value that a line of a review shows."""
MOST_DIFFERENCES = 6
"""Properties of one resource that a line of a review shows."""
_SIGNS = {"create": "+", "delete": "-", "update": "~", "replace": "±"}


def as_text(review: Review) -> str:
    """For a terminal: the worst first."""
    return "\n".join(_text(review)) + "\n"


def _text(review: Review) -> Iterator[str]:
    yield f"{review.stack} against {review.against}: {counted(review)}"
    for change in review.changes:
        yield f"  {_SIGNS[change.kind]} {change.kind:<8}{_kind(change)} {change.shape.name}{_why(change)}"
        if (said := review.interruptions.get(change.shape.urn)) is not None:
            yield f"      ! {said}"
        for item in change.differences[:MOST_DIFFERENCES]:
            yield f"      {item.path}: {_value(item.old)} -> {_value(item.new)}"
        if len(change.differences) > MOST_DIFFERENCES:
            yield f"      and {len(change.differences) - MOST_DIFFERENCES} more"
    for sign, findings in (("weakens", review.weakens), ("mends", review.strengthens)):
        for item in findings:
            yield f"  {sign}  {_finding(item)}"
    yield f"  {cost_sentence(review)}"


def as_markdown(review: Review) -> str:
    """For a comment on a pull request."""
    lines = [f"### {review.stack} against {review.against}: {counted(review)}", "", cost_sentence(review), ""]
    if review.interruptions:
        lines += ["**Interrupted or lost**", ""]
        lines += [
            f"- `{_kind(change)} {change.shape.name}` {review.interruptions[change.shape.urn]}"
            for change in review.changes
            if change.shape.urn in review.interruptions
        ]
        lines.append("")
    if review.weakens:
        lines += ["**Weakened**", "", *(f"- {_finding(item)}" for item in review.weakens), ""]
    if review.strengthens:
        lines += ["**Mended**", "", *(f"- {_finding(item)}" for item in review.strengthens), ""]
    if review.changes:
        lines += ["| | resource | what |", "|---|---|---|"]
        lines += [
            f"| {change.kind} | `{_kind(change)} {change.shape.name}` | {_cell(change)} |" for change in review.changes
        ]
    return "\n".join(lines).rstrip() + "\n"


def as_data(review: Review) -> dict[str, Any]:
    """For machines."""
    return {
        "stack": review.stack,
        "against": review.against,
        "counts": review.counts,
        "changes": [
            {
                "kind": change.kind,
                "type": change.shape.type,
                "name": change.shape.name,
                "urn": change.shape.urn,
                "why": change.why,
                "renamed_from": change.renamed_from,
                "interrupts": review.interruptions.get(change.shape.urn),
                "differences": [{"path": item.path, "old": item.old, "new": item.new} for item in change.differences],
            }
            for change in review.changes
        ],
        "weakens": [_finding_data(item) for item in review.weakens],
        "strengthens": [_finding_data(item) for item in review.strengthens],
        "month": {
            "currency": review.cost.currency,
            "old": {"least": round(review.cost.old_least, 2), "most": round(review.cost.old_most, 2)},
            "new": {"least": round(review.cost.new_least, 2), "most": round(review.cost.new_most, 2)},
        },
    }


def counted(review: Review) -> str:
    """``2 to create, 1 to replace``; ``no change``."""
    counts = review.counts
    said = [f"{counts[kind]} to {kind}" for kind in ("create", "update", "replace", "delete") if counts.get(kind)]
    return ", ".join(said) or "no change"


def cost_sentence(review: Review) -> str:
    """A month before and after, at the smallest and the largest size."""
    cost = review.cost
    if abs(cost.new_least - cost.old_least) < 0.005 and abs(cost.new_most - cost.old_most) < 0.005:
        return f"A month costs the same: {cost.new_least:,.2f} to {cost.new_most:,.2f} {cost.currency} (list prices)."
    return (
        f"A month: {cost.old_least:,.2f} -> {cost.new_least:,.2f} {cost.currency} at the smallest size, "
        f"{cost.old_most:,.2f} -> {cost.new_most:,.2f} at the largest (list prices, without what is billed by use)."
    )


def _kind(change: Change) -> str:
    module, kind = change.shape.type.split(":")[1:]
    return f"{module.partition('/')[0]} {kind}"


def _why(change: Change) -> str:
    if change.renamed_from:
        return f", until now {change.renamed_from}: {change.why}"
    return f": {change.why}" if change.why else ""


def _cell(change: Change) -> str:
    parts = [change.why] if change.why else []
    if change.renamed_from:
        parts.insert(0, f"until now `{change.renamed_from}`")
    parts += [_difference_cell(item) for item in change.differences[:MOST_DIFFERENCES]]
    if len(change.differences) > MOST_DIFFERENCES:
        parts.append(f"and {len(change.differences) - MOST_DIFFERENCES} more")
    return "<br>".join(parts)


def _difference_cell(item: Difference) -> str:
    return f"`{item.path}`: {_code(_value(item.old))} → {_code(_value(item.new))}"


def _code(text: str) -> str:
    return "`" + text.replace("`", "'").replace("|", "\\|") + "`"


def _value(value: Any) -> str:
    text = "nothing" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _finding(item: Finding) -> str:
    place = f" ({item.file}:{item.line})" if item.file else ""
    return f"{item.control} ({item.severity}) {item.name or item.urn}: {item.message}{place}"


def _finding_data(item: Finding) -> dict[str, Any]:
    return {
        "control": item.control,
        "severity": item.severity,
        "urn": item.urn,
        "message": item.message,
        "property": item.path,
        "file": item.file,
        "line": item.line,
    }
