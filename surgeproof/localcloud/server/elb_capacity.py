"""Reserved capacity of load balancers, which moto answers for without keeping it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.elbv2.responses import ELBV2Response

_lock = threading.Lock()
_reserved: dict[str, tuple[int, datetime]] = {}


def _told(arn: str) -> dict[str, Any]:
    with _lock:
        kept = _reserved.get(arn)
    if kept is None:
        return {}
    units, since = kept
    return {
        "LastModifiedTime": since,
        "DecreaseRequestsRemaining": 2,
        "MinimumLoadBalancerCapacity": {"CapacityUnits": units},
        # In AWS within minutes to hours.
        "CapacityReservationState": [{"State": {"Code": "provisioned"}}],
    }


def install() -> None:
    """Keep what ModifyCapacityReservation asks for, and tell it."""

    def modify_capacity_reservation(self: ELBV2Response) -> ActionResult:
        arn = self._get_param("LoadBalancerArn")
        self.elbv2_backend.describe_load_balancers([arn], None)  # an error when there is none
        units = self._get_param("MinimumLoadBalancerCapacity", {}).get("CapacityUnits")
        with _lock:
            if str(self._get_param("ResetCapacityReservation", "false")).lower() == "true":
                _reserved.pop(arn, None)
            elif units is not None:
                _reserved[arn] = (int(units), datetime.now(UTC))
        return ActionResult(_told(arn))

    def describe_capacity_reservation(self: ELBV2Response) -> ActionResult:
        arn = self._get_param("LoadBalancerArn")
        self.elbv2_backend.describe_load_balancers([arn], None)
        return ActionResult(_told(arn))

    methods: dict[str, Any] = {
        "modify_capacity_reservation": modify_capacity_reservation,
        "describe_capacity_reservation": describe_capacity_reservation,
    }
    for name, method in methods.items():
        setattr(ELBV2Response, name, method)
