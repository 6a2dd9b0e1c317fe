"""DescribeScalingActivities of Application Auto Scaling, which moto lacks: what the live autoscaler did is recorded here."""

from __future__ import annotations

import json
import threading
import uuid
from typing import Any

import botocore.session
from botocore.model import OperationModel, StructureShape
from botocore.validate import ParamValidator
from moto.applicationautoscaling.exceptions import AWSValidationException
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

PAGE = 50
"""Activities on a page when the caller names no number (API reference of DescribeScalingActivities)."""

_lock = threading.Lock()
_activities: dict[tuple[str, str], list[dict[str, Any]]] = {}


def _operation() -> OperationModel:
    session = botocore.session.get_session()
    return session.get_service_model("application-autoscaling").operation_model("DescribeScalingActivities")


def record(account: str, region: str, activity: dict[str, Any]) -> str:
    """Keep one activity, checked against botocore's model of it.

    Args:
        account: Account of the scalable target.
        region: Region of the scalable target.
        activity: Members of AWS's ScalingActivity; times in seconds since 1970. ActivityId may be left out.
            One that is known already replaces what was recorded under it.

    Returns:
        The activity's id.

    Raises:
        ValueError: The activity is not what the model allows.
    """
    activity = {"ActivityId": str(uuid.uuid4()), **activity}
    answer = _operation().output_shape
    if not isinstance(answer, StructureShape):
        raise TypeError("botocore's model of DescribeScalingActivities has no structure")
    shape = answer.members["ScalingActivities"].member
    unknown = set(activity) - set(shape.members)
    report = ParamValidator().validate(activity, shape)
    missing = [name for name in shape.required_members if name not in activity]
    if unknown or missing or report.has_errors():
        raise ValueError(
            f"no ScalingActivity: unknown {sorted(unknown)}, missing {missing}, {report.generate_report()}"
        )
    with _lock:
        kept = _activities.setdefault((account, region), [])
        kept[:] = [known for known in kept if known["ActivityId"] != activity["ActivityId"]]
        kept.append(activity)
    return activity["ActivityId"]


def describe(account: str, region: str, request: dict[str, Any]) -> dict[str, Any]:
    """Answer of DescribeScalingActivities: newest first, in pages."""
    with _lock:
        known = list(_activities.get((account, region), ()))
    found = [
        activity
        for activity in reversed(known)
        if all(
            request.get(name) in (None, activity[name])
            for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")
        )
        and (request.get("IncludeNotScaledActivities") or not activity.get("NotScaledReasons"))
    ]
    try:
        start = int(request.get("NextToken") or 0)
    except ValueError:
        raise AWSValidationException("Invalid nextToken value") from None
    end = start + int(request.get("MaxResults") or PAGE)
    more = {"NextToken": str(end)} if end < len(found) else {}
    return {"ScalingActivities": found[start:end], **more}


def install() -> None:
    """Add the operation to moto's Application Auto Scaling."""

    def describe_scaling_activities(self: ApplicationAutoScalingResponse) -> str:
        self._validate_params()
        return json.dumps(describe(self.current_account, self.region, json.loads(self.body)))

    methods: dict[str, Any] = {"describe_scaling_activities": describe_scaling_activities}
    for name, method in methods.items():
        setattr(ApplicationAutoScalingResponse, name, method)
