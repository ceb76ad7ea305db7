"""The engine's runs, one at a time, and the cluster they go to."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from confluent_kafka import KafkaException

from workbench.engine import protocol
from workbench.engine.admin import Admin
from workbench.engine.control import Control
from workbench.engine.gates import Gates
from workbench.engine.loading import Loaded
from workbench.engine.meter import Meter
from workbench.engine.places import Places
from workbench.engine.rdkafka import Rdkafka, versions
from workbench.engine.readback import ReadBack, Unfinished
from workbench.engine.schema_registry import Registries
from workbench.engine.sending import Sending
from workbench.errors import ClusterError, InputError
from workbench.model.frame import Frame
from workbench.serde.maker import RecordError

if TYPE_CHECKING:
    from workbench.engine.keys import Keys

Send = Callable[[msgspec.Struct], None]
Watch = Callable[[Callable[[], Frame] | None], None]


class Runs:
    """`send` gives a message to the parent; `watch` names whose frames are to be told."""

    def __init__(self, send: Send, watch: Watch) -> None:
        self.control = Control()
        self._send = send
        self._watch = watch
        self._rdkafka: Rdkafka | None = None
        self._admin: Admin | None = None
        self._registries = Registries()
        self._last: ReadBack | None = None
        self._keys: tuple[protocol.Start, Keys] | None = None

    def ready(self, pid: int) -> protocol.Ready:
        return protocol.Ready(pid, *versions())

    def connect(self, message: protocol.Connect) -> None:
        rdkafka = Rdkafka(
            message.bootstrap_servers,
            message.config,
            lambda level, text: self._send(protocol.Log(level, text)),
        )
        try:
            admin = Admin(rdkafka, message.bootstrap_servers, message.timeout_s)
        except KafkaException as error:
            raise InputError(error.args[0].str()) from error
        view = admin.describe()
        self._rdkafka, self._admin = rdkafka, admin
        self._send(protocol.Done(message.id, view))

    def describe(self, message: protocol.DescribeTopic) -> None:
        self._send(protocol.Done(message.id, self._connected()[1].describe(message.topic)))

    def create(self, message: protocol.CreateTopic) -> None:
        self._send(protocol.Done(message.id, self._connected()[1].create(message.topic)))

    def add_partitions(self, message: protocol.AddPartitions) -> None:
        admin = self._connected()[1]
        self._send(protocol.Done(message.id, admin.add_partitions(message.topic, message.partitions)))

    def prepare(self) -> None:
        """Make a fresh control, on the thread that reads commands: a Stop right behind Start must count."""
        self.control = Control()

    def start(self, message: protocol.Start) -> None:
        """Run to the end; blocks. Raises InputError where the client refuses the config."""
        rdkafka, admin = self._connected()
        confirmed = message.config.get("acks", message.config.get("request.required.acks")) != "0"
        start_offsets = admin.end_offsets(message.topic, message.partitions) if message.send.verify else []
        by_place = message.send.verify and message.send.batch is not None
        delay_s = message.send.callback_delay_ms / 1000
        meter = Meter(
            message.run_id,
            message.send.count,
            message.partitions,
            confirmed=confirmed,
            remembered=message.send.verify and not by_place,
            places=Places(message.partitions) if by_place else None,
            linger=partial(self.control.sleep, delay_s) if delay_s else None,
        )
        gates = Gates(
            message.gates,
            meter,
            self.control,
            lambda gate: self._send(protocol.Reached(gate.number, meter.snapshot())),
        )
        try:
            loaded = Loaded(message.code)
            registry = self._registries.get(message.record, message.registry)
            sending = Sending(message, rdkafka, self.control, meter, gates, loaded=loaded, registry=registry)
        except KafkaException as error:
            raise InputError(f"the client refuses the config: {error.args[0].str()}") from error
        except RecordError as error:
            raise InputError(f"record.{error.where}: {error.reason}") from error
        sending.refuse_what_cannot_be_made()
        self._keys = message, sending.keys
        self._send(protocol.Done(message.id))
        self._watch(meter.snapshot)
        try:
            sending.run()
        finally:
            self._watch(None)
        self._last = None
        if message.send.verify:
            self._last = ReadBack(message, start_offsets, meter, sending.same, confirmed=confirmed)
        self._send(protocol.Ended(meter.snapshot()))

    def read_back(self, message: protocol.ReadBack) -> None:
        rdkafka, admin = self._connected()
        last = self._last
        if last is None or last.run_id != message.run_id:
            self._send(protocol.ReadBackDone(message.id, None, "this engine did not send that run"))
            return
        try:
            found = last.read(
                rdkafka.at(message.bootstrap_servers), admin, message.timeout_s, message.logs, message.others
            )
        except (Unfinished, KafkaException) as error:
            reason = error.args[0].str() if isinstance(error, KafkaException) else str(error)
            self._send(protocol.ReadBackDone(message.id, None, reason))
        else:
            self._send(protocol.ReadBackDone(message.id, found))

    def acked(self, message: protocol.AskAcked) -> None:
        last = self._last
        of_run = last if last is not None and last.run_id == message.run_id else None
        self._send(protocol.AckedTold(message.id, of_run.acked() if of_run else None))

    def keys(self, message: protocol.AskKeys) -> None:
        if self._keys is None:
            self._send(protocol.KeysTold(message.id, None))
            return
        start, keys = self._keys
        known = message.known if message.run_id == start.run_id else 0
        order = message.order or message.run_id != start.run_id
        totals = keys.totals(start.run_id, known, start.send.warm_up, order=order)
        self._send(protocol.KeysTold(message.id, totals))

    def _connected(self) -> tuple[Rdkafka, Admin]:
        if self._rdkafka is None or self._admin is None:
            raise ClusterError("the engine is not connected to a cluster")
        return self._rdkafka, self._admin
