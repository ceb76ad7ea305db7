"""How each property of one client stands to the other client's, as data: data/dialect.json.

A property without a line there has the same name and meaning in both.
"""

from functools import cache
from typing import Literal

import msgspec

from workbench.producer_config.catalogue import DATA, Client, property_named

NoteKind = Literal["mapped", "approximated", "impossible", "emulated"]
By = Literal[
    "",
    "forever",
    "idle",
    "buffer",
    "kib",
    "refresh",
    "endpoint",
    "protocol",
    "timeouts",
    "reconnect",
    "levels",
    "partitioner",
    "serializer",
    "jaas",
    "oauth",
    "keystore",
    "truststore",
]


class Pair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`says` holds on the way from Java to librdkafka, `back` on the way back."""

    kind: NoteKind
    java: str = ""
    librdkafka: str = ""
    by: By = ""
    """What translates the value, alone or with others; empty: it stays as it is."""
    same: str = ""
    """The value that leaves nothing to say: the other client does just that."""
    says: str = ""
    back: str = ""


@cache
def pairs() -> tuple[Pair, ...]:
    return msgspec.json.decode((DATA / "dialect.json").read_bytes(), type=tuple[Pair, ...])


@cache
def _by_name(client: Client) -> dict[str, Pair]:
    """The first line of a name counts for the way from it, unless a later one has it alone."""
    found: dict[str, Pair] = {}
    for pair in pairs():
        name, other = (pair.java, pair.librdkafka) if client == "java" else (pair.librdkafka, pair.java)
        if name and (name not in found or not other):
            found[name] = pair
    return found


def pair_of(name: str, client: Client) -> Pair | None:
    """The line about a property of this client, by its name in the catalogue; None where it has none."""
    item = property_named(name)
    facts = item.of(client) if item else None
    names = (name, facts.name, *facts.aliases) if facts else (name,)
    return next((pair for name in names if (pair := _by_name(client).get(name))), None)


def counterpart(name: str, client: Client) -> str:
    """What the other client calls this one's property; empty where it has nothing like it."""
    pair = pair_of(name, client)
    if pair:
        return pair.librdkafka if client == "java" else pair.java
    item = property_named(name)
    return item.name if item and item.java and item.librdkafka else ""
