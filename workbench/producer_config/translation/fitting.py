"""A value of one client as the other takes it."""

import math
from typing import NamedTuple

from workbench.producer_config.catalogue import Client, Facts
from workbench.producer_config.translation.draft import CLIENTS
from workbench.producer_config.translation.pairs import By
from workbench.producer_config.values import flag, number, plain

_LONGEST_MS = 2**31 - 1
_LONG_MAX = 2**63 - 1
_KIB = 1024


class Fitted(NamedTuple):
    """`text` is None where there is no such value; `how`: what is not quite the same, else empty."""

    text: str | None
    how: str = ""


def fit(text: str, facts: Facts, client: Client) -> Fitted:
    """The value in the form and range in which this client takes it."""
    stripped = text.strip()
    if facts.kind in {"int", "float"}:
        return _number(stripped, facts, client)
    if facts.kind == "bool":
        value = flag(stripped)
        return Fitted(None) if value is None else Fitted("true" if value else "false")
    if facts.kind == "choice":
        found = [choice for choice in facts.choices if choice.lower() == stripped.lower()]
        return Fitted(found[0] if found else None, "" if found else f"{CLIENTS[client]} has no such choice.")
    return Fitted(text)


def _number(text: str, facts: Facts, client: Client) -> Fitted:
    if text.lower() in facts.also:
        return Fitted(text.lower())
    value = number(text)
    if value is None:
        return Fitted(None)
    whole = math.ceil(value) if facts.kind == "int" else value
    low, high = facts.low, facts.high
    within = max(low if low is not None else whole, min(high if high is not None else whole, whole))
    if within != whole:
        return Fitted(plain(within), f"{CLIENTS[client]} takes {plain(low or 0)} … {plain(high or 0)} only.")
    if whole != value:
        return Fitted(plain(whole), f"{CLIENTS[client]} takes whole numbers only.")
    return Fitted(plain(whole))


def convert(text: str, by: By, to: Client) -> Fitted:
    """The same amount in the other client's unit, or in its word for it."""
    if by == "endpoint":
        return _endpoint(text.strip(), to)
    value = number(text)
    if value is None or by not in {"forever", "idle", "buffer", "kib", "refresh"}:
        return Fitted(text)
    return _to_librdkafka(value, by) if to == "librdkafka" else _to_java(value, by)


def _to_librdkafka(value: float, by: By) -> Fitted:
    if by == "kib":
        kib = max(1, math.ceil(value / _KIB))
        return Fitted(str(kib), "" if kib * _KIB == value else "Rounded up to whole KiB.")
    if value == 0 and by in {"forever", "refresh", "idle"}:
        word = "for ever" if by == "forever" else "never"
        return Fitted("1", f"librdkafka's 0 is {word}, so 1 ms stands for Java's 0.")
    if by == "idle" and value < 0:
        return Fitted("0")
    if by == "buffer" and value <= 0:
        return Fitted("0", "" if value else "Java cannot connect with 0; librdkafka leaves it to the system.")
    return Fitted(plain(value))


def _to_java(value: float, by: By) -> Fitted:
    if by == "kib":
        return Fitted(plain(value * _KIB))
    if by == "forever" and value == 0:
        return Fitted(str(_LONGEST_MS), "librdkafka's 0 is for ever; Java's longest is 24 days.")
    if by == "refresh" and value <= 0:
        return Fitted(str(_LONG_MAX), "librdkafka never refreshes so; Java's longest comes to the same.")
    if by in {"idle", "buffer"} and value == 0:
        return Fitted("-1")
    return Fitted(plain(value))


def _endpoint(text: str, to: Client) -> Fitted:
    word = {"": "none", "none": "none", "https": "https"}.get(text.lower())
    return Fitted("" if word == "none" and to == "java" else word)
