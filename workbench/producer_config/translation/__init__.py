"""From Java's producer config to librdkafka's and back, and what is lost on the way.

Facts are of Kafka 4.1.0 and librdkafka 2.16.0; the table is data/dialect.json.
"""

from collections.abc import Mapping

from workbench.producer_config.catalogue import catalogue_name, property_named
from workbench.producer_config.translation import sasl, sending, timing, tls
from workbench.producer_config.translation.draft import CLIENTS, Draft, Note, Translation, draft_of
from workbench.producer_config.translation.fitting import convert, fit
from workbench.producer_config.translation.pairs import NoteKind, Pair, counterpart, pair_of, pairs
from workbench.producer_config.translation.standing import defaults_of, java_standing, librdkafka_standing
from workbench.producer_config.values import number

__all__ = [
    "Note",
    "NoteKind",
    "Pair",
    "Translation",
    "counterpart",
    "defaults_of",
    "java_defaults",
    "java_standing",
    "librdkafka_standing",
    "pair_of",
    "pairs",
    "to_java",
    "to_librdkafka",
]

_MAX_BLOCK_MS = "max.block.ms"
_KBYTES, _MESSAGES = "queue.buffering.max.kbytes", "queue.buffering.max.messages"
_TOGETHER = {
    "librdkafka": (
        timing.timeouts_to_librdkafka,
        timing.reconnect,
        sending.serializers_to_librdkafka,
        sending.partitioner_to_librdkafka,
        sending.levels_to_librdkafka,
        sasl.jaas_to_librdkafka,
        sasl.oauth_to_librdkafka,
        tls.keystore_to_librdkafka,
        tls.truststore_to_librdkafka,
    ),
    "java": (
        timing.timeouts_to_java,
        timing.reconnect,
        sending.serializers_to_java,
        sending.partitioner_to_java,
        sending.levels_to_java,
        sasl.logins_to_java,
        tls.keystore_to_java,
        tls.truststore_to_java,
    ),
}


def to_librdkafka(config: Mapping[str, str], *, with_defaults: bool = False) -> Translation:
    """What is set for Java as librdkafka would be told it; librdkafka's constructor takes the result.

    With defaults, also Java's own where librdkafka's differ, so that all of the meaning comes along.
    """
    draft = draft_of(config, "librdkafka")
    _translate(draft)
    if with_defaults:
        settled = java_defaults(config)
        draft.made = {**settled.config, **draft.made}
        draft.beside = {**settled.beside, **draft.beside}
    timing.fit_together_in_librdkafka(draft)
    return draft.done()


def to_java(config: Mapping[str, str], *, with_defaults: bool = False) -> Translation:
    """The way back: librdkafka's names, and max.block.ms, key_serializer and value_serializer of kwb's.

    With defaults, also librdkafka's own where Java's differ and Java has a word for them.
    """
    named = {catalogue_name(name): text for name, text in config.items()}
    draft = draft_of(named, "java")
    _translate(draft)
    if with_defaults:
        standing = librdkafka_standing(named)
        defaults = {name: text for name, text in standing.items() if name not in named}
        draft.made = {**_differing(draft_of(defaults, "java")).config, **draft.made}
    timing.fit_together_in_java(draft)
    return draft.done()


def _translate(draft: Draft) -> None:
    for several in _TOGETHER[draft.to]:
        several(draft)
    for name in list(draft.given):
        _one(draft, name, draft.given.pop(name))


def java_defaults(config: Mapping[str, str]) -> Translation:
    """Java's defaults as they stand beside this config of Java's, where librdkafka's own differ."""
    standing = {"partitioner.class": "", **java_standing(config)}
    return _differing(
        draft_of({name: text for name, text in standing.items() if name not in config}, "librdkafka")
    )


def _differing(draft: Draft) -> Translation:
    _translate(draft)
    usual = defaults_of(draft.to)
    draft.made = {name: text for name, text in draft.made.items() if usual.get(name) != text}
    return draft.done()


def _one(draft: Draft, name: str, text: str) -> None:
    """A property that is translated by itself."""
    item = property_named(name)
    facts = item.of(draft.source) if item else None
    if name != _MAX_BLOCK_MS and (facts is None or (draft.source == "java" and facts.name != name)):
        draft.note(name, "impossible", f"{CLIENTS[draft.source]}'s producer has no such property.")
        return
    if name == _MAX_BLOCK_MS:
        _max_block(draft, text)
        return
    pair = pair_of(name, draft.source)
    if pair and pair.kind == "impossible":
        same = not text.strip() or _says(text, pair.same)
        draft.note(name, "mapped" if same else "impossible")
        return
    if not text.strip() and (pair is None or pair.by != "endpoint"):
        draft.note(name, "mapped", "Empty: nothing is set.")
        return
    _value(draft, name, text, pair)


def _value(draft: Draft, name: str, text: str, pair: Pair | None) -> None:
    made = catalogue_name((pair and (pair.librdkafka if draft.source == "java" else pair.java)) or name)
    target = property_named(made)
    facts = target.of(draft.to) if target else None
    assert facts is not None, made
    converted = convert(text, pair.by if pair else "", draft.to)
    fitted = fit(converted.text, facts, draft.to) if converted.text is not None else converted
    if fitted.text is None:
        said = converted.how or fitted.how or f"{CLIENTS[draft.to]} cannot read this value."
        draft.note(name, "impossible", said)
        return
    draft.put((made, fitted.text))
    if made == _KBYTES:
        draft.made.setdefault(_MESSAGES, "0")
    how = converted.how or fitted.how
    kind = pair.kind if pair else "mapped"
    draft.note(name, "approximated" if how else kind, how)


def _says(text: str, same: str) -> bool:
    value = number(text)
    return text.strip().lower() == same or (value is not None and value == number(same))


def _max_block(draft: Draft, text: str) -> None:
    value = number(text)
    if value is None:
        draft.note(_MAX_BLOCK_MS, "impossible", "It is no number of ms; Java refuses it too.")
    elif draft.to == "librdkafka":
        draft.beside[_MAX_BLOCK_MS] = text.strip()
        draft.note(_MAX_BLOCK_MS, "emulated")
    else:
        draft.put((_MAX_BLOCK_MS, text.strip()))
        draft.note(_MAX_BLOCK_MS, "mapped", "kwb waits as Java does.")
