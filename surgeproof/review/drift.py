"""Drift: what was changed by hand, by comparing the program, the state and the account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from surgeproof.controls.engine import Parameters, run_controls
from surgeproof.controls.finding import Finding
from surgeproof.controls.registry import all_controls
from surgeproof.graph.live.reader import Reader, all_readers
from surgeproof.graph.model import SECRET, Graph, Resource
from surgeproof.graph.wire import UNKNOWN_MARK, unfolded
from surgeproof.review.hiding import hidden

Kind = Literal["changed", "gone", "added"]
PARTS = {
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "securityGroupId",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "securityGroupId",
    "aws:iam/rolePolicy:RolePolicy": "role",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "role",
    "aws:lb/listenerRule:ListenerRule": "listenerArn",
    "aws:appautoscaling/policy:Policy": "resourceId",
    "aws:appautoscaling/scheduledAction:ScheduledAction": "resourceId",
    "aws:cloudwatch/eventTarget:EventTarget": "rule",
}
"""Types that belong to another resource, and the property that names it: one more of them is a change of that one."""


@dataclass(frozen=True, slots=True)
class Property:
    """One property that differs: ``path``, and its value in the state, the account and the program (None: not there).

    What looks like a secret is hidden in them: they are told.
    """

    path: str
    state: Any
    account: Any
    program: Any


@dataclass(frozen=True, slots=True)
class Drifted:
    """What was changed of one resource.

    Attributes:
        kind: changed, gone, or added to a resource of the stack.
        resource: As the state has it; as the account has it, when it was added.
        properties: What differs.
        weakens: Findings that the account's values bring.
        up: What `pulumi up` would do, with and without looking at the account first.
    """

    kind: Kind
    resource: Resource
    properties: tuple[Property, ...] = ()
    weakens: tuple[Finding, ...] = ()
    up: str = ""


@dataclass(frozen=True, slots=True)
class Drift:
    """All that drifted, and what was not looked at.

    Attributes:
        stack: The stack.
        items: What drifted.
        compared: Resources that were found in state and account.
        not_looked_at: Types that the live source does not read, or that lie in another region, with how many there are.
        unread: What the account refused to tell.
    """

    stack: str
    items: tuple[Drifted, ...]
    compared: int
    not_looked_at: dict[str, int]
    unread: tuple[str, ...]


def readers_for(state: Graph) -> tuple[Reader, ...]:
    """The readers that a look at this stack needs: of its types, and of parts that somebody may have added to them."""
    wanted = {item.type for item in state.resources} | PARTS.keys()
    return tuple(reader for reader in all_readers() if wanted & {*reader.types})


def find_drift(program: Graph, state: Graph, account: Graph, parameters: Parameters | None = None) -> Drift:
    """Compare what the program says, what was deployed, and what is there.

    Args:
        program: What the program makes now.
        state: What was deployed last: its ids are those of the account.
        account: What is there.
        parameters: The team's choices for the controls.
    """
    region = account.stack.partition("-")[2]
    readable = {type_ for reader in all_readers() for type_ in reader.types}
    refused = {item.what for item in account.unread if item.action}
    there = _by_identity(account.resources)
    items: list[Drifted] = []
    as_they_are: dict[str, Resource] = {}
    seen: set[str] = set()
    compared, not_looked_at = 0, {}
    for resource in state.resources:
        if not resource.custom or not resource.type.startswith("aws:"):
            continue
        elsewhere = str(resource.outputs.get("region") or region) != region
        found = None if elsewhere else next((there[key] for key in _identities(resource) if key in there), None)
        if found is not None:
            compared += 1
            seen.add(found.urn)
            wanted = program.by_urn(resource.urn)
            properties = tuple(_differences(resource, found, wanted))
            if properties:
                changes = {_top(item.path): found.inputs[_top(item.path)] for item in properties}
                as_they_are[resource.urn] = _with(resource, changes)
                told = tuple(_told(item, resource) for item in properties)
                items.append(Drifted("changed", resource, told, up=_what_up_does(properties, wanted)))
        elif elsewhere or resource.type not in readable or resource.type in refused:
            not_looked_at[resource.type] = not_looked_at.get(resource.type, 0) + 1
        else:
            items.append(Drifted("gone", resource, up="`up` believes it is there; `up --refresh` makes it anew"))
    items += _added(state, account, seen)
    changed = tuple(as_they_are.get(item.urn, item) for item in state.resources)
    weakened = _new_findings(state, state.model_copy(update={"resources": changed}), parameters)
    return Drift(
        stack=state.stack,
        items=tuple(replace(item, weakens=tuple(weakened.get(item.resource.urn, ()))) for item in items),
        compared=compared,
        not_looked_at=dict(sorted(not_looked_at.items())),
        unread=tuple(sorted({f"{item.action}: {item.why}" for item in account.unread if item.action})),
    )


def _told(item: Property, resource: Resource) -> Property:
    """Without its secrets; the ``value`` of what has a name is called by that name."""
    last = item.path.rpartition(".")[2]
    name = str(resource.inputs.get("name") or last) if item.path == "value" else last
    return Property(item.path, hidden(name, item.state), hidden(name, item.account), hidden(name, item.program))


def _with(resource: Resource, changes: Mapping[str, Any]) -> Resource:
    """The resource with the account's values, which are made from no other resource."""
    links = {key: urns for key, urns in resource.property_dependencies.items() if key not in changes}
    inputs = {**resource.inputs, **changes}
    return resource.model_copy(update={"inputs": inputs, "property_dependencies": links})


def _identities(resource: Resource) -> Iterator[tuple[str, str]]:
    # An ARN that is an input is somebody else's: a target's, a policy's.
    named = [resource.outputs.get(key) for key in ("arn", "url") if key not in resource.inputs]
    for value in (resource.id, *named):
        if isinstance(value, str) and value:
            yield resource.type, value


def _by_identity(resources: Iterable[Resource]) -> dict[tuple[str, str], Resource]:
    found: dict[tuple[str, str], Resource] = {}
    for resource in resources:
        for key in _identities(resource):
            found.setdefault(key, resource)
    return found


def _differences(state: Resource, account: Resource, program: Resource | None) -> Iterator[Property]:
    for key in sorted(state.inputs.keys() & account.inputs.keys()):
        if key in state.secrets or key in state.options.ignore_changes:
            continue
        old, new = unfolded(state.inputs[key]), unfolded(account.inputs[key])
        wanted = unfolded(program.inputs.get(key)) if program is not None else None
        yield from _within(old, new, wanted, key)


def _within(old: Any, new: Any, wanted: Any, path: str) -> Iterator[Property]:
    if UNKNOWN_MARK in (old, new) or SECRET in (old, new):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        # What the state does not say is the provider's default, which AWS tells and the program never wrote.
        keys = old.keys() | new.keys() if path == "tags" else old.keys() & new.keys()
        for key in sorted(keys):
            inner = wanted.get(key) if isinstance(wanted, Mapping) else None
            yield from _within(old.get(key), new.get(key), inner, f"{path}.{key}")
    elif not _same(old, new):
        yield Property(path, old, new, wanted)


def _same(old: Any, new: Any) -> bool:
    """Whether they say the same; what has another form in the account than in the program cannot be told apart."""
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and _all_found(old, new)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return next(_within(old, new, None, ""), None) is None
    if isinstance(old, (list, Mapping)) or isinstance(new, (list, Mapping)):
        return None not in (old, new)
    if isinstance(old, bool) or isinstance(new, bool):
        return str(old).lower() == str(new).lower()
    return old == new or str(old).rstrip(".") == str(new).rstrip(".")


def _all_found(old: list[Any], new: list[Any]) -> bool:
    """Whether each entry has one that says the same: AWS keeps sets in an order of its own."""
    left = list(new)
    for item in old:
        place = next((number for number, other in enumerate(left) if _same(item, other)), None)
        if place is None:
            return False
        del left[place]
    return True


def _what_up_does(properties: Iterable[Property], program: Resource | None) -> str:
    if program is None:
        return "`up` deletes it: the program has it no more"
    tops = {_top(item.path) for item in properties}
    ignored = sorted(tops & set(program.options.ignore_changes))
    if tops and not tops - set(ignored):
        return f"`up` leaves it: {', '.join(ignored)} is ignored"
    if all(_same(item.account, item.program) for item in properties):
        return "the program says the same: `refresh` takes it into the state, and `up` changes nothing"
    return "`up` alone does not see it; `up --refresh` puts back what the program says"


def _added(state: Graph, account: Graph, seen: set[str]) -> Iterator[Drifted]:
    """Parts that the account has more of than the state, of resources that the state has."""
    owned = {value for item in state.resources for _, value in _identities(item)}
    owned |= {str(item.outputs.get("name")) for item in state.resources if item.outputs.get("name")}
    for resource in account.resources:
        owner = PARTS.get(resource.type)
        if owner and resource.urn not in seen and str(resource.inputs.get(owner)) in owned:
            yield Drifted("added", resource, up="`up` does not know it, and leaves it; delete it, or import it")


def _new_findings(old: Graph, new: Graph, parameters: Parameters | None) -> dict[str, list[Finding]]:
    before, after = (
        {
            (item.control, item.urn, item.path, item.message): item
            for item in run_controls(graph, all_controls(), parameters)
            if item.verdict == "fail"
        }
        for graph in (old, new)
    )
    found: dict[str, list[Finding]] = {}
    for key in sorted(after.keys() - before.keys()):
        found.setdefault(after[key].urn, []).append(after[key])
    return found


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]
