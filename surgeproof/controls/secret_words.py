"""Secret words: whether a variable looks as if it held a secret, by its name and by its value's shape."""

from __future__ import annotations

import math
import re
from collections import Counter

_NAME = re.compile(
    r"(password|passwd|(^|_)(pwd|secret|token|api_?key|private_?key|credential[s]?|access_?key(_id)?|auth))($|_)",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
"""Where a name in camelCase has its words apart."""
_REFERENCE = re.compile(r"^(arn:|https?://[^:@/]+(/|$|:\d)|/|\$\{)|_(ARN|NAME|URL|ID|PATH|FILE)$")
_KNOWN = re.compile(
    r"(AKIA|ASIA)[A-Z0-9]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|[sr]k_live_[A-Za-z0-9]{8,}|"
    r"gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,}|xox[abpr]-[A-Za-z0-9-]{10,}|://[^/:@\s]+:[^/@\s]+@"
)
_TOKEN = re.compile(r"^[A-Za-z0-9+/_=-]{20,}$")
_NO_SECRET_AFTER_ALL = re.compile(r"_(ARN|NAME|URL|ID|PATH|FILE|TTL|SECONDS)$", re.IGNORECASE)
SECRET_PROPERTIES = frozenset(
    {
        "apiKey", "authToken", "authTokens", "clientSecret", "masterPassword", "masterUserPassword", "password",
        "passwords", "privateKey", "secretBinary", "secretString", "secretStringWo", "sharedSecret", "token",
        "tunnel1PresharedKey", "tunnel2PresharedKey",
    }
)  # fmt: skip
"""Names of properties that hold a secret in pulumi-aws, at any depth."""
MIN_ENTROPY = 4.3
"""Bits a character; English words and host names stay below 4, random base64 of 32 characters lies near 4.5."""


def is_known_secret(value: str) -> bool:
    """Whether a text has the form of a key of AWS, GitHub, Slack or Stripe, a private key or a URL with a password."""
    return _KNOWN.search(value) is not None


def names_secret(name: str) -> bool:
    """Whether what is called so holds a secret, and not the place or the age of one."""
    name = _CAMEL.sub("_", name)
    return _NAME.search(name) is not None and not _NO_SECRET_AFTER_ALL.search(name)


def looks_secret(name: str, value: str) -> bool:
    """Whether this looks like a secret that was typed in: a telling name, a known form, or a random value."""
    if _KNOWN.search(value):
        return True
    if not value or _REFERENCE.search(value) or value.lower() in {"true", "false", "none"}:
        return False
    if names_secret(name):
        return True
    return bool(_TOKEN.match(value)) and any(c.isdigit() for c in value) and _entropy(value) >= MIN_ENTROPY


def _entropy(value: str) -> float:
    counts = Counter(value)
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts.values())
