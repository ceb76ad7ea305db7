"""What is wrong with a value as it is written, and how each client reads it."""

import math
import re

from workbench.producer_config.catalogue import Client, Facts, Property, property_named
from workbench.producer_config.rules.config import Config, name_in
from workbench.producer_config.rules.reading import read_by_librdkafka, whole
from workbench.producer_config.rules.rule import VERSIONS, Alone, Fix, Found
from workbench.producer_config.translation.draft import CLIENTS
from workbench.producer_config.values import flag, number, plain

_PLACEHOLDER = re.compile(r"\$\{[^}]*\}|\{\{.*\}\}|%\([^)]*\)s")
_OCTAL = re.compile(r"\s*[+-]?0[0-9]+\s*", re.ASCII)
_JAVA_WHOLE = re.compile(r"[+-]?\d+")
_NUMBERS = {"int", "float"}
_MOST_ACKS = 1000
_NEVER_EMPTY = {"sasl.mechanism", "broker.version.fallback", "builtin.features"}
"""Of librdkafka's texts."""
_MOST_DIGITS = 40
_BOTH = "Java and librdkafka refuse"


def of_client(config: Config, name: str) -> tuple[Property, Facts] | None:
    """The property and how it is in this client: for max.block.ms in a scenario, how kwb does it."""
    item = property_named(name)
    if item is None or not name_in(config.client, name):
        return None
    return item, item.of(config.client) or item.facts


def placeholder(config: Config, name: str, text: str) -> Found | None:
    """Of a file; nobody fills in a scenario's values."""
    if config.scenario:
        return None
    return Found(name, {"text": text}) if _PLACEHOLDER.search(text) and property_named(name) else None


def not_text(config: Config, name: str, text: str) -> Found | None:
    r"""What \u escapes can put into a .properties file, and no C string of UTF-8 can hold."""
    if config.java or not (found := of_client(config, name)):
        return None
    if half := next((letter for letter in text if "\ud800" <= letter <= "\udfff"), ""):
        values = {"what": f"half a letter (\\u{ord(half):04x})", "minds": "takes UTF-8, which cannot hold it"}
    elif "\0" in text:
        values = {"what": "a NUL (\\u0000)", "minds": "reads only what stands before it"}
    else:
        return None
    return Found(found[0].name, values)


def value_missing(config: Config, name: str, text: str) -> Found | None:
    if text.strip() or not (found := of_client(config, name)):
        return None
    item, facts = found
    wanted = facts.kind in {*_NUMBERS, "bool", "choice", "class"} or bool(item.closed)
    if not config.java and not text:
        wanted = wanted or bool(facts.choices) or item.name in _NEVER_EMPTY
    return Found(item.name, {}, Fix(item.name, None)) if wanted else None


def space_at_the_end(config: Config, name: str, text: str) -> Found | None:
    if config.java or config.scenario or not (found := of_client(config, name)):
        return None
    item, facts = found
    word = facts.kind == "choice" or bool(item.closed)
    if (word and text != text.rstrip() and number(text) is None) or (
        facts.kind == "bool" and text != text.strip()
    ):
        return Found(item.name, {"text": text.strip()}, Fix(item.name, text.strip()))
    return None


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────


def not_a_number(config: Config, name: str, text: str) -> Found | None:
    if not (found := of_client(config, name)) or found[1].kind not in _NUMBERS or found[0].closed:
        return None
    item, facts = found
    if config.java or item.emulated:
        if _java_reads(facts, text) or (facts.kind == "int" and _fraction_of_java(item, text)):
            return None
    elif read_by_librdkafka(facts, text) is not None:
        return None
    return Found(item.name, {"text": text.strip(), **_wanted(item, facts)})


def _wanted(item: Property, facts: Facts) -> dict[str, object]:
    return {"wanted": "a number" if facts.kind == "float" else "a whole number", "unit": _of_unit(item)}


def _java_reads(facts: Facts, text: str) -> bool:
    stripped = text.strip()
    return _is_float(stripped) if facts.kind == "float" else _JAVA_WHOLE.fullmatch(stripped) is not None


def _is_float(text: str) -> bool:
    try:
        float(text.rstrip("fFdD"))
    except ValueError:
        return False
    return "_" not in text


def _fraction_of_java(item: Property, text: str) -> bool:
    """What librdkafka reads as the fraction it is, and Java not at all: a rule of its own."""
    return bool(item.librdkafka and item.librdkafka.kind == "float") and number(text) is not None


def java_wants_whole_numbers(config: Config, name: str, text: str) -> Found | None:
    if not (found := of_client(config, name)) or not _fraction_of_java(found[0], text) or "." not in text:
        return None
    item, value = found[0], number(text)
    assert value is not None
    if not config.java and not within(found[1], value):
        return None
    return Found(
        item.name,
        {"text": text.strip(), "unit": _of_unit(item)},
        Fix(item.name, plain(math.ceil(value))),
    )


def number_read_in_part(config: Config, name: str, text: str) -> Found | None:
    """Also what is read whole, though it is not plainly the number that it is read as."""
    if config.java or not (found := of_client(config, name)) or found[1].kind not in _NUMBERS:
        return None
    item, facts = found
    if item.closed and not _is_number_of_acks(facts, text):
        return None
    read = read_by_librdkafka(facts, text)
    plainly = _JAVA_WHOLE.fullmatch(text.strip()) if facts.kind == "int" else number(text) is not None
    if item.emulated or read is None or plainly:
        return None
    return Found(item.name, {"text": text.strip(), **_wanted(item, facts), "read": _whole(read)})


def leading_zero(config: Config, name: str, text: str) -> Found | None:
    if config.java or not (found := of_client(config, name)) or found[1].kind != "int":
        return None
    item = found[0]
    read = whole(text)
    if item.emulated or read is None or not _OCTAL.fullmatch(text):
        return None
    meant = int(text.strip()[:_MOST_DIGITS])
    if meant == read:
        return None
    return Found(item.name, {"text": text.strip(), "read": read}, Fix(item.name, str(meant)))


def out_of_range(config: Config, name: str, text: str) -> Found | None:
    if not (found := of_client(config, name)) or found[0].closed:
        return None
    item, facts = found
    value = _value(config, item, text)
    if value is None or facts.low is None or text.strip() in facts.also:
        return None
    read = value if config.java or item.emulated else read_by_librdkafka(facts, text)
    wraps = read is not None and within(facts, read)
    if within(facts, value) and wraps:
        return None
    assert facts.high is not None
    values = {"text": text.strip(), "low": _whole(facts.low), "high": _whole(facts.high), "also": _or(facts)}
    if item.emulated and not config.java:
        return Found(item.name, {**values, "minds": ""}, clients="")
    other: Client = "librdkafka" if config.java else "java"
    theirs = item.of(other)
    accepts = theirs is not None and theirs.low is not None and within(theirs, value)
    minds = f": {VERSIONS[CLIENTS[config.client]]} refuses"
    minds += f", {VERSIONS[CLIENTS[other]]} accepts" if accepts else ""
    who = f"{CLIENTS[config.client]} refuses" + (f" · {CLIENTS[other]} accepts" if accepts else "")
    nearest = facts.low if value < facts.low else facts.high
    return Found(
        item.name,
        {**values, "minds": minds},
        Fix(item.name, _whole(nearest)),
        severity="warning" if wraps else None,
        clients=who,
    )


def _value(config: Config, item: Property, text: str) -> float | int | None:
    """What the text says; where that is not plain, what the client reads."""
    stripped = text.strip()
    if _JAVA_WHOLE.fullmatch(stripped) and (config.java or stripped.isascii()):
        return int(stripped[:_MOST_DIGITS])
    if config.java or item.emulated or number(stripped) is not None:
        return number(stripped)
    return read_by_librdkafka(item.facts, text)


def within(facts: Facts, value: float) -> bool:
    return (facts.low is None or facts.low <= value) and (facts.high is None or value <= facts.high)


def _whole(value: float) -> str:
    return str(value) if isinstance(value, int) else plain(value)


def _or(facts: Facts) -> str:
    return f" or {', '.join(facts.also)}" if facts.also else ""


def _of_unit(item: Property) -> str:
    return f" of {item.unit}" if item.unit else ""


# ── words ─────────────────────────────────────────────────────────────────────────────────────────


def acks_beyond_1(_config: Config, name: str, text: str) -> Found | None:
    item = property_named(name)
    if item is None or item.name != "acks" or not text.strip().isdecimal():
        return None
    if not 1 < int(text.strip()[:_MOST_DIGITS]) <= _MOST_ACKS:
        return None
    return Found("acks", {"text": text.strip()}, Fix("acks", "all"))


def _is_number_of_acks(facts: Facts, text: str) -> bool:
    """Librdkafka's acks are a number, though only a few of them mean something to a broker."""
    value = whole(text) if "all" in facts.also else None
    return value is not None and within(facts, value)


def java_wants_lower_case(config: Config, name: str, text: str) -> Found | None:
    """Or capitals: the choice as it is written in Java's documentation."""
    if not (found := of_client(config, name)) or found[0].kind != "choice":
        return None
    item, stripped = found[0], text.strip()
    if item.java is None or item.java.any_case or stripped in item.choices or stripped in item.java.choices:
        return None
    wanted = next((choice for choice in item.java.choices if choice.lower() == stripped.lower()), None)
    if wanted is None or item.librdkafka is None:
        return None
    return Found(item.name, {"text": stripped, "wanted": wanted}, Fix(item.name, wanted))


def java_wants_true_or_false(config: Config, name: str, text: str) -> Found | None:
    if not (found := of_client(config, name)) or found[0].java is None or found[0].librdkafka is None:
        return None
    item, stripped = found[0], text.strip()
    value = flag(stripped)
    if item.kind != "bool" or value is None or stripped.lower() in {"true", "false"}:
        return None
    read = "true" if value else "false"
    return Found(item.name, {"text": stripped, "read": read}, Fix(item.name, read))


def not_a_choice(config: Config, name: str, text: str) -> Found | None:
    if name == "defaults" and config.scenario:
        whose = ("java", "librdkafka")
        return None if text in whose else _no_choice(name, text, ", ".join(whose), "", "")
    if not (found := of_client(config, name)):
        return None
    item, facts = found
    if facts.kind == "list":
        wrong = _not_in_list(facts, text)
        return _no_choice(item.name, wrong, _some(_parts(facts)), *_who(config, item)) if wrong else None
    choices = _choices(config, item, facts)
    if not choices or _is_choice(config, item, facts, text.strip()):
        return None
    return _no_choice(item.name, text.strip(), ", ".join(choices), *_who(config, item))


def _no_choice(name: str, text: str, choices: str, minds: str, who: str) -> Found:
    return Found(name, {"text": text, "choices": choices, "minds": minds}, clients=who)


def _choices(config: Config, item: Property, facts: Facts) -> tuple[str, ...]:
    if facts.kind == "bool":
        return ("true", "false")
    if config.java:
        return facts.choices
    return item.closed or facts.choices


def _is_choice(config: Config, item: Property, facts: Facts, text: str) -> bool:
    if facts.kind == "bool":
        return text.lower() in {"true", "false"} or (not config.java and flag(text) is not None)
    if not config.java and _is_number_of_acks(facts, text):
        return True
    choices = _choices(config, item, facts)
    any_case = facts.any_case or item.name == "acks"
    if config.java:
        any_case = facts.any_case
    return text in choices or (any_case and text.lower() in {choice.lower() for choice in choices})


def _parts(facts: Facts) -> tuple[str, ...]:
    """Of a list with commas; all the features there are stand in the default."""
    return tuple((facts.default or "").split(", ")) if facts.name == "builtin.features" else facts.choices


def _not_in_list(facts: Facts, text: str) -> str:
    if not _parts(facts):
        return ""
    known = {*_parts(facts), "all"}
    given = [part.strip().removeprefix("-") for part in text.split(",")]
    return next((part for part in given if part and part not in known), "")


def _some(choices: tuple[str, ...]) -> str:
    return ", ".join(choices[:6]) + (" …" if len(choices) > 6 else "")


def _who(config: Config, item: Property) -> tuple[str, str]:
    """Who minds what is no choice, in the sentence and in the line below."""
    if item.java and item.librdkafka:
        return f": both clients refuse ({VERSIONS['librdkafka']}, {VERSIONS['Java']})", _BOTH
    name = CLIENTS[config.client]
    return f": {VERSIONS[name]} refuses", f"{name} refuses"


def class_without_package(config: Config, name: str, text: str) -> Found | None:
    if not config.java or not (found := of_client(config, name)) or found[1].kind != "class":
        return None
    return None if "." in text else Found(found[0].name, {"text": text.strip()})


def partitioner_removed(config: Config, name: str, text: str) -> Found | None:
    removed = ("internals.DefaultPartitioner", "UniformStickyPartitioner")
    gone = {f"org.apache.kafka.clients.producer.{each}" for each in removed}
    if not config.java or name != "partitioner.class" or text.strip() not in gone:
        return None
    short = text.strip().rpartition(".")[2]
    return Found(name, {"name": short}, Fix(name, None))


def not_a_serializer(config: Config, name: str, text: str) -> Found | None:
    wanted = {"key.serializer", "value.serializer"}
    if not config.java or name not in wanted or not text.strip().endswith("Deserializer"):
        return None
    mended = text.strip().removesuffix("Deserializer") + "Serializer"
    return Found(name, {"text": text.strip().rpartition(".")[2]}, Fix(name, mended))


VALUES: tuple[tuple[str, Alone], ...] = (
    ("placeholder", placeholder),
    ("not-text", not_text),
    ("value-missing", value_missing),
    ("space-at-the-end", space_at_the_end),
    ("acks-beyond-1", acks_beyond_1),
    ("not-a-number", not_a_number),
    ("out-of-range", out_of_range),
    ("number-read-in-part", number_read_in_part),
    ("leading-zero", leading_zero),
    ("java-wants-whole-numbers", java_wants_whole_numbers),
    ("java-wants-lower-case", java_wants_lower_case),
    ("java-wants-true-or-false", java_wants_true_or_false),
    ("class-without-package", class_without_package),
    ("partitioner-removed", partitioner_removed),
    ("not-a-serializer", not_a_serializer),
    ("not-a-choice", not_a_choice),
)
