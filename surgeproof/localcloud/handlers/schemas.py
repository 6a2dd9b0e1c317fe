"""EventBridge Schemas: discoverers, which learn the schemas of a bus's events."""

from __future__ import annotations

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Inputs, handles
from surgeproof.localcloud.handlers.recorded import Recorded


@handles("aws:schemas/discoverer:Discoverer")
class Discoverer(Recorded):
    """A discoverer of one bus; moto has none."""

    calls = ("schemas.create_discoverer",)
    replace_on = frozenset({"sourceArn", "region"})

    def identify(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """AWS names it after the bus (EventBridge Schema Registry API, 'Discoverers')."""
        identity = f"events-event-bus-{str(inputs['sourceArn']).rsplit('/', 1)[-1]}"
        return identity, {"arn": account.arn("schemas", f"discoverer/{identity}", inputs)}
