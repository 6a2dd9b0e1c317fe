"""Who answers for the provider when a program runs in-process: the protocol, and the one without any emulator."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Protocol

from surgeproof.graph.arns import ACCOUNT, PARTITION, computed_outputs
from surgeproof.graph.errors import ProgramError


class OutputsProvider(Protocol):
    """Gives a resource its id and outputs, and answers the program's invokes.

    Called from several threads at once, in the order in which resources depend on each other.
    Inputs are plain Python: whole numbers are ints, secrets are unwrapped, nulls are left out.
    An exception ends the run and comes out of `run_program` as itself.
    """

    def new_resource(self, type_: str, name: str, inputs: dict[str, Any], urn: str) -> tuple[str, dict[str, Any]]:
        """Create a custom resource; its id and its outputs (provider's names, inputs included)."""
        ...

    def call(self, token: str, args: dict[str, Any]) -> dict[str, Any]:
        """Answer an invoke, such as ``aws:index/getCallerIdentity:getCallerIdentity``."""
        ...


class DeterministicOutputs:
    """Ids, ARNs, URLs and endpoints in AWS's shapes, made from names alone: the same program, the same graph.

    Args:
        region: Region of the made-up ARNs, where neither the resource nor the invoke names one.
    """

    def __init__(self, *, region: str = "eu-west-1") -> None:
        self.region = region

    def new_resource(self, type_: str, name: str, inputs: dict[str, Any], urn: str) -> tuple[str, dict[str, Any]]:
        """Echo the inputs, with what AWS would compute for this type."""
        digest = hashlib.sha256(urn.encode()).hexdigest()
        region = str(inputs.get("region") or self.region)
        identity, computed = computed_outputs(type_, name, inputs, digest, region)
        return identity, {**inputs, "region": region, **computed}

    def call(self, token: str, args: dict[str, Any]) -> dict[str, Any]:
        """Answer the account's questions about itself; an unknown question is an error that names it."""
        match token:
            case "aws:index/getCallerIdentity:getCallerIdentity":
                user = f"arn:{PARTITION}:iam::{ACCOUNT}:user/surgeproof"
                return {"accountId": ACCOUNT, "arn": user, "userId": "AIDAEXAMPLE", "id": ACCOUNT}
            case "aws:index/getRegion:getRegion":
                region = str(args.get("region") or self.region)
                return {"name": region, "region": region, "id": region, "description": region, "endpoint": ""}
            case "aws:index/getPartition:getPartition":
                return {
                    "partition": PARTITION,
                    "id": PARTITION,
                    "dnsSuffix": "amazonaws.com",
                    "reverseDnsPrefix": "com.amazonaws",
                }
            case "aws:index/getAvailabilityZones:getAvailabilityZones":
                return _zones(self.region, args)
            case "aws:ec2/getManagedPrefixList:getManagedPrefixList":
                identity = f"pl-{hashlib.sha256(str(args.get('name')).encode()).hexdigest()[:17]}"
                return {**args, "id": identity, "entries": [], "addressFamily": "IPv4", "maxEntries": 0}
            case "aws:secretsmanager/getRandomPassword:getRandomPassword":
                return {**args, "randomPassword": "x" * int(args.get("passwordLength") or 32), "id": self.region}
        raise ProgramError(
            f"the program asks the provider {token}, and there is no answer without an account",
            fix="Give an outputs provider that answers it",
        )


def _zones(region: str, args: Mapping[str, Any]) -> dict[str, Any]:
    names = [f"{region}{letter}" for letter in "abc"]
    ids = [f"{region.replace('-', '')[:4]}-az{number}" for number in (1, 2, 3)]
    return {**args, "names": names, "zoneIds": ids, "groupNames": [region], "id": region, "region": region}
