"""The live source: the graph of what one account holds in one region."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import boto3

from surgeproof.graph.live.account import Account, NotReadableError, Reading
from surgeproof.graph.live.links import linked
from surgeproof.graph.live.reader import Found, Reader, all_readers
from surgeproof.graph.live.tagged import with_tags
from surgeproof.graph.model import Graph, Resource, Unread

AT_ONCE = 8
"""Readers that ask at the same time: AWS limits calls a service, and each reader asks another one."""
OPTIONS = "options"
"""What only a program knows: protect, ignore_changes, parents."""


def read_account(session: boto3.Session, readers: Iterable[Reader] | None = None) -> Graph:
    """What an account holds, in the provider's shape.

    Only describe, get and list calls are made. What is refused is told as unread, and is never taken as absent.

    Args:
        session: Credentials and region.
        readers: Which; all of them when left out.

    Raises:
        LiveAccountError: When the account does not answer at all.
    """
    account = Account(session)
    chosen = tuple(readers) if readers is not None else all_readers()
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        answers = list(pool.map(lambda reader: _read(account, reader), chosen))
    stack = f"{account.number}-{account.region}"
    rows = with_tags(account, (row for found, _ in answers for row in found))
    found = {item.urn: item for item in (_resource(row, stack) for row in rows)}
    unread = [item for _, items in answers for item in items]
    unread.append(Unread(what=OPTIONS, why="an account keeps no resource options"))
    return Graph(project="live", stack=stack, resources=linked(found.values()), unread=tuple(unread))


def _read(account: Account, reader: Reader) -> tuple[list[Found], list[Unread]]:
    found: list[Found] = []
    try:
        for row in reader.read(Reading(account, reader.calls)):
            found.append(row)  # noqa: PERF402 - what was read before a refusal is kept
    except NotReadableError as refused:
        return found, [Unread(what=type_, action=refused.action, why=refused.why) for type_ in reader.types]
    return found, []


def _resource(row: Found, stack: str) -> Resource:
    name = str(row.outputs.get("name") or row.inputs.get("name") or row.id)
    return Resource(
        type=row.type,
        name=name,
        # Two things of a type may bear one name (rules of two buses, policies of two roles): the id tells them apart.
        urn=f"urn:pulumi:{stack}::live::{row.type}::{row.id}",
        id=row.id,
        inputs=row.inputs,
        outputs={**row.inputs, **row.outputs},
    )
