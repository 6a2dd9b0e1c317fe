"""Who can decrypt with a key, and through which statements: key policy, identity policies and grants together.

A key's own policy decides. Where it allows the account (its root), identity policies of the account decide as well
(AWS KMS Developer Guide, 'Key policies' and 'Default key policy').
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from surgeproof.controls.admission import condition_keys, principals, statements
from surgeproof.controls.context import UNKNOWN, Context
from surgeproof.controls.errors import UnknownKeyError
from surgeproof.controls.policy_document import POLICY_TYPE, ROLE_TYPE, grants, listed, matches
from surgeproof.graph.model import Graph, Resource

DECRYPTS = ("kms:Decrypt", "kms:ReEncryptFrom")
"""Actions that turn what is encrypted into what it was, here or under another key."""
KEY_TYPES = ("aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey", "aws:kms/externalKey:ExternalKey")
_ALIAS = "aws:kms/alias:Alias"
_KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"
_GRANT = "aws:kms/grant:Grant"
_ROOT = re.compile(r"^(?:arn:[\w-]+:iam::)?(\d{12})(?::root)?$")
_IDENTITY = ("aws:iam/rolePolicy:RolePolicy", "aws:iam/userPolicy:UserPolicy", "aws:iam/groupPolicy:GroupPolicy")
_ATTACHED = (
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Through(_Frozen):
    """One statement or grant by which a principal can decrypt."""

    principal: str = Field(description="Name of a role of the graph, or what the statement says")
    where: str = Field(description="key policy, identity policy or grant, with its name and statement")
    actions: tuple[str, ...]
    conditions: tuple[str, ...] = Field(description="Its conditions, key and values; empty where it has none")
    place: str = Field(description="File and line; empty where the source tells none")


class Decryption(_Frozen):
    """Who can decrypt with one key."""

    key: str
    arn: str
    through: tuple[Through, ...]
    denied: tuple[str, ...] = Field(description="What the key's policy denies, whoever allows it")
    undecided: tuple[str, ...] = Field(description="Documents that are not known yet, or could not be read")


def who_can_decrypt(graph: Graph, key: str) -> Decryption:
    """The principals that can decrypt with a key.

    Args:
        graph: Keys, roles, policies and grants.
        key: Logical name, id, ARN or alias.

    Raises:
        UnknownKeyError: When the graph has no such key, or several.
    """
    return _Search(graph, _key(graph, key)).found()


def _key(graph: Graph, named: str) -> Resource:
    keys = [item for type_ in KEY_TYPES for item in graph.of_type(type_)]
    found = {item.urn: item for item in keys if named in (item.name, item.id, item.urn, item.outputs.get("arn"))}
    for alias in graph.of_type(_ALIAS):
        if named in (alias.inputs.get("name"), f"alias/{alias.name}", alias.name, alias.outputs.get("arn")):
            target = alias.inputs.get("targetKeyId")
            found |= {item.urn: item for item in graph.sources(alias, "targetKeyId") if item in keys}
            found |= {item.urn: item for item in keys if target in (item.id, item.outputs.get("arn"))}
    if len(found) == 1:
        return next(iter(found.values()))
    names = ", ".join(sorted(item.name for item in found.values() or keys)) or "the graph has no customer key"
    problem = "several keys have this name" if found else "no key has this name, id, ARN or alias"
    raise UnknownKeyError(problem, path="--who-can-decrypt", got=named, allowed=names)


class _Search:
    def __init__(self, graph: Graph, key: Resource) -> None:
        self.graph = graph
        self.context = Context(graph)
        self.key = key
        self.arn = str(key.outputs.get("arn") or "")
        self.undecided: list[str] = []

    def found(self) -> Decryption:
        own = list(self._key_statements())
        through = [item for statement, where, place in own for item in self._admitted(statement, where, place)]
        if any(self._delegates(statement) for statement, _, _ in own):
            through += self._identity_policies()
        through += self._grants()
        return Decryption(
            key=self.key.name,
            arn=self.arn,
            through=tuple(sorted(through, key=lambda item: (item.principal, item.where))),
            denied=tuple(self._denied()),
            undecided=tuple(dict.fromkeys(self.undecided)),
        )

    def _documents(self) -> Iterator[tuple[Any, str, str]]:
        holders = [(self.key, "key policy")]
        holders += [
            (item, f"key policy {item.name}")
            for item in self.graph.of_type(_KEY_POLICY)
            if self.key in self.graph.sources(item, "keyId") or item.inputs.get("keyId") in (self.key.id, self.arn)
        ]
        for holder, where in holders:
            document = self.context.readable(holder, "policy")
            if document is UNKNOWN:
                self.undecided.append(f"{holder.name}: its key policy is known only after deployment")
            elif document is not None:
                yield document, where, _place(holder)

    def _key_statements(self) -> Iterator[tuple[dict[str, Any], str, str]]:
        for document, where, place in self._documents():
            for number, statement in enumerate(statements(document)):
                if statement.get("Effect") == "Allow" and _decrypts(statement):
                    yield statement, f"{where}, {statement.get('Sid', f'statement {number}')}", place

    def _denied(self) -> Iterator[str]:
        for document, where, _ in self._documents():
            for number, statement in enumerate(statements(document)):
                if statement.get("Effect") == "Deny" and _decrypts(statement):
                    bound = ", ".join(_conditions(statement)) or "always"
                    yield f"{where}, {statement.get('Sid', f'statement {number}')} ({bound})"

    def _admitted(self, statement: dict[str, Any], where: str, place: str) -> Iterator[Through]:
        if "NotPrincipal" in statement:
            yield _through("everybody but some", where, statement, place)
        for kind, name in principals(statement):
            if _ROOT.match(name):
                continue
            shown = self._named(name) if kind == "AWS" else f"{kind.lower()} {name}"
            yield _through(_everybody(statement) if name == "*" else shown, where, statement, place)

    def _delegates(self, statement: dict[str, Any]) -> bool:
        return any(kind == "AWS" and _ROOT.match(name) for kind, name in principals(statement))

    def _named(self, arn: str) -> str:
        roles = (item for item in self.graph.of_type(ROLE_TYPE) if item.outputs.get("arn") == arn)
        return next((item.name for item in roles), arn)

    def _identity_policies(self) -> Iterator[Through]:
        for policy, holder in self._held():
            document = self.context.readable(policy, "policy")
            if document is UNKNOWN:
                self.undecided.append(f"{policy.name}: known only after deployment")
                continue
            for number, statement in enumerate(statements(document)):
                if statement.get("Effect") == "Allow" and _decrypts(statement) and self._covers(policy, statement):
                    sid = statement.get("Sid", f"statement {number}")
                    yield _through(holder, f"identity policy {policy.name}, {sid}", statement, _place(policy))

    def _held(self) -> Iterator[tuple[Resource, str]]:
        for type_ in _IDENTITY:
            for policy in self.graph.of_type(type_):
                yield policy, self._holder(policy)
        for type_ in _ATTACHED:
            for attached in self.graph.of_type(type_):
                for policy in self.graph.sources(attached, "policyArn"):
                    if policy.type == POLICY_TYPE:
                        yield policy, self._holder(attached)

    def _holder(self, item: Resource) -> str:
        for property_ in ("role", "user", "group"):
            for source in self.graph.sources(item, property_):
                return source.name
            if item.inputs.get(property_):
                return str(item.inputs[property_])
        return item.name

    def _covers(self, policy: Resource, statement: dict[str, Any]) -> bool:
        """Whether the statement's resources hold the key: written out, by pattern, or by what it is made from."""
        if "NotResource" in statement:
            return not any(matches(item, self.arn) for item in listed(statement["NotResource"]))
        named = listed(statement.get("Resource"))
        if any(matches(item, self.arn) for item in named):
            return True
        # An ARN that is not known yet: the document is made from the key, and the statement names something unknown.
        return (
            not self.arn and self.key in self.graph.sources(policy, "policy") and any("*" not in item for item in named)
        )

    def _grants(self) -> Iterator[Through]:
        for grant in self.graph.of_type(_GRANT):
            of_this = self.key in self.graph.sources(grant, "keyId") or grant.inputs.get("keyId") in (
                self.key.id,
                self.arn,
            )
            allowed = tuple(item for item in ("Decrypt", "ReEncryptFrom") if item in grant.inputs.get("operations", ()))
            if of_this and allowed:
                sources = self.graph.sources(grant, "granteePrincipal")
                named = sources[0].name if sources else self._named(str(grant.inputs.get("granteePrincipal")))
                bounds = tuple(grant.inputs.get("constraints") or ())
                actions = tuple(f"kms:{item}" for item in allowed)
                where = f"grant {grant.name}"
                yield Through(principal=named, where=where, actions=actions, conditions=bounds, place=_place(grant))


def _decrypts(statement: dict[str, Any]) -> bool:
    return any(grants(statement, action) for action in DECRYPTS)


def _through(principal: str, where: str, statement: dict[str, Any], place: str) -> Through:
    actions = tuple(action for action in DECRYPTS if grants(statement, action))
    return Through(principal=principal, where=where, actions=actions, conditions=_conditions(statement), place=place)


def _conditions(statement: dict[str, Any]) -> tuple[str, ...]:
    """Each condition with its values; with its operator too where that is one which bounds nothing by itself."""
    bounds = condition_keys(statement)
    return tuple(
        sorted(
            f"{key.lower()} {'' if key.lower() in bounds else f'{operator} '}{', '.join(listed(value))}"
            for operator, keys in (statement.get("Condition") or {}).items()
            for key, value in keys.items()
        )
    )


def _everybody(statement: dict[str, Any]) -> str:
    account = listed(condition_keys(statement).get("kms:calleraccount"))
    return f"everybody in account {', '.join(account)}" if account else "everybody"


def _place(item: Resource) -> str:
    return str(item.location) if item.location else ""


def decrypt_text(found: Decryption, *, as_json: bool) -> str:
    """The list, for a person or a machine."""
    if as_json:
        return json.dumps(found.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"
    lines = [f"{found.key}  {found.arn}"]
    by: dict[str, list[Through]] = {}
    for item in found.through:
        by.setdefault(item.principal, []).append(item)
    lines.append(f"{len(by)} can decrypt")
    for principal, items in by.items():
        lines.append(f"  {principal}")
        lines += [f"    {item.where}{_bounds(item.conditions)}{_at(item.place)}" for item in items]
    lines += _listed("denied", found.denied) + _listed("not decided", found.undecided)
    return "\n".join(lines) + "\n"


def _bounds(conditions: Iterable[str]) -> str:
    told = ", ".join(conditions)
    return f", where {told}" if told else ", without a condition"


def _at(place: str) -> str:
    return f"  ({place})" if place else ""


def _listed(heading: str, items: tuple[str, ...]) -> list[str]:
    return [heading, *(f"  {item}" for item in items)] if items else []
