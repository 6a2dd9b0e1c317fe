"""Data protection of log groups: card numbers and the like are masked as they come in, and counted."""

from __future__ import annotations

import json

CARD_DATA = ("CreditCardNumber", "CreditCardExpiration", "CreditCardSecurityCode", "EmailAddress")
"""Managed data identifiers (CloudWatch Logs, 'Types of data that you can protect')."""


def masking_policy(name: str, partition: str, audit_group: str | None = None) -> str:
    """Policy document of a log group, as JSON.

    Args:
        name: Of the policy.
        partition: ``aws``, ...
        audit_group: Log group that what was masked, and where, is written to; None: only counted, in the metric
            LogEventsWithFindings.
    """
    identifiers = [f"arn:{partition}:dataprotection::aws:data-identifier/{kind}" for kind in CARD_DATA]
    destination = {"CloudWatchLogs": {"LogGroup": audit_group}} if audit_group else {}
    return json.dumps(
        {
            "Name": name,
            "Description": "What could be a card is masked",
            "Version": "2021-06-01",
            "Statement": [
                {
                    "Sid": "Count",
                    "DataIdentifier": identifiers,
                    "Operation": {"Audit": {"FindingsDestination": destination}},
                },
                {"Sid": "Mask", "DataIdentifier": identifiers, "Operation": {"Deidentify": {"MaskConfig": {}}}},
            ],
        },
        sort_keys=True,
    )
