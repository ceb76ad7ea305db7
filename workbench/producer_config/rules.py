"""Hints as one types: what a value is not, what does not go together, and which client minds.

Every sentence about a client was provoked from its constructor: librdkafka 2.16.0 in the unit tests,
Java 4.1.0 in those marked java_tools.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from workbench.producer_config.catalogue import Property, property_named
from workbench.producer_config.dialect import canonical, effective
from workbench.producer_config.known import unknown
from workbench.producer_config.values import flag, number, plain

Severity = Literal["error", "warning", "info"]

_ACKS, _IDEMPOTENCE, _LINGER = "acks", "enable.idempotence", "linger.ms"
_DELIVERY, _REQUEST = "delivery.timeout.ms", "request.timeout.ms"
_IN_FLIGHT = "max.in.flight.requests.per.connection"
_MOST_ACKS = 1000
_IDEMPOTENT_IN_FLIGHT = 5
_BOTH_REFUSE = "Java and librdkafka refuse"
_JAVA_REFUSES = "Java refuses · librdkafka accepts"
_LIBRDKAFKA_REFUSES = "librdkafka refuses"


class Hint(msgspec.Struct, frozen=True):
    property: str
    """The catalogue's name where it has one, else as it was typed."""
    severity: Severity
    """error: kwb's client does not start so."""
    text: str
    """A sentence: what, and which client in which version minds."""
    short: str
    """What alone, for a narrow pane."""
    clients: str = ""
    """Who minds, for the line below `short`."""
    rule: str = ""


def check(config: Mapping[str, str]) -> list[Hint]:
    """What is to be said of a config as it is typed, the properties' own hints first."""
    hints = [hint for name, text in config.items() if (hint := _of_one(name, text))]
    hints += twice(config)
    unreadable = {hint.property for hint in hints if hint.severity == "error"}
    named = {name: text for name, text in canonical(config).items() if name not in unreadable}
    hints += [hint for rule in (_no_offsets, _idempotence, _timeouts) for hint in rule(named)]
    return hints


def wrong_with(name: str, text: str) -> str | None:
    """Why this property cannot be given to the client: its name or its value; None where it can."""
    hint = _of_one(name, text)
    return hint.text if hint and hint.severity == "error" else None


def twice(config: Mapping[str, str]) -> list[Hint]:
    """Properties given under two of their names."""
    first: dict[str, str] = {}
    hints = []
    for name in config:
        item = property_named(name)
        if item and (other := first.setdefault(item.name, name)) != name:
            text = f"{other} and {name} are one property to librdkafka: keep one"
            hints.append(Hint(item.name, "error", text, f"also given as {name}", rule="given-twice"))
    return hints


# ── one property alone ────────────────────────────────────────────────────────────────────────────


def _of_one(name: str, text: str) -> Hint | None:
    if name == "defaults":
        return _of_defaults(text)
    complaint = unknown(name)
    if complaint:
        return Hint(name, "error", complaint, complaint.partition(": ")[2], rule="unknown-name")
    item = property_named(name)
    if item is None or item.kind not in {"int", "float", "bool", "choice"}:
        return None
    if not text.strip():
        return _error(item, "a value is missing", "value-missing")
    return (_of_number if item.low is not None else _of_word)(item, text.strip())


def _of_defaults(text: str) -> Hint | None:
    if text in {"java", "librdkafka"}:
        return None
    said = f"defaults: “{text}” is nobody's; there are java and librdkafka"
    return Hint("defaults", "error", said, "java or librdkafka", rule="not-a-choice")


def _of_number(item: Property, text: str) -> Hint | None:
    value = number(text)
    if value is None or (item.kind == "int" and "." in text):
        wanted = "a number" if item.kind == "float" else "a whole number"
        return _error(item, f"“{text}” is not {wanted}{_of_unit(item)}", "not-a-number")
    assert item.low is not None
    assert item.high is not None
    if item.low <= value <= item.high or text in item.facts.also:
        what = f"{text} is no whole number{_of_unit(item)}"
        return _java_minds(item, what, "java-wants-whole-numbers") if "." in text else None
    what = f"{text} is not in {plain(item.low)} … {plain(item.high)}"
    if item.emulated:
        return _error(item, what, "out-of-range")
    said = f"{item.name}: {what}: librdkafka 2.16.0 refuses"
    return Hint(item.name, "error", said, what, _LIBRDKAFKA_REFUSES, "out-of-range")


def _of_unit(item: Property) -> str:
    return f" of {item.unit}" if item.unit else ""


def _of_word(item: Property, text: str) -> Hint | None:
    if text in item.choices or (item.kind == "bool" and text.lower() in item.choices):
        return None
    if spelt := _spelt_otherwise(item, text):
        java_reads_it = item.java is None or (item.java.any_case and item.kind != "bool")
        return None if java_reads_it else _java_minds(item, *spelt)
    if item.name == _ACKS and text.isdecimal() and 1 < int(text) <= _MOST_ACKS:
        said = f"acks={text}: librdkafka 2.16.0 accepts, Java 4.1.0 refuses, and brokers answer every record "
        said += "with INVALID_REQUIRED_ACKS"
        return Hint(_ACKS, "warning", said, "brokers refuse every record", _JAVA_REFUSES, "acks-beyond-1")
    what = f"“{text}” is none of {', '.join(item.choices)}"
    if item.java is None:
        said = f"{item.name}: {what}: librdkafka 2.16.0 refuses"
        return Hint(item.name, "error", said, what, _LIBRDKAFKA_REFUSES, "not-a-choice")
    said = f"{item.name}: {what}: both clients refuse (librdkafka 2.16.0, Java 4.1.0)"
    return Hint(item.name, "error", said, what, _BOTH_REFUSE, "not-a-choice")


def _spelt_otherwise(item: Property, text: str) -> tuple[str, str] | None:
    """What librdkafka reads all the same, and the rule for it."""
    of_its_own = bool(item.closed) and item.name != _ACKS
    if not of_its_own and text.lower() in {choice.lower() for choice in item.choices}:
        return f"{text} is not in lower case", "java-wants-lower-case"
    if item.kind == "bool" and (value := flag(text)) is not None:
        return f"{text} is read as {'true' if value else 'false'}", "java-wants-true-or-false"
    return None


def _error(item: Property, what: str, rule: str) -> Hint:
    return Hint(item.name, "error", f"{item.name}: {what}", what, rule=rule)


def _java_minds(item: Property, what: str, rule: str) -> Hint:
    said = f"{item.name}: {what}: librdkafka 2.16.0 accepts, Java 4.1.0 refuses"
    return Hint(item.name, "warning", said, what, _JAVA_REFUSES, rule)


# ── what does not go together ─────────────────────────────────────────────────────────────────────


def _no_offsets(named: Mapping[str, str]) -> list[Hint]:
    if effective(named)[_ACKS] != "0":
        return []
    said = "acks=0: no broker answers, so no record has an offset and none is known to be stored"
    return [Hint(_ACKS, "info", said, "no offsets, nothing confirmed", rule="acks-0-confirms-nothing")]


def _idempotence(named: Mapping[str, str]) -> list[Hint]:
    stands = effective(named)
    if stands[_IDEMPOTENCE] != "true":
        return []
    hints = []
    if stands[_ACKS] != "all":
        said = f"enable.idempotence=true needs acks=all: both clients refuse acks={stands[_ACKS]}"
        hints.append(_both_refuse(_ACKS, said, "idempotence needs acks=all", "idempotence-needs-acks-all"))
    in_flight = number(stands[_IN_FLIGHT])
    if in_flight is not None and in_flight > _IDEMPOTENT_IN_FLIGHT:
        said = f"enable.idempotence=true allows 5 requests in flight: both clients refuse {plain(in_flight)}"
        hints.append(_both_refuse(_IN_FLIGHT, said, "idempotence allows 5", "idempotence-allows-5-in-flight"))
    return hints


def _both_refuse(name: str, said: str, short: str, rule: str) -> Hint:
    return Hint(name, "error", f"{said} (librdkafka 2.16.0, Java 4.1.0)", short, _BOTH_REFUSE, rule)


def _timeouts(named: Mapping[str, str]) -> list[Hint]:
    stands = effective(named)
    linger, request = number(stands[_LINGER]), number(stands[_REQUEST])
    delivery = number(stands[_DELIVERY])
    if linger is None or request is None or delivery is None:
        return []
    if _LINGER in named and delivery and delivery <= linger:
        return [_linger_eats_all(linger, delivery, set_by_user=_DELIVERY in named)]
    if _DELIVERY not in named or delivery >= (least := linger + request):
        return []
    short = f"< linger {plain(linger)} + request {plain(request)}"
    said = f"delivery.timeout.ms={plain(delivery)} is below linger.ms + request.timeout.ms = {plain(least)}: "
    said += f"Java 4.1.0 refuses, librdkafka 2.16.0 accepts{'' if delivery else ' and takes 0 for no limit'}"
    rule = "delivery-below-linger-plus-request"
    return [Hint(_DELIVERY, "warning", said, short, _JAVA_REFUSES, rule)]


def _linger_eats_all(linger: float, delivery: float, *, set_by_user: bool) -> Hint:
    said = f"linger.ms={plain(linger)} leaves no time to send within delivery.timeout.ms={plain(delivery)}: "
    rule = "linger-not-below-delivery"
    if set_by_user:
        said += "librdkafka 2.16.0 refuses (message.timeout.ms must be greater than linger.ms)"
        return Hint(_DELIVERY, "error", said, f"not above linger {plain(linger)}", _LIBRDKAFKA_REFUSES, rule)
    said += "librdkafka 2.16.0 starts, and refuses every record"
    short = f"not below delivery {plain(delivery)}"
    return Hint(_LINGER, "error", said, short, "librdkafka refuses every record", rule)
