"""For whom the tokens of an identity provider may be made: moto can't change it once it is made."""

from __future__ import annotations

from typing import Any

from moto.core.responses import EmptyResult
from moto.iam.responses import IamResponse


def install() -> None:
    """Add the two operations that change the audiences of a provider."""

    def audiences(asked: IamResponse) -> tuple[list[str], str]:
        provider = asked.backend.get_open_id_connect_provider(asked._get_param("OpenIDConnectProviderArn"))  # noqa: SLF001 - moto's way to ask
        return provider.client_id_list, asked._get_param("ClientID")  # noqa: SLF001

    def add(self: IamResponse) -> EmptyResult:
        known, audience = audiences(self)
        if audience not in known:
            known.append(audience)
        return EmptyResult()

    def remove(self: IamResponse) -> EmptyResult:
        known, audience = audiences(self)
        known[:] = [other for other in known if other != audience]
        return EmptyResult()

    methods: dict[str, Any] = {
        "add_client_id_to_open_id_connect_provider": add,
        "remove_client_id_from_open_id_connect_provider": remove,
    }
    for name, method in methods.items():
        setattr(IamResponse, name, method)
