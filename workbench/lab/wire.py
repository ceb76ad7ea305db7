"""Kafka's protocol on a connection: which APIs and versions, headers, requests to objects, answers to bytes.

Answers are plain structs with the fields of every version (see `answers`): kio's writer of a version takes
by name what that version has, so one handler serves all versions.
"""

import struct
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, NamedTuple

from kio.index import load_request_schema, load_response_schema
from kio.serial import entity_reader, entity_writer

from workbench.lab.skim import outline_of, skim, skim_header

API_VERSIONS = 18
PRODUCE = 0
RANGES = MappingProxyType(
    {
        PRODUCE: (0, 13),  # as Kafka 4.1 says; below 3 it answers none, but librdkafka looks for the 0
        1: (4, 18),  # Fetch
        2: (1, 10),  # ListOffsets
        3: (0, 13),  # Metadata
        8: (2, 9),  # OffsetCommit
        9: (1, 9),  # OffsetFetch
        10: (0, 6),  # FindCoordinator
        11: (0, 9),  # JoinGroup
        12: (0, 4),  # Heartbeat
        13: (0, 5),  # LeaveGroup
        14: (0, 5),  # SyncGroup
        15: (0, 6),  # DescribeGroups
        16: (0, 5),  # ListGroups
        API_VERSIONS: (0, 4),
        19: (2, 7),  # CreateTopics
        20: (1, 6),  # DeleteTopics
        22: (0, 5),  # InitProducerId
        23: (2, 4),  # OffsetForLeaderEpoch
        32: (1, 4),  # DescribeConfigs
        33: (0, 2),  # AlterConfigs
        37: (0, 3),  # CreatePartitions
        42: (0, 2),  # DeleteGroups
        44: (0, 1),  # IncrementalAlterConfigs
        46: (0, 0),  # ListPartitionReassignments
        60: (0, 2),  # DescribeCluster
        75: (0, 0),  # DescribeTopicPartitions
    }
)
"""What is advertised, by API key: Kafka 4.1's own ranges where the lab can. Ranges steer clients: without
Produce 0 or FindCoordinator librdkafka stops compressing, without a Fetch 4 it asks for old message sets."""
_UNSERVED = frozenset({(PRODUCE, 0), (PRODUCE, 1), (PRODUCE, 2)})

_START = struct.Struct(">hhi")
_ANSWER = struct.Struct(">ii")
_NO_TAGS = b"\x00"


class ProtocolError(Exception):
    """What came is not a request of an API and version that is served: the connection is closed."""


class Request(NamedTuple):
    api_key: int
    version: int
    correlation_id: int
    client_id: str | None
    body: Any
    """kio's request of that version; None where the version of ApiVersions is unknown."""


class Records:
    """Batches on their way out: pieces that are joined once, with the rest of the answer."""

    __slots__ = ("pieces", "size")

    def __init__(self) -> None:
        self.pieces: list[bytes | memoryview] = []
        self.size = 0

    def __len__(self) -> int:
        return self.size


class _Schema(NamedTuple):
    read: Callable[[memoryview, int], tuple[Any, int]]
    outline: Any
    write: Callable[[Any, Any], None]
    flexible: bool
    tags_in_header: bool


class _Sink(list[Any]):
    """What kio's writers write to; knows Records."""

    def write(self, data: Any) -> None:
        if type(data) is Records:
            self.extend(data.pieces)
        else:
            self.append(data)


class Wire:
    """Reads requests and writes answers; readers and writers are made when first used (4 ms each)."""

    def __init__(self) -> None:
        self._schemas: dict[tuple[int, int], _Schema] = {}

    def read(self, frame: memoryview) -> Request:
        """Raises ProtocolError."""
        try:
            key, version, correlation = _START.unpack_from(frame)
        except struct.error as error:
            raise ProtocolError("a request without a header") from error
        low, high = RANGES.get(key, (0, -1))
        if not low <= version <= high or (key, version) in _UNSERVED:
            if key == API_VERSIONS:
                return Request(key, version, correlation, None, None)
            raise ProtocolError(f"API key {key} version {version} is not served")
        schema = self._schema(key, version)
        try:
            client_id, at = skim_header(frame, _START.size, flexible=schema.flexible)
            skim(schema.outline, frame, at)
            body, _ = schema.read(frame, at)
        except Exception as error:  # kio's reader raises many kinds on bytes that are no request
            raise ProtocolError(f"API key {key} version {version}: {error!r}") from error
        return Request(key, version, correlation, client_id, body)

    def write(self, request: Request, answer: object, version: int | None = None) -> bytes:
        """The whole frame, length included; `version` where it differs from the request's.

        An answer of bytes is a body that is written already.
        """
        schema = self._schema(request.api_key, request.version if version is None else version)
        sink = _Sink((b"", _NO_TAGS if schema.tags_in_header else b""))
        if type(answer) is bytes:
            sink.append(answer)
        else:
            schema.write(sink, answer)
        size = sum(map(len, sink)) + 4
        sink[0] = _ANSWER.pack(size, request.correlation_id)
        return b"".join(sink)

    def warm(self, *wanted: tuple[int, int]) -> None:
        for key, version in wanted:
            self._schema(key, version)

    def _schema(self, key: int, version: int) -> _Schema:
        schema = self._schemas.get((key, version))
        if schema is None:
            asked, answered = load_request_schema(key, version), load_response_schema(key, version)
            schema = _Schema(
                entity_reader(asked),
                outline_of(asked),
                entity_writer(answered),
                asked.__header_schema__.__flexible__,
                answered.__header_schema__.__flexible__,
            )
            self._schemas[key, version] = schema
        return schema
