"""What the logs may keep: the whole cluster's memory, and each topic's retention.ms and retention.bytes.

Only leaders are counted: followers share their batches and move their log start with the leader's.
Nothing at or above the high watermark is ever dropped.
"""

import asyncio
import time
from typing import NamedTuple, Protocol

from kio.schema.errors import ErrorCode

from workbench.lab.configs import BrokerConfig, TopicConfig
from workbench.lab.log import Log
from workbench.lab.record_batch import Batch, Rejected

_LEEWAY = 16  # free this fraction of the limit at once, not a batch at a time


class Trimmed(NamedTuple):
    """So many of the oldest records of a partition had to go, to keep within the cluster's memory."""

    topic: str
    partition: int
    leader: int
    records: int


class _Topic(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def config(self) -> TopicConfig: ...


class _Partition(Protocol):
    @property
    def index(self) -> int: ...
    @property
    def leader(self) -> int: ...


class _Kept(Protocol):
    """A leader's replica."""

    log: Log
    high_watermark: int

    @property
    def topic(self) -> _Topic: ...
    @property
    def partition(self) -> _Partition: ...


class Budget:
    """Bytes of memory for all logs. Beyond `limit` the largest logs lose their oldest batches."""

    def __init__(self, limit: int) -> None:
        self.used = 0
        self._limit = limit
        self._leaders: dict[_Kept, None] = {}
        self._untold: dict[tuple[str, int], Trimmed] = {}

    def take_trimmed(self) -> tuple[Trimmed, ...]:
        """What was trimmed for want of room since this was last asked; not what retention removed."""
        untold, self._untold = self._untold, {}
        return tuple(untold.values())

    def leads(self, replica: _Kept) -> None:
        """It is counted from now on."""
        if replica not in self._leaders:
            self._leaders[replica] = None
            self.used += replica.log.cost

    def before_append(self) -> None:
        """Raises Rejected where not even trimming has kept the logs within twice the limit.

        That is when much is above the high watermarks; a real broker's disk would be full.
        """
        if self.used > 2 * self._limit and not self._make_room():
            raise Rejected(
                ErrorCode.kafka_storage_error,
                f"the lab keeps at most {self._limit} bytes, and twice that is waiting for followers",
            )

    def appended(self, batch: Batch) -> None:
        self.used += batch.cost
        if self.used > self._limit:
            self._make_room()

    def gone(self, replica: _Kept) -> None:
        if replica in self._leaders:
            del self._leaders[replica]
            self.used -= replica.log.cost

    def _make_room(self) -> bool:
        """Trim the largest logs; whether what is kept is within the limit now."""
        enough = self._limit - self._limit // _LEEWAY
        freed = 1
        while self.used > enough and freed:
            freed = 0
            for replica in sorted(self._leaders, key=lambda kept: kept.log.cost, reverse=True):
                share = max((self.used - enough) // 4, replica.log.cost // _LEEWAY)
                start = replica.log.start
                freed += self._trim(replica, replica.log.offset_to_free(share, replica.high_watermark))
                self._note(replica, replica.log.start - start)
                if self.used <= enough:
                    break
        return self.used <= self._limit

    def _note(self, replica: _Kept, records: int) -> None:
        if records:
            where = replica.topic.name, replica.partition.index
            before = self._untold[where].records if where in self._untold else 0
            self._untold[where] = Trimmed(*where, replica.partition.leader, before + records)

    def _trim(self, replica: _Kept, offset: int) -> int:
        freed = replica.log.trim(offset)
        self.used -= freed
        return freed

    def expire(self) -> None:
        """Kafka's cleanup of old log segments, with batches for segments."""
        now = int(time.time() * 1000)
        for replica in self._leaders:
            config, log = replica.topic.config, replica.log
            if not config.deletes:
                continue
            if config.retention_ms >= 0:
                self._trim(replica, log.offset_older_than(now - config.retention_ms, replica.high_watermark))
            if 0 <= config.retention_bytes < log.cost:
                surplus = log.cost - config.retention_bytes
                self._trim(replica, log.offset_to_free(surplus, replica.high_watermark))

    async def keep_expiring(self, config: BrokerConfig) -> None:
        while True:
            await asyncio.sleep(config.number("log.retention.check.interval.ms") / 1000)
            self.expire()
