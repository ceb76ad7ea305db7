"""Every key a scenario may have, with the check of its value.

A check takes what TOML gave and returns what the scenario keeps. It raises ValueError, whose text says
what is wrong and, after a semicolon, the mend.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

from workbench.model.record import SERIALIZER_NAMES, Header
from workbench.model.scenario import FORMAT, SEND_MODES, ClusterKind

Check = Callable[[Any], Any]

MOST_RECORDS = 1_000_000_000
MOST_PARTITIONS = 10_000
MOST_BROKERS = 15
_SIGNED_16 = 2**15 - 1
_SIGNED_64 = 2**63 - 1
_TOPIC_NAME = re.compile(r"[a-zA-Z0-9._-]+")
_LONGEST_TOPIC_NAME = 249
_SHOWN = 60


class WrongItemError(ValueError):
    """What is wrong is one item of a list."""

    def __init__(self, index: int, text: str) -> None:
        super().__init__(text)
        self.index = index


def shown(value: object) -> str:
    """A value as a message quotes it: one line, not too long."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be text, not {shown(value)}; put it in quotes")
    return value


def _looks_whole(value: object) -> bool:
    return isinstance(value, str) and value.lstrip("-").isdecimal()


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {shown(value)}")
    return value


def whole(lowest: int, highest: int) -> Check:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            mend = "write it without quotes" if _looks_whole(value) else f"give {lowest} to {highest}"
            raise ValueError(f"must be a whole number, not {shown(value)}; {mend}")
        if not lowest <= value <= highest:
            raise ValueError(f"{shown(value)} is out of range; give {lowest} to {highest}")
        return value

    return check


def records_per_second(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"must be a number of records per second, not {shown(value)}")
    if not 0 < value <= MOST_RECORDS:
        raise ValueError(
            f"{value} is out of range; give more than 0, or take the key out to send at full speed"
        )
    return float(value)


def one_of(*allowed: str) -> Check:
    def check(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"{shown(value)} is not known; give {' or '.join(allowed)}")
        return str(value)

    return check


def topic_name(value: Any) -> str:
    """org.apache.kafka.common.internals.Topic.validate, Kafka 4.1.0."""
    name = text(value)
    rule = "Kafka allows letters, digits, '.', '_' and '-'"
    if not name:
        raise ValueError("a topic name cannot be empty; give one, such as orders")
    if name in {".", ".."}:
        raise ValueError(f"{shown(name)} is not a name Kafka allows; give one, such as orders")
    if len(name) > _LONGEST_TOPIC_NAME:
        raise ValueError(f"{len(name)} characters are too many for a topic name; give at most 249")
    if not _TOPIC_NAME.fullmatch(name):
        bad = next(letter for letter in name if not _TOPIC_NAME.fullmatch(letter))
        raise ValueError(f"{shown(name)} holds {shown(bad)}, which Kafka refuses in a topic name; {rule}")
    return name


def bootstrap_servers(value: Any) -> str:
    servers = [server.strip() for server in text(value).split(",")]
    for server in servers:
        host, _, port = server.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) <= 65535:
            raise ValueError(f'{shown(server)} is not host:port; write it like "localhost:9092"')
    return ",".join(servers)


def property_text(value: Any) -> str:
    """Kafka's text of a property: "true", "5". The value is never quoted back: it may be a secret."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    raise ValueError("must be text, a number, true or false; Kafka writes lists as text, with commas")


def headers(value: Any) -> tuple[Header, ...]:
    """`[["name", "value"], …]`. TOML has no null, so `["name"]` alone is a header whose value is null."""
    shape = 'headers are [["name", "value"], …], and ["name"] alone has a null value'
    if not isinstance(value, list):
        raise ValueError(f"must be a list, not {shown(value)}; {shape}")
    for index, pair in enumerate(value):
        whole_pair = isinstance(pair, list) and 1 <= len(pair) <= 2
        if not whole_pair or not all(isinstance(part, str) for part in pair):
            raise WrongItemError(index, f"{shown(pair)} is not a header; {shape}")
    return tuple(Header(pair[0], pair[1] if len(pair) == 2 else None) for pair in value)


def scenario_format(value: Any) -> int:
    if isinstance(value, bool) or value != FORMAT:
        raise ValueError(f"this kwb reads format {FORMAT}, not {shown(value)}; look for a newer kwb")
    return FORMAT


CHECKS: Mapping[str, Check] = {
    "format": scenario_format,
    "title": text,
    "seed": whole(0, _SIGNED_64),
    "cluster.kind": one_of(*get_args(ClusterKind)),
    "cluster.brokers": whole(1, MOST_BROKERS),
    "cluster.bootstrap_servers": bootstrap_servers,
    "topic.name": topic_name,
    "topic.partitions": whole(1, MOST_PARTITIONS),
    "topic.replication_factor": whole(1, _SIGNED_16),
    "topic.create": flag,
    "record.key": text,
    "record.key_serializer": one_of(*SERIALIZER_NAMES),
    "record.value": text,
    "record.value_file": text,
    "record.value_serializer": one_of(*SERIALIZER_NAMES),
    "record.headers": headers,
    "record.partition": whole(0, MOST_PARTITIONS - 1),
    "send.mode": one_of(*SEND_MODES),
    "send.count": whole(1, MOST_RECORDS),
    "send.rate": records_per_second,
    "send.warm_up": whole(0, MOST_RECORDS),
    "send.verify": flag,
    "send.record_timeout_ms": whole(1, 3_600_000),
}
SECTIONS: tuple[str, ...] = ("cluster", "topic", "producer", "record", "send")
PROPERTIES: tuple[str, ...] = ("producer", "cluster.config", "topic.config")
"""Tables of Kafka's properties: any name, and `linger.ms = 5` is the same as `"linger.ms" = 5`."""

CAN_BE_ABSENT: frozenset[str] = frozenset(
    {"cluster.bootstrap_servers", "topic.create", "record.value_file", "record.partition", "send.rate"}
)
"""Keys whose absence means something that no value says."""

NOT_YET: Mapping[str, str] = {
    "fault": "faults are not in this version of kwb; take the table out",
    "send.batch": "load mode is not in this version of kwb; take the key out",
    "send.engines": "a run has one engine in this version of kwb; take the key out",
    "cluster.profile": "profiles are not in this version of kwb; give cluster.bootstrap_servers",
}


def property_table(name: str) -> str | None:
    """The table of properties that a dotted name lies in, or None."""
    return next((table for table in PROPERTIES if name.startswith(f"{table}.")), None)
