"""What of a config may be seen: everything but what opens a door."""

import re
from collections.abc import Mapping

HIDDEN = "[hidden]"
_SECRET = re.compile(
    r"password|passphrase|secret|jaas|\.key\.pem|keystore\.key$|oauthbearer\.(config|extensions)"
    r"|token$|basic\.auth|user\.info|api\.key"
)
_OPTION = re.compile(
    r"\b(\w*(?:password|secret))\s*=\s*(?:\"(?:[^\"\\]|\\.)*+\"?|'[^']*'?|[^\s;]+)", re.IGNORECASE | re.DOTALL
)
_WITH_CREDENTIALS = re.compile(r"://[^/@\s]*:[^/@\s]*@")


def is_secret(name: str) -> bool:
    return _SECRET.search(name.lower()) is not None


def mask_secrets(config: Mapping[str, str]) -> dict[str, str]:
    """The same config with what is secret replaced, also in values of other properties."""
    return {name: HIDDEN if is_secret(name) and value else masked(value) for name, value in config.items()}


def masked(text: str) -> str:
    """Without the user and password of the addresses in it, and the passwords among JAAS options.

    Those are where they should not be: in a property whose name was mistyped.
    """
    return _OPTION.sub(rf"\1={HIDDEN}", _WITH_CREDENTIALS.sub(f"://{HIDDEN}@", text))
