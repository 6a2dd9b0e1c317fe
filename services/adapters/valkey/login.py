"""Logging in to ElastiCache by IAM: a token that the task's own role signs, in the place of a password."""

from __future__ import annotations

from urllib.parse import urlencode, urlunsplit

import boto3
from botocore.model import ServiceId
from botocore.signers import RequestSigner
from valkey.credentials import CredentialProvider

VALID_S = 900
"""A token logs in for a quarter of an hour (Amazon ElastiCache User Guide, 'Authenticating with IAM')."""


class IamLogin(CredentialProvider):
    """A user's credentials for each new connection: a request to connect, presigned; it is never sent as a request.

    ElastiCache drops a connection after 12 hours; the next one logs in with a token of its own.

    Args:
        user: Name and id of the ElastiCache user, which are the same.
        cache: Id of the replication group.
        region: Where it lies.
    """

    def __init__(self, *, user: str, cache: str, region: str) -> None:
        self._user, self._cache, self._region = user, cache, region
        self._session = boto3.session.Session()

    def get_credentials(self) -> tuple[str, str]:
        """User and token; signing takes a fraction of a millisecond.

        Raises:
            OSError: The task has no credentials to sign with.
        """
        credentials = self._session.get_credentials()
        if credentials is None:
            raise OSError("no AWS credentials to log in to the cache with")
        signer = RequestSigner(
            ServiceId("ElastiCache"), self._region, "elasticache", "v4", credentials, self._session.events
        )
        query = urlencode({"Action": "connect", "User": self._user})
        url = urlunsplit(("https", self._cache, "/", query, ""))
        signed = signer.generate_presigned_url(
            {"method": "GET", "url": url, "body": {}, "headers": {}, "context": {}},
            operation_name="connect",
            expires_in=VALID_S,
            region_name=self._region,
        )
        return self._user, signed.removeprefix("https://")
