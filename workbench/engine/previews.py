"""The second engine: makes records for the composer, sends none, and may be killed at any time.

What a person writes runs in it first: with one GiB of memory, one second of CPU time, and for as long as
its parent waits. It loads confluent_kafka only where a schema's id has to be asked of a registry.
"""

import os
import resource
import signal
import sys

from workbench.children.child import Channel, die_with_parent
from workbench.engine import choosing, protocol
from workbench.engine.loading import Loaded
from workbench.engine.own_code import own_serializers
from workbench.errors import InputError
from workbench.model.record import WITH_REGISTRY, MadeRecord, Problem, RegistryPlan
from workbench.serde.beside import beside_of
from workbench.serde.errors import Part, RegistryError, SerdeError
from workbench.serde.maker import RecordError, RecordMaker, part_serializer
from workbench.serde.memory_ids import MemoryIds
from workbench.serde.problems import problems
from workbench.serde.schemas.schema import Reference
from workbench.serde.setting import Registered, SchemaIds
from workbench.serde.wire import parts

_MEMORY = 1024 * 1024 * 1024
_REGISTRY_MS = 600
"""Less than the parent waits, so that what is wrong with the registry can be said."""


def made(message: protocol.Preview) -> MadeRecord:
    """The record, or why it cannot be made."""
    plan = message.record
    try:
        loaded = Loaded(message.code)
        registry, own = _registry(message), own_serializers(message.code, loaded)
    except InputError as error:
        return MadeRecord(message.seq, error=str(error), where="value")
    try:
        maker = RecordMaker(
            plan,
            message.seed,
            message.run_id,
            message.value_bytes,
            topic=message.topic,
            registry=registry,
            own=own,
        )
        key, value, headers = maker.make(message.seq)
        timestamp = maker.timestamp(message.seq) or None
    except RecordError as error:
        found = _problems(message, error.where, registry, own)
        return MadeRecord(message.seq, error=error.reason, where=error.where, problems=found)
    except MemoryError:
        return MadeRecord(message.seq, error="the record does not fit in memory (1 GiB)", where="value")
    partition, not_placed = _placed(message, loaded, key, value)
    return MadeRecord(
        message.seq,
        key,
        value,
        tuple(headers),
        timestamp=timestamp,
        partition=partition,
        not_placed=not_placed,
        key_parts=parts(plan.key_serializer, key),
        value_parts=parts(plan.value_serializer, value),
    )


def _placed(
    message: protocol.Preview, loaded: Loaded, key: bytes | None, value: bytes | None
) -> tuple[int | None, str | None]:
    """What a partitioner of one's own answers. One that is a class may remember, and is not asked."""
    name = message.partitioner
    function = loaded.get(choosing.KEY, name) if name else None
    if name is None or isinstance(function, type):
        return None, None
    try:
        choose = choosing.own(name, function, message.topic, _Planned(message.partitions))
        return choose(key, value, ()), None
    except (InputError, choosing.NotChosenError) as error:
        return None, str(error)


class _Planned:
    """A topic with all its leaders."""

    def __init__(self, partitions: int) -> None:
        self.now = choosing.Now(partitions, tuple(range(partitions)))


def _registry(message: protocol.Preview) -> SchemaIds | None:
    plan, record = message.registry, message.record
    if plan.url is None or not {record.key_serializer, record.value_serializer} & WITH_REGISTRY:
        return None
    if plan.url.startswith("mock://"):
        return MemoryIds(plan.subject_name_strategy)
    return _Looking(plan)


class _Looking:
    """A real registry, where a preview registers nothing: a schema that it does not know yet has the id 0."""

    def __init__(self, plan: RegistryPlan) -> None:
        import msgspec

        from workbench.engine.schema_registry import RegistryClient

        bounded = msgspec.structs.replace(plan, timeout_ms=min(plan.timeout_ms, _REGISTRY_MS))
        self._registry = RegistryClient(bounded, may_register=False)
        self._registers = plan.auto_register
        self.strategy = plan.subject_name_strategy
        self.use_latest = plan.use_latest_version

    def id_of(self, subject: str, language: str, text: str, references: tuple[Reference, ...]) -> int:
        try:
            return self._registry.id_of(subject, language, text, references)
        except RegistryError as error:
            if self._registers and error.is_unknown:
                return 0
            raise

    def latest(self, subject: str) -> Registered:
        return self._registry.latest(subject)


def _problems(
    message: protocol.Preview, where: Part, registry: SchemaIds | None, own: dict[str, object]
) -> tuple[Problem, ...]:
    """Where in the text of key or value it goes wrong."""
    record = message.record
    if where not in {"key", "value"}:
        return ()
    text = record.key if where == "key" else record.value
    if text is None:
        return ()
    try:
        serialize = part_serializer(where, record, message.topic, registry, own)
        return problems(
            text,
            serialize,
            seed=message.seed,
            run_id=message.run_id,
            part=where,
            seq=message.seq,
            beside=beside_of(record)(where),
        )
    except (RecordError, SerdeError, MemoryError):
        return ()


def main() -> None:
    die_with_parent(int(sys.argv[1]))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    channel = Channel(protocol.ToEngine)
    channel.write(protocol.Ready(os.getpid(), "", ""))
    while (message := channel.read()) is not None:
        if isinstance(message, protocol.Preview):
            signal.setitimer(signal.ITIMER_PROF, protocol.PREVIEW_CPU_S)  # SIGPROF ends the process
            made_now = made(message)
            signal.setitimer(signal.ITIMER_PROF, 0)
            channel.write(protocol.Previewed(message.id, made_now))


if __name__ == "__main__":
    main()
