"""Visibility: what a source could not see is never a pass. Findings are judged again in the light of what is unread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product

from surgeproof.controls.code_reading import asked
from surgeproof.controls.control import Control
from surgeproof.controls.engine import Parameters, run_controls
from surgeproof.controls.families import FAMILIES
from surgeproof.controls.finding import Finding
from surgeproof.graph.model import Graph, Options, Unread

OPTIONS = "options"


def judged(graph: Graph, controls: Iterable[Control], parameters: Parameters | None = None) -> list[Finding]:
    """What the controls say of a graph, and unknown wherever that rests on what its source could not read.

    Args:
        graph: The resources, with what is unread.
        controls: Which to run.
        parameters: As in `run_controls`.
    """
    chosen = tuple(controls)
    findings = run_controls(graph, chosen, parameters)
    if not graph.unread:
        return findings
    by_id = {item.id: item for item in chosen}
    unread = {item.what: item for item in graph.unread}
    if OPTIONS in unread:
        findings = _whatever_the_options(findings, graph, chosen, parameters)
    nothing = {item.control for item in findings if item.verdict == "not-applicable" and not item.urn}
    told = [_told(item, by_id.get(item.control), unread) for item in findings]
    return [*told, *(item for control in chosen if control.id not in nothing for item in _of_unread(control, unread))]


def _told(finding: Finding, control: Control | None, unread: dict[str, Unread]) -> Finding:
    # What is unread of the control's own family is told apart: it says nothing of the resources that were read.
    concerned = asked(control).types - set(control.types) if control else set()
    hidden = [unread[type_] for type_ in sorted(concerned & unread.keys())]
    if control and finding.verdict == "not-applicable" and not finding.urn:
        hidden += [unread[type_] for type_ in control.types if type_ in unread]
    if not hidden or finding.verdict == "unknown":
        return finding
    what = "; ".join(dict.fromkeys(_reason(item) for item in hidden))
    if finding.verdict == "fail" and all(item.action for item in hidden):
        # What was refused can be allowed; what no source reads would fail for ever.
        return replace(finding, note=finding.note or f"not all could be read: {what}")
    return replace(finding, verdict="unknown", message=f"cannot be told: {what}")


def _of_unread(control: Control, unread: dict[str, Unread]) -> Iterator[Finding]:
    """One finding that says what of the control's family could not be read."""
    hidden = [unread[type_] for type_ in control.types if type_ in unread]
    if hidden:
        why = "; ".join(dict.fromkeys(_reason(item) for item in hidden))
        yield Finding(
            control=control.id,
            title=control.title,
            severity=control.severity,
            verdict="unknown",
            type=hidden[0].what,
            message=f"cannot be told: {why}",
            remediation=control.remediation,
        )


def _reason(item: Unread) -> str:
    kind = item.what.rpartition(":")[2]
    return f"{item.action} {item.why}" if item.action else f"{kind}: {item.why}"


class _Everything(tuple[str, ...]):
    """Stands for ignore_changes that ignores whatever is asked."""

    __slots__ = ()

    def __contains__(self, _name: object) -> bool:
        return True


def _whatever_the_options(
    findings: list[Finding], graph: Graph, controls: tuple[Control, ...], parameters: Parameters | None
) -> list[Finding]:
    """Findings that hold under whatever options; unknown where an option decides."""
    concerned = [item for item in controls if OPTIONS in asked(item).names]
    ids = {item.id for item in concerned}
    runs = [run_controls(variant, concerned, parameters) for variant in _variants(graph)]
    every = [{_key(item) for item in run if item.control in ids} for run in runs]
    always = set.intersection(*every)
    kept = [item for item in findings if item.control not in ids or _key(item) in always]
    decided = {(item.control, item.urn) for item in kept}
    undecided: dict[tuple[str, str], Finding] = {}
    for item in (found for run in runs for found in run if found.control in ids):
        if _key(item) not in always:
            undecided.setdefault((item.control, item.urn), item)
    why = next(item.why for item in graph.unread if item.what == OPTIONS)
    told = [
        replace(item, verdict="unknown", message=f"cannot be told: {why}", path=OPTIONS) for item in undecided.values()
    ]
    # A pass of the rest is no pass while an option is open.
    open_ = {(item.control, item.urn) for item in told}
    return [
        item for item in kept if not (item.verdict == "pass" and (item.control, item.urn) in open_ & decided)
    ] + told


def _variants(graph: Graph) -> Iterator[Graph]:
    for protect, ignored in product((False, True), ((), _Everything(("*",)))):
        options = Options(protect=protect).model_copy(update={"ignore_changes": ignored})
        resources = tuple(item.model_copy(update={"options": options}) for item in graph.resources)
        # A graph made anew: a copy would keep what the first has indexed.
        yield Graph(project=graph.project, stack=graph.stack, resources=resources)


def _key(finding: Finding) -> tuple[str, str, str, str, str]:
    return finding.control, finding.urn, finding.verdict, finding.path, finding.message


def unread_types(read: Iterable[str], controls: Iterable[Control], why: str) -> tuple[Unread, ...]:
    """Types that controls ask for and a source does not read. Another spelling of a type that it reads is read.

    Args:
        read: Types that the source reads.
        controls: Who asks.
        why: In a few words.
    """
    known = set(read)
    spelled = {type_ for types in _SPELLINGS if known & set(types) for type_ in types}
    wanted = {type_ for item in controls for type_ in asked(item).types}
    return tuple(Unread(what=type_, why=why) for type_ in sorted(wanted - known - spelled))


_WIDE = frozenset({"stateful", "tagged", "permissions", "grants", "identity", "watcher", "policy_attachment"})
_SPELLINGS = tuple(types for name, types in FAMILIES.items() if name not in _WIDE)
"""Families of one thing that is spelled in several ways."""
