"""Controls of data events: who read and wrote what, in the trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surgeproof.controls.catalogue.s3_buckets import takes_delivered_logs
from surgeproof.controls.context import ABSENT, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import items
from surgeproof.controls.outcome import Outcome, failed, passed, unknown
from surgeproof.controls.placement import CARD_CLASSES, CLASS_TAG, tags
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource
from surgeproof.graph.wire import UNKNOWN_MARK

OBJECTS, ITEMS = "AWS::S3::Object", "AWS::DynamoDB::Table"
CLASSIFIED = frozenset({"audit", *CARD_CLASSES})
"""Classes of data whose every read is written down (PCI DSS 10.2.1.1, 10.2.1.3)."""
_ADVANCED = "advancedEventSelectors"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one selector of a trail writes down of data.

    Attributes:
        kind: Type of resource, ``AWS::S3::Object``.
        reads: Whether reads are.
        writes: Whether writes are.
        starts: Beginnings of the ARNs; None for all.
        spared: Beginnings of those that are left out.
    """

    kind: str
    reads: bool
    writes: bool
    starts: tuple[str, ...] | None = None
    spared: tuple[str, ...] = ()

    def covers(self, arn: str) -> bool:
        """Whether everything below an ARN is written down."""
        inside = self.starts is None or any(arn.startswith(item) or UNKNOWN_MARK in item for item in self.starts)
        return inside and not any(item.startswith(arn) or arn.startswith(item) for item in self.spared)


@control(
    id="CT-05",
    title="Reads and writes of audit data, and of tables, are in the trail",
    severity="high",
    family="trail",
    rationale="Management events do not tell who read an object.",
    remediation="`event_selectors=[{'read_write_type': 'All', 'data_resources': [{'type': 'AWS::S3::Object', ...}]}]`",
    requirements=published("S3.22°† S3.23°†", pci="10.2.1h 10.2.1.1p 10.2.1.3p", cis="3.8/3.8 3.9/3.9", nist="AU-12"),
)
def data_events_are_recorded(resource: Resource, context: Context) -> Outcome:
    """Of objects, and of tables where the program has one; of each classified bucket its reads, and its writes.

    Of a bucket that logs are delivered to only reads are asked for: to write down each delivery would be one more.
    """
    advanced = context.value(resource, _ADVANCED) is not ABSENT
    place = _ADVANCED if advanced else "eventSelectors"
    found = _advanced(context, resource) if advanced else _basic(context, resource)
    if found is None:
        return unknown("what it writes down is not known", property=place)
    wanted = {OBJECTS} | ({ITEMS} if context.family("table") else set())
    for kind in sorted(wanted):
        mine = [item for item in found if item.kind == kind]
        if not (any(item.reads for item in mine) and any(item.writes for item in mine)):
            return failed("leaves out reads or writes of data", property=place)
    missing = [bucket.name for bucket in _classified(context) if not _kept(context, bucket, found)]
    return failed(f"leaves out what is done with {', '.join(missing)}", property=place) if missing else passed()


def _classified(context: Context) -> list[Resource]:
    return [item for item in context.family("bucket") if tags(context, item).get(CLASS_TAG) in CLASSIFIED]


def _kept(context: Context, bucket: Resource, found: list[Recorded]) -> bool:
    arn = f"{bucket.outputs.get('arn') or f'arn:aws:s3:::{bucket.id}'}/"
    mine = [item for item in found if item.kind == OBJECTS and item.covers(arn)]
    delivered = takes_delivered_logs(context, bucket) or bool(context.companions(bucket, "trail", by="s3BucketName"))
    return any(item.reads for item in mine) and (delivered or any(item.writes for item in mine))


def _basic(context: Context, trail: Resource) -> list[Recorded] | None:
    selectors = items(context, trail, "eventSelectors")
    if selectors is None:
        return None
    return [
        Recorded(
            str(data.get("type")),
            reads=selector.get("readWriteType", "All") in {"All", "ReadOnly"},
            writes=selector.get("readWriteType", "All") in {"All", "WriteOnly"},
            starts=_texts(data.get("values")),
        )
        for selector in selectors
        if isinstance(selector, dict)
        for data in selector.get("dataResources", [])
    ]


def _advanced(context: Context, trail: Resource) -> list[Recorded] | None:
    selectors = items(context, trail, _ADVANCED)
    if selectors is None:
        return None
    found: list[Recorded] = []
    for selector in (item for item in selectors if isinstance(item, dict)):
        fields = {str(item.get("field")): item for item in selector.get("fieldSelectors") or []}
        if "Data" not in _texts(fields.get("eventCategory", {}).get("equals")):
            continue
        only = _texts(fields.get("readOnly", {}).get("equals"))
        arns = fields.get("resources.ARN", {})
        starts = _texts(arns.get("startsWiths")) + _texts(arns.get("equals"))
        found += [
            Recorded(
                kind,
                reads="false" not in only,
                writes="true" not in only,
                starts=starts or None,
                spared=_texts(arns.get("notStartsWiths")),
            )
            for kind in _texts(fields.get("resources.type", {}).get("equals"))
        ]
    return found


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
