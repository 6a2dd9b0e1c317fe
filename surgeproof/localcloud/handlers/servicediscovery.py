"""Cloud Map: names inside a VPC by which tasks find each other."""

from __future__ import annotations

import uuid
from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Describe


@handles("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace")
class PrivateDnsNamespace(Handler):
    """A namespace that is a private zone of a VPC."""

    calls = (
        "servicediscovery.create_private_dns_namespace",
        "servicediscovery.get_operation",
        "servicediscovery.get_namespace",
        "servicediscovery.update_private_dns_namespace",
        "servicediscovery.delete_namespace",
    )
    replace_on = frozenset({"name", "vpc", "region"})
    unread = frozenset({"vpc"})
    computed = ("arn", "hostedZone")
    describe = Describe(
        "servicediscovery.get_namespace",
        by="Id",
        found="Namespace",
        outputs={"arn": "Arn", "hostedZone": "Properties.DnsProperties.HostedZoneId"},
    )

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is what the operation made."""
        client = account.client("servicediscovery", inputs)
        operation = self.send(account, inputs, CreatorRequestId=uuid.uuid4().hex)["OperationId"]
        identity = client.get_operation(OperationId=operation)["Operation"]["Targets"]["NAMESPACE"]
        told = client.get_namespace(Id=identity)["Namespace"]
        zone = told.get("Properties", {}).get("DnsProperties", {}).get("HostedZoneId")
        return identity, self.outputs(account, inputs, arn=told["Arn"], hostedZone=zone)

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change its description."""
        account.client("servicediscovery", inputs).update_private_dns_namespace(
            Id=existing.identity, Namespace={"Description": inputs.get("description", "")}
        )
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("servicediscovery", existing.inputs).delete_namespace(Id=existing.identity)


@handles("aws:servicediscovery/service:Service")
class Service(Handler):
    """A name in a namespace, under which tasks register."""

    calls = (
        "servicediscovery.create_service",
        "servicediscovery.get_service",
        "servicediscovery.update_service",
        "servicediscovery.delete_service",
    )
    defaults: ClassVar = {"forceDestroy": False}
    elsewhere = frozenset({"forceDestroy"})
    local = frozenset({"forceDestroy"})
    replace_on = frozenset({"name", "namespaceId", "region", "type"})
    describe = Describe("servicediscovery.get_service", by="Id", found="Service", outputs={"arn": "Arn"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is AWS's."""
        told = self.send(account, inputs, CreatorRequestId=uuid.uuid4().hex)["Service"]
        return told["Id"], self.outputs(account, inputs, arn=told["Arn"])

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change its description and its records."""
        records = [
            {"Type": record["type"], "TTL": int(record["ttl"])}
            for record in (inputs.get("dnsConfig") or {}).get("dnsRecords") or []
        ]
        account.client("servicediscovery", inputs).update_service(
            Id=existing.identity,
            Service={
                "Description": inputs.get("description", ""),
                **({"DnsConfig": {"DnsRecords": records}} if records else {}),
            },
        )
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("servicediscovery", existing.inputs).delete_service(Id=existing.identity)
