"""The evidence for people: one page that needs nothing beside it, for the screen and for paper."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from surgeproof.controls.evidence import (
    ControlEvidence,
    Evidence,
    FrameworkEvidence,
    Mapped,
    RequirementEvidence,
    ResourceEvidence,
    evidence_of,
)
from surgeproof.controls.evidence_limits import Disagreement
from surgeproof.controls.evidence_style import STYLE
from surgeproof.controls.report import Report
from surgeproof.controls.scope_svg import scope_svg

_COLUMNS = ("mapped", "ran", "n/a", "pass", "fail", "waived", "unknown", "baseline")
_WORDS = {"not-applicable": "not applicable", "baselined": "in the baseline"}


def evidence_html(report: Report) -> str:
    """The page of a report."""
    return page(evidence_of(report))


def page(found: Evidence) -> str:
    """The page of an evidence document."""
    title = f"Controls of {found.project} · {found.stack}"
    body = [
        f"<h1>{escape(title)}</h1>",
        (
            f'<p class="confirm"><strong>{escape(found.confirm)}</strong> A clean page is evidence for an assessor, '
            "and no certificate.</p>"
        ),
        _facts(found),
        *(_framework(item) for item in found.frameworks),
        "<h2>What each control said of each resource</h2>",
        *(_control(item) for item in found.results),
        _scope(found),
        _disagreements(found.disagreements),
        "<h2>What is not checked</h2>",
        _points(found.not_checked),
    ]
    if found.unread:
        body += ["<h2>What could not be read</h2>", _points(found.unread)]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}<style>{STYLE}</style></head><body>\n'
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def _facts(found: Evidence) -> str:
    counts = ", ".join(f"{number} {_WORDS.get(verdict, verdict)}" for verdict, number in found.counts.items() if number)
    rows = {
        "made": f"{found.at:%Y-%m-%d %H:%M} UTC by {found.tool}",
        "judged": f"{found.source}: {found.resources} resources, {found.controls} controls",
        "outcome": counts or "nothing was judged",
        "graph": f"SHA-256 {found.graph_digest}" if found.graph_digest else "",
    }
    pairs = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rows.items() if text)
    return f"<dl>{pairs}</dl>"


def _framework(found: FrameworkEvidence) -> str:
    heads = "".join(f'<th class="n">{name}</th>' for name in _COLUMNS)
    rows = "".join(_requirement(item) for item in found.requirements)
    return (
        f"<h2>{escape(found.name)}</h2>"
        f'<p class="dim">{len(found.requirements)} requirements have a control. Requirements that are not listed have '
        "none. The columns mapped, ran and n/a count controls; the others count resources.</p>"
        f'<div class="wide"><table class="requirements"><thead><tr><th>requirement</th>{heads}<th>controls, and who mapped them</th></tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def _requirement(item: RequirementEvidence) -> str:
    numbers = (
        (item.mapped, ""),
        (item.ran, ""),
        (item.not_applicable, ""),
        (item.passed, "pass"),
        (item.failed, "fail"),
        (item.waived, "waived"),
        (item.unknown, "unknown"),
        (item.baselined, "baselined"),
    )
    cells = "".join(
        f'<td class="n {kind if number else "dim"}" data-column="{name}">{number}</td>'
        for name, (number, kind) in zip(_COLUMNS, numbers, strict=True)
    )
    controls = "".join(_mapped(mapped) for mapped in item.controls)
    return f"<tr><td><strong>{escape(item.id)}</strong></td>{cells}<td>{controls}</td></tr>"


def _mapped(item: Mapped) -> str:
    worst = next((verdict for verdict in ("fail", "unknown", "waived", "pass") if item.counts.get(verdict)), "dim")
    sources = "; ".join(item.mapped_by)
    return (
        f'<div><a class="{worst}" href="#{escape(item.control)}">{escape(item.control)}</a> '
        f'<span class="dim">{escape(sources)}</span></div>'
    )


def _control(item: ControlEvidence) -> str:
    counts = ", ".join(f"{number} {_WORDS.get(verdict, verdict)}" for verdict, number in item.counts.items())
    rows = "".join(_resource(row) for row in item.resources)
    return (
        f'<details id="{escape(item.id)}"{" open" if item.counts.get("fail") else ""}><summary>'
        f"<strong>{escape(item.id)}</strong> {escape(item.title)}: {escape(counts or 'did not run')}</summary>"
        f'<ul class="rows">{rows}</ul></details>'
    )


def _resource(row: ResourceEvidence) -> str:
    word = _WORDS.get(row.verdict, row.verdict)
    told = "; ".join(text for text in (row.message, row.note) if text)
    place = f" <code>{escape(row.place)}</code>" if row.place else ""
    return (
        f'<li title="{escape(row.urn)}"><span class="{escape(row.verdict)}">{escape(word)}</span> '
        f"{escape(row.name or 'no such resource')}{': ' + escape(told) if told else ''}{place}</li>"
    )


def _disagreement(item: Disagreement) -> str:
    told = _points(f"{source}: {', '.join(ids)}" for source, ids in item.told.items())
    return f"<tr><td>{escape(item.subject)}</td><td>{told}</td></tr>"


def _disagreements(items: Iterable[Disagreement]) -> str:
    rows = "".join(_disagreement(item) for item in items)
    return (
        "<h2>Where published mappings disagree</h2><p>All of them are kept above, each with who published it.</p>"
        f"<table><thead><tr><th>what</th><th>who maps it to what</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _scope(found: Evidence) -> str:
    scope = found.scope
    if scope is None:
        return ""
    counts = ", ".join(f"{len(scope.of(place))} {place}" for place in ("inside", "connected", "out"))
    names = {item.urn: item.name for item in scope.nodes}
    ways = [
        f"{names.get(item.source, item.source)} → {names.get(item.target, item.target)} ({item.kind}: {item.by})"
        for item in scope.undeclared
    ]
    told = f"<h3>Undeclared ways in</h3>{_points(ways)}" if ways else "<p>No way in is undeclared.</p>"
    drawn = f'<div class="wide">{scope_svg(scope)}</div>'
    return f"<h2>Scope of the card-data environment</h2><p>{escape(counts)}.</p>{drawn}{told}"


def _points(items: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"
