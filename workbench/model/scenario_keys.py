"""Every key a scenario may have, with the check of its value.

A check takes what TOML gave and returns what the scenario keeps. It raises ValueError, whose text says
what is wrong and, after a semicolon, the mend.
"""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, get_args
from urllib.parse import urlsplit

from workbench.model.code import is_code
from workbench.model.record import SERIALIZER_NAMES, Header, SubjectNameStrategy, serializer_name
from workbench.model.scenario import (
    EMULATED_PARTITIONERS,
    FORMAT,
    SEND_MODES,
    ClusterKind,
    OnRejected,
)

Check = Callable[[Any], Any]

MOST_RECORDS = 1_000_000_000
MOST_PARTITIONS = 10_000
MOST_BROKERS = 15
MOST_DELAY_MS = 60_000
MOST_IN_BATCH = 100_000
MOST_ENGINES = 32
_SIGNED_16 = 2**15 - 1
_SIGNED_64 = 2**63 - 1
_TOPIC_NAME = re.compile(r"[a-zA-Z0-9._-]+")
_LONGEST_TOPIC_NAME = 249
_SHOWN = 60
_JAVA_PACKAGE = "org.apache.kafka.clients.producer."


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


def delay_ms(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"must be a number of milliseconds, not {shown(value)}")
    if not 0 <= value <= MOST_DELAY_MS:
        raise ValueError(f"{value} is out of range; give 0 to {MOST_DELAY_MS}")
    return value


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


def partitioner(value: Any) -> str:
    """What kwb's engine runs instead of the client; the client's own are a property."""
    name = text(value)
    if is_code(name) or name.removeprefix(_JAVA_PACKAGE) in EMULATED_PARTITIONERS:
        return name
    ours = ", ".join(EMULATED_PARTITIONERS)
    mend = "librdkafka's own stand under [producer], as partitioner"
    raise ValueError(f"{shown(name)} is not known; give {ours} or module:attribute; {mend}")


def interceptors(value: Any) -> tuple[str, ...]:
    """A list, or as Java's `interceptor.classes` one text with commas."""
    given = [each.strip() for each in value.split(",") if value.strip()] if isinstance(value, str) else value
    if not isinstance(given, list):
        raise ValueError(f'must be a list, not {shown(value)}; write ["module:attribute", …]')
    for index, each in enumerate(given):
        if not isinstance(each, str) or not is_code(each):
            raise WrongItemError(index, f"{shown(each)} is no code; write it as module:attribute")
    return tuple(given)


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


def timestamp(value: Any) -> str:
    """A whole number, or a template that renders one for each record."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and "{" in value:
        return value
    mend = 'give epoch milliseconds, such as 1700000000000 or "{{ now_ms - 60000 }}"'
    if not isinstance(value, str) or not value.strip().isascii() or not value.strip().isdecimal():
        raise ValueError(f"must be a whole number or a template of one, not {shown(value)}; {mend}")
    if not 0 < int(value) <= _SIGNED_64:
        raise ValueError(f"{shown(value)} is out of range; {mend}")
    return value.strip()


def serializer(value: Any) -> str:
    """A name, a Java class (with or without its package), or code of one's own."""
    name = serializer_name(text(value))
    if name in SERIALIZER_NAMES or is_code(name):
        return name
    near = get_close_matches(name.rpartition(".")[2].lower(), SERIALIZER_NAMES, n=1)
    mend = f"did you mean {near[0]}?" if near else f"give {', '.join(SERIALIZER_NAMES)}, or module:attribute"
    raise ValueError(f"{shown(value)} is not known; {mend}")


def registry_url(value: Any) -> str:
    urls = [url.strip() for url in text(value).split(",")]
    for url in urls:
        if not url.startswith("mock://") and not _is_http(url):
            given = "that" if "@" in url else shown(url)  # what stands before the @ is secret
            raise ValueError(f"must be http://host:port, https://host:port or mock://, not {given}")
    return ",".join(urls)


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port  # ValueError: no number, or none that a port can be
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host) and port != 0 and not re.search(r"\s", url)


def scenario_format(value: Any) -> int:
    if isinstance(value, bool) or value != FORMAT:
        raise ValueError(f"this kwb reads format {FORMAT}, not {shown(value)}; look for a newer kwb")
    return FORMAT


CHECKS: Mapping[str, Check] = {
    "format": scenario_format,
    "title": text,
    "note": text,
    "seed": whole(0, _SIGNED_64),
    "cluster.kind": one_of(*get_args(ClusterKind)),
    "cluster.brokers": whole(1, MOST_BROKERS),
    "cluster.bootstrap_servers": bootstrap_servers,
    "topic.name": topic_name,
    "topic.partitions": whole(1, MOST_PARTITIONS),
    "topic.replication_factor": whole(1, _SIGNED_16),
    "topic.create": flag,
    "record.key": text,
    "record.key_serializer": serializer,
    "record.key_schema_file": text,
    "record.key_type": text,
    "record.value": text,
    "record.value_file": text,
    "record.value_serializer": serializer,
    "record.rows_file": text,
    "record.value_schema_file": text,
    "record.value_type": text,
    "record.headers": headers,
    "record.partition": whole(0, MOST_PARTITIONS - 1),
    "record.timestamp": timestamp,
    "registry.url": registry_url,
    "registry.auto_register": flag,
    "registry.use_latest_version": flag,
    "registry.subject_name_strategy": one_of(*get_args(SubjectNameStrategy)),
    "registry.normalize": flag,
    "registry.timeout_ms": whole(100, 60_000),
    "send.mode": one_of(*SEND_MODES),
    "send.count": whole(1, MOST_RECORDS),
    "send.rate": records_per_second,
    "send.batch": whole(1, MOST_IN_BATCH),
    "send.engines": whole(1, MOST_ENGINES),
    "send.warm_up": whole(0, MOST_RECORDS),
    "send.verify": flag,
    "send.verify_timeout_s": whole(1, 3600),
    "send.record_timeout_ms": whole(1, 3_600_000),
    "send.ring": whole(0, 1_000_000),
    "send.on_rejected": one_of(*get_args(OnRejected)),
    "send.callback_delay_ms": delay_ms,
    "send.partitioner": partitioner,
    "send.interceptors": interceptors,
}
SECTIONS: tuple[str, ...] = ("cluster", "topic", "producer", "record", "registry", "send")
PROPERTIES: tuple[str, ...] = ("producer", "cluster.config", "topic.config", "registry.config")
"""Tables of Kafka's properties: any name, and `linger.ms = 5` is the same as `"linger.ms" = 5`."""

FILES: tuple[str, ...] = (
    "record.value_file",
    "record.rows_file",
    "record.key_schema_file",
    "record.value_schema_file",
)
"""Keys that name a file beside the scenario."""

CAN_BE_ABSENT: frozenset[str] = frozenset(
    {
        "cluster.bootstrap_servers",
        "topic.create",
        "record.value_file",
        "record.partition",
        "record.timestamp",
        "send.partitioner",
        "record.rows_file",
        "record.key_schema_file",
        "record.key_type",
        "record.value_schema_file",
        "record.value_type",
        "registry.url",
        "send.rate",
        "send.batch",
        "send.ring",
    }
)
"""Keys whose absence means something that no value says."""

NOT_YET: Mapping[str, str] = {
    "cluster.profile": "profiles are not in this version of kwb; give cluster.bootstrap_servers",
}


def property_table(name: str) -> str | None:
    """The table of properties that a dotted name lies in, or None."""
    return next((table for table in PROPERTIES if name.startswith(f"{table}.")), None)
