"""Logging in to the cache by IAM: a presigned request to connect, which names user, cache and region."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from services.adapters.valkey.login import VALID_S, IamLogin


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "session")


@pytest.mark.usefixtures("credentials")
def test_a_token_is_a_signed_request_to_connect():
    user, token = IamLogin(user="shop-user", cache="shop-cache", region="eu-west-1").get_credentials()
    assert user == "shop-user"
    assert token.startswith("shop-cache/?")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(f"https://{token}").query).items()}
    assert (asked["Action"], asked["User"], asked["X-Amz-Expires"]) == ("connect", "shop-user", str(VALID_S))
    assert asked["X-Amz-Credential"].endswith("/eu-west-1/elasticache/aws4_request")
    assert asked["X-Amz-Security-Token"] == "session"
    assert len(asked["X-Amz-Signature"]) == 64
    assert asked["X-Amz-SignedHeaders"] == "host"


@pytest.mark.usefixtures("credentials")
def test_another_user_has_another_signature():
    tokens = {
        IamLogin(user=user, cache="c", region="eu-west-1").get_credentials()[1].rpartition("=")[2] for user in "ab"
    }
    assert len(tokens) == 2


def test_without_credentials_nobody_logs_in(monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(OSError, match="no AWS credentials"):
        IamLogin(user="a", cache="c", region="eu-west-1").get_credentials()
