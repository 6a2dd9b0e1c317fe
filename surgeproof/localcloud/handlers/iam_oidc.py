"""Identity providers whose tokens stand for somebody outside AWS: the CI of a repository."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Describe


@handles("aws:iam/openIdConnectProvider:OpenIdConnectProvider")
class OpenIdConnectProvider(Handler):
    """A provider of OpenID Connect; an account has one for each issuer."""

    kept = "extended"
    note = "Our server changes its audiences: moto can't."
    calls = (
        "iam.create_open_id_connect_provider",
        "iam.get_open_id_connect_provider",
        "iam.add_client_id_to_open_id_connect_provider",
        "iam.remove_client_id_from_open_id_connect_provider",
        "iam.delete_open_id_connect_provider",
    )
    renamed: ClassVar = {"clientIdLists": "ClientIDList", "thumbprintLists": "ThumbprintList"}
    unread = frozenset({"url"})
    replace_on = frozenset({"url"})
    describe = Describe("iam.get_open_id_connect_provider", by="OpenIDConnectProviderArn")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is its ARN."""
        arn = self.send(account, inputs)["OpenIDConnectProviderArn"]
        return arn, self.outputs(account, inputs, arn=arn)

    def told(self, account: Account, identity: str, inputs: Inputs, found: Inputs) -> Inputs:  # noqa: ARG002 - the interface
        """Its ARN is its id."""
        return {"arn": identity}

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change for whom tokens may be made."""
        client = account.client("iam")
        before, after = set(existing.inputs.get("clientIdLists") or []), set(inputs.get("clientIdLists") or [])
        for audience in sorted(after - before):
            client.add_client_id_to_open_id_connect_provider(
                OpenIDConnectProviderArn=existing.identity, ClientID=audience
            )
        for audience in sorted(before - after):
            client.remove_client_id_from_open_id_connect_provider(
                OpenIDConnectProviderArn=existing.identity, ClientID=audience
            )
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("iam").delete_open_id_connect_provider(OpenIDConnectProviderArn=existing.identity)
