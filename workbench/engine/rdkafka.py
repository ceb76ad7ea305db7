"""The one factory of confluent_kafka clients, so that each has a logger and none writes over the screen."""

import copy
import logging
from collections.abc import Callable, Mapping
from typing import Any

from confluent_kafka import Consumer, KafkaError, Producer, libversion, version
from confluent_kafka.admin import AdminClient

from workbench.engine.callbacks import named
from workbench.engine.delivery import Reports
from workbench.engine.librdkafka.bulk_producer import BulkProducer, Told

LogLine = Callable[[int, str], None]
_LEVELS = (
    *(logging.CRITICAL,) * 3, logging.ERROR, logging.WARNING, logging.INFO, logging.INFO, logging.DEBUG,
)  # fmt: skip
"""Of syslog's levels, as confluent-kafka has them too."""


class _Handler(logging.Handler):
    def __init__(self, log: LogLine) -> None:
        super().__init__()
        self._log = log

    @named
    def emit(self, record: logging.LogRecord) -> None:
        self._log(record.levelno, record.getMessage())


class Rdkafka:
    """Makes clients for one cluster. `troubles` keeps the newest error that a client called back with."""

    def __init__(self, bootstrap_servers: str, security: Mapping[str, str], log: LogLine) -> None:
        self._common: dict[str, Any] = {**security, "bootstrap.servers": bootstrap_servers}
        self._logger = logging.Logger("librdkafka")  # noqa: LOG001  # ours alone, not a child of root
        self._logger.addHandler(_Handler(log))
        self.trouble: str | None = None

    def at(self, bootstrap_servers: str | None) -> "Rdkafka":
        """The same for clients that begin at other brokers of the cluster; None: these."""
        if bootstrap_servers is None:
            return self
        other = copy.copy(self)
        other._common = {**self._common, "bootstrap.servers": bootstrap_servers}  # noqa: SLF001  # one of us
        return other

    def producer(self, config: Mapping[str, Any]) -> Producer:
        return Producer({**self._common, **config, "error_cb": self._troubled}, logger=self._logger)

    def bulk_producer(
        self,
        config: Mapping[str, Any],
        topic: str,
        *,
        reports: Callable[[Reports], None],
        statistics: Callable[[str], None],
        fatal: Callable[[str, str], None],
        one_by_one: bool,
    ) -> BulkProducer:
        """For load mode. Raises KafkaException where librdkafka refuses the config."""
        told = Told(reports, statistics, fatal, self._troubled, self._logged)
        return BulkProducer({**self._common, **config}, topic, told, one_by_one=one_by_one)

    def consumer(self, config: Mapping[str, Any]) -> Consumer:
        return Consumer({**self._common, **config, "error_cb": self._troubled}, logger=self._logger)

    def admin(self) -> AdminClient:
        config: dict[str, Any] = {**self._common, "error_cb": self._troubled}
        return AdminClient(config, logger=self._logger)

    def _logged(self, level: int, line: str) -> None:
        self._logger.log(_LEVELS[level], line)

    @named
    def _troubled(self, error: KafkaError) -> None:
        # "all brokers down" says less than the connection error before it
        if error.code() != KafkaError._ALL_BROKERS_DOWN or self.trouble is None:  # noqa: SLF001
            self.trouble = error.str()


def versions() -> tuple[str, str]:
    """confluent-kafka's version and librdkafka's."""
    return str(version()), libversion()[0]  # the stubs take version() for libversion()
