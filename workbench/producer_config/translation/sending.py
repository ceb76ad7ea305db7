"""What is done with a record: serializers, partitioner, compression level."""

from typing import TYPE_CHECKING

from workbench.model.record import JAVA_CLASSES, serializer_name
from workbench.producer_config.translation.draft import Draft
from workbench.producer_config.values import flag, number, plain

if TYPE_CHECKING:
    from workbench.producer_config.translation.pairs import NoteKind

_JARS = {
    "json": "Java has it in a jar of its own: connect-json.",
    "json-schema": "It is Confluent's: kafka-json-schema-serializer.",
    "avro": "It is Confluent's: kafka-avro-serializer.",
    "protobuf": "It is Confluent's: kafka-protobuf-serializer.",
}
_PRODUCER = "org.apache.kafka.clients.producer."
_SERIALIZED = {"key.serializer": "key_serializer", "value.serializer": "value_serializer"}
_CLASS, _IGNORE_KEYS = "partitioner.class", "partitioner.ignore.keys"
_PARTITIONER, _STICKY = "partitioner", "sticky.partitioning.linger.ms"
_ROUND_ROBIN = f"{_PRODUCER}RoundRobinPartitioner"
_GONE = {  # removed in Kafka 4.0 (KIP-794)
    f"{_PRODUCER}internals.DefaultPartitioner": "murmur2_random",
    f"{_PRODUCER}UniformStickyPartitioner": "random",
}
_LZ4_FAST = 9
_LEVELS = {"gzip": (1, 9), "lz4": (3, 12), "zstd": (1, 12)}
"""What librdkafka can say of a codec's levels that Java can too (lz4's are the slow mode's)."""


# ── serializers ───────────────────────────────────────────────────────────────────────────────────


def serializers_to_librdkafka(draft: Draft) -> None:
    for name, kwb_name in _SERIALIZED.items():
        class_name = draft.take(name)
        if class_name is None:
            continue
        serializer = serializer_name(class_name)
        if serializer not in JAVA_CLASSES:
            known = ", ".join(JAVA_CLASSES)
            draft.note(name, "impossible", f"kwb has no serializer for this class; it has {known}.")
            continue
        draft.beside[kwb_name] = serializer
        draft.note(name, "mapped", f"kwb's {serializer} writes the same bytes: {kwb_name} in [record].")


def serializers_to_java(draft: Draft) -> None:
    for name, kwb_name in _SERIALIZED.items():
        serializer = draft.take(kwb_name)
        if serializer is None:
            continue
        if serializer not in JAVA_CLASSES:
            draft.note(kwb_name, "impossible", "Java brings no class for this serializer of kwb's.")
            continue
        draft.put((name, JAVA_CLASSES[serializer]))
        extra = _JARS.get(serializer, "")
        kind: NoteKind = "approximated" if extra else "mapped"
        draft.note(kwb_name, kind, extra or f"Java has a class that writes the same bytes: {name}.")


# ── partitioner ───────────────────────────────────────────────────────────────────────────────────


def partitioner_to_librdkafka(draft: Draft) -> None:
    class_name, ignore = draft.take(_CLASS), draft.take(_IGNORE_KEYS)
    chosen = (class_name or "").strip()
    if chosen == _ROUND_ROBIN:
        draft.put((_PARTITIONER, "random"), (_STICKY, "0"))
        draft.note(
            _CLASS, "approximated", "random with a new draw for each record: even, though not in turn."
        )
    elif chosen in _GONE:
        draft.put((_PARTITIONER, _GONE[chosen]))
        said = f"{_GONE[chosen]} does the same; Java has this class no more since 4.0."
        draft.note(_CLASS, "approximated", said)
    elif chosen:
        draft.note(_CLASS, "impossible", "It is a Java class; librdkafka has its own partitioners only.")
    elif class_name is not None:
        draft.put((_PARTITIONER, "murmur2_random"))
        draft.note(_CLASS)
    if ignore is None:
        return
    if chosen:
        draft.note(_IGNORE_KEYS, "mapped", "Java does not look at it beside a partitioner.class.")
        return
    ignores = flag(ignore)
    draft.put((_PARTITIONER, "random" if ignores else "murmur2_random"))
    said = "random looks at no keys; it sticks for a time, Java for batch.size bytes." if ignores else ""
    draft.note(_IGNORE_KEYS, "approximated" if ignores else "mapped", said or "murmur2_random looks at keys.")


def partitioner_to_java(draft: Draft) -> None:
    chosen, sticky = draft.take(_PARTITIONER), draft.take(_STICKY)
    in_turn = chosen == "random" and number(sticky or "") == 0
    if in_turn:
        draft.put((_CLASS, _ROUND_ROBIN))
        draft.note(
            _PARTITIONER, "approximated", "RoundRobinPartitioner goes round in turn: as even, not random."
        )
    elif chosen == "murmur2_random":
        draft.put((_IGNORE_KEYS, "false"))
        draft.note(_PARTITIONER)
    elif chosen == "random":
        draft.put((_IGNORE_KEYS, "true"))
        draft.note(_PARTITIONER, "approximated", "Java sticks for batch.size bytes, librdkafka for a time.")
    elif chosen is not None:
        draft.note(_PARTITIONER, "impossible", "Java has only murmur2 for keys: they would move.")
    if sticky is not None:
        draft.note(_STICKY, "mapped" if in_turn else "impossible")


# ── compression ───────────────────────────────────────────────────────────────────────────────────


def levels_to_librdkafka(draft: Draft) -> None:
    codec = draft.given.get("compression.type", "none").strip()
    for name in [f"compression.{each}.level" for each in _LEVELS]:
        text = draft.take(name)
        if text is None:
            continue
        if name != f"compression.{codec}.level":
            draft.note(name, "mapped", f"Means nothing while compression.type is {codec}.")
            continue
        level = number(text)
        if level is None:
            draft.note(name, "impossible", "It is no level; Java refuses it too.")
            continue
        made, how = _level_of_librdkafka(codec, int(level))
        draft.put(("compression.level", str(made)))
        draft.note(name, "approximated" if how else "mapped", how)


def _level_of_librdkafka(codec: str, level: int) -> tuple[int, str]:
    usual = {"gzip": -1, "lz4": _LZ4_FAST}.get(codec)
    if level == usual:
        return -1, ""
    low, high = _LEVELS[codec]
    if level < low:
        return low, f"librdkafka's lowest level of this kind is {low}."
    return (high, f"librdkafka's highest level is {high}.") if level > high else (level, "")


def levels_to_java(draft: Draft) -> None:
    name = "compression.level"
    text = draft.take(name)
    if text is None:
        return
    codec = draft.given.get("compression.type", draft.given.get("compression.codec", "none")).strip().lower()
    level = number(text)
    if level is None:
        draft.note(name, "impossible", "It is no level; librdkafka refuses it too.")
    elif codec not in _LEVELS:
        draft.note(name, "mapped", f"Means nothing while compression.type is {codec}.")
    else:
        made, how = _level_of_java(codec, int(level))
        draft.put((f"compression.{codec}.level", plain(made)))
        draft.note(name, "approximated" if how else "mapped", how)


def _level_of_java(codec: str, level: int) -> tuple[int, str]:
    """Librdkafka's -1 is zlib's 6, lz4's fast mode and zstd's 3; what is too high for a codec it lowers."""
    if codec == "gzip":
        if level == 0:
            return 1, "Java's lowest level of gzip is 1; librdkafka's 0 does not compress."
        return min(level, 9), ""
    if codec == "zstd":
        return (3 if level <= 0 else level), ""
    if level < _LEVELS["lz4"][0]:
        return _LZ4_FAST, ""
    if level == _LZ4_FAST:
        return _LZ4_FAST + 1, "Java's 9 is its fast mode, so 10 comes nearest."
    return level, ""
