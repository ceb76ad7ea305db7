"""From a config as it is written to what the engine starts librdkafka with."""

from collections.abc import Mapping

import msgspec

from workbench.errors import InputError
from workbench.producer_config.catalogue import property_named
from workbench.producer_config.dialect import canonical, effective
from workbench.producer_config.rules import twice, wrong_with

_MAX_BLOCK_MS = "max.block.ms"


class Resolved(msgspec.Struct, frozen=True):
    """`client` has librdkafka's names only, and no bootstrap.servers."""

    client: dict[str, str]
    max_block_ms: int


def resolve(config: Mapping[str, str]) -> Resolved:
    """What is not named is left to the client, unless `defaults` says whose defaults are wanted.

    Raises InputError for an unknown name, a value of the catalogue's properties that is none, and a
    property given twice. How properties go together is the client's own to refuse.
    """
    complaints = [wrong for name, text in config.items() if (wrong := wrong_with(name, text))]
    complaints += [hint.text for hint in twice(config)]
    if complaints:
        raise InputError(complaints[0])
    client = {name: text if _is_text(name) else text.strip() for name, text in canonical(config).items()}
    client.pop(_MAX_BLOCK_MS, None)
    return Resolved(client=client, max_block_ms=int(effective(config)[_MAX_BLOCK_MS]))


def _is_text(name: str) -> bool:
    """A password may end in a space."""
    item = property_named(name)
    return item is None or item.kind not in {"int", "float", "bool", "choice"}
