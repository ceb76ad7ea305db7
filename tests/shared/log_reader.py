"""A consumer by hand, on the wire: it asks the leaders of a topic for what a consumer may see."""

import asyncio
import struct
from datetime import timedelta

from tests.shared.kafka_socket import Socket
from workbench.clusters.lab import LabCluster
from workbench.errors import ClusterError

_ANSWERS_S = 1.0
_LOOK_S = 0.15
_VERSION = 11
_PREFIX = struct.Struct(">qi")
_LAST_DELTA = struct.Struct(">i")


class LogReader:
    """`seen`: batches by partition and base offset, as they were when they were first read."""

    def __init__(self, lab: LabCluster, topic: str) -> None:
        self.seen: dict[tuple[int, int], bytes] = {}
        self.problems: list[str] = []
        self._lab = lab
        self._topic = topic
        self._position: dict[int, int] = {}
        self._sockets: dict[int, Socket] = {}

    async def follow(self) -> None:
        """Read whatever comes, until cancelled."""
        try:
            while True:
                try:
                    views = await self._lab.partitions(self._topic)
                except ClusterError:
                    views = ()
                for view in views:
                    if view.leader > 0:
                        read = await self._fetched(view.leader, view.id, self._position.get(view.id, 0))
                        for offset, following, raw in read or ():
                            self.seen.setdefault((view.id, offset), raw)
                            self._position[view.id] = following
                await asyncio.sleep(_LOOK_S)
        finally:
            self.close()

    async def all(self) -> dict[tuple[int, int], bytes]:
        """The whole logs now, from their leaders."""
        found: dict[tuple[int, int], bytes] = {}
        try:
            for view in await self._lab.partitions(self._topic):
                at = 0
                while at < view.high_watermark:
                    read = await self._fetched(view.leader, view.id, at)
                    assert read, f"p{view.id}: nothing at {at} below the high watermark {view.high_watermark}"
                    for offset, following, raw in read:
                        found[view.id, offset] = raw
                        at = following
        finally:
            self.close()
        return found

    def close(self) -> None:
        for socket in self._sockets.values():
            socket.writer.close()
        self._sockets.clear()

    async def _fetched(self, broker: int, partition: int, offset: int) -> list[tuple[int, int, bytes]] | None:
        """Batches as (base offset, next offset, bytes behind the leader epoch); None where none were told."""
        try:
            async with asyncio.timeout(_ANSWERS_S):
                answer = await self._ask(broker, partition, offset)
        except (TimeoutError, OSError, EOFError):
            self.close()
            return None
        if answer.error_code != 0:
            return None
        found = []
        raw, at = bytes(answer.records or b""), 0
        while at + _PREFIX.size <= len(raw):
            base, length = _PREFIX.unpack_from(raw, at)
            end = at + _PREFIX.size + length
            if end > len(raw):
                break
            following = base + _LAST_DELTA.unpack_from(raw, at + 23)[0] + 1
            if following > answer.high_watermark:
                self.problems.append(
                    f"p{partition}: {base} to {following - 1} shown, the high watermark is {answer.high_watermark}"
                )
            if following > offset:
                found.append((base, following, raw[at + 16 : end]))
            at = end
        return found

    async def _ask(self, broker: int, partition: int, offset: int):
        if broker not in self._sockets:
            host, _, port = self._lab.bootstrap_servers.split(",")[broker - 1].rpartition(":")
            self._sockets[broker] = Socket(*await asyncio.open_connection(host, int(port)))
        part = {"partition": partition, "fetch_offset": offset, "partition_max_bytes": 1 << 20}
        answer = await self._sockets[broker].ask(
            1,
            _VERSION,
            replica_id=-1,
            max_wait=timedelta(0),
            min_bytes=1,
            max_bytes=1 << 20,
            topics=[{"topic": self._topic, "partitions": [part]}],
            forgotten_topics_data=[],
        )
        return answer.responses[0].partitions[0]
