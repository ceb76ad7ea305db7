"""What the logs may keep: the whole cluster's memory, and each topic's retention.ms and retention.bytes.

Only leaders are counted: followers share their batches and move their log start with the leader's.
Nothing at or above the high watermark is ever dropped.
"""

import asyncio
import time
from typing import Protocol

from kio.schema.errors import ErrorCode

from workbench.lab.configs import BrokerConfig, TopicConfig
from workbench.lab.log import Log
from workbench.lab.record_batch import Batch, Rejected

_LEEWAY = 16  # free this fraction of the limit at once, not a batch at a time


class _Topic(Protocol):
    @property
    def config(self) -> TopicConfig: ...


class _Kept(Protocol):
    """A leader's replica."""

    log: Log
    high_watermark: int

    @property
    def topic(self) -> _Topic: ...


class Budget:
    """Bytes of memory for all logs. Beyond `limit` the largest logs lose their oldest batches."""

    def __init__(self, limit: int) -> None:
        self.used = 0
        self._limit = limit
        self._leaders: dict[_Kept, None] = {}

    def before_append(self, replica: _Kept) -> None:
        """Raises Rejected where not even trimming has kept the logs within twice the limit.

        That is when much is above the high watermarks; a real broker's disk would be full.
        """
        if self.used > 2 * self._limit and not self._make_room():
            raise Rejected(
                ErrorCode.kafka_storage_error,
                f"the lab keeps at most {self._limit} bytes, and twice that is waiting for followers",
            )
        self._leaders[replica] = None

    def appended(self, replica: _Kept, batch: Batch) -> None:
        del replica
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
                freed += self._trim(replica, replica.log.offset_to_free(share, replica.high_watermark))
                if self.used <= enough:
                    break
        return self.used <= self._limit

    def _trim(self, replica: _Kept, offset: int) -> int:
        freed = replica.log.trim(offset)
        self.used -= freed
        return freed

    def expire(self) -> None:
        """Kafka's cleanup of old log segments, with batches for segments."""
        now = int(time.time() * 1000)
        for replica in self._leaders:
            config, log = replica.topic.config, replica.log
            if config.retention_ms >= 0:
                self._trim(replica, log.offset_older_than(now - config.retention_ms, replica.high_watermark))
            if 0 <= config.retention_bytes < log.cost:
                surplus = log.cost - config.retention_bytes
                self._trim(replica, log.offset_to_free(surplus, replica.high_watermark))

    async def keep_expiring(self, config: BrokerConfig) -> None:
        while True:
            await asyncio.sleep(config.number("log.retention.check.interval.ms") / 1000)
            self.expire()
