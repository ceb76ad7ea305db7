"""What a config promises of a record that counts as acked, and of its place in the partition."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from workbench.producer_config.dialect import canonical, effective
from workbench.producer_config.values import letters, number

_WORDS = ("no broker", "one broker", "two brokers", "three brokers", "four brokers")


class Promise(msgspec.Struct, frozen=True):
    """For librdkafka 2.16.0, an in-sync replica set no smaller than it may be, and clean elections."""

    head: str
    """The settings it comes from, e.g. "acks=all · idempotent"."""
    sentences: tuple[str, str, str]
    """The same in three lengths, the longest first."""
    survives: int
    """How many brokers may die without an acked record being lost, whichever they are."""
    once: bool
    """The client's own retries store no record twice."""
    ordered: bool
    """Records of a partition are stored in the order they were sent, retries or not."""


class _Said(NamedTuple):
    long: str
    middle: str
    short: str


def promise(config: Mapping[str, str], replication_factor: int, min_insync_replicas: int) -> Promise:
    """`config` as it is typed; what cannot be read counts as its worst."""
    stands = effective(config)
    acks = letters(stands["acks"])
    idempotent = stands["enable.idempotence"] == "true"
    retries = number(canonical(config).get("retries", ""))
    in_flight = number(stands["max.in.flight.requests.per.connection"])
    survives = max(0, min(min_insync_replicas, replication_factor) - 1) if acks == "all" else 0
    once = acks != "0" and (idempotent or retries == 0)
    fifo = canonical(config).get("queuing.strategy", "fifo") == "fifo"
    ordered = fifo and (idempotent or retries == 0 or in_flight == 1)
    return Promise(
        head=f"acks={acks} · idempotent" if idempotent else f"acks={acks}",
        sentences=_sentences(
            _kept(acks, survives, replication_factor), _order(idempotent, once, ordered), acks
        ),
        survives=survives,
        once=once,
        ordered=ordered,
    )


def _sentences(kept: _Said, order: _Said, acks: str) -> tuple[str, str, str]:
    if acks not in {"all", "1"}:  # where nothing is known to be kept, its order is no matter
        return kept.long, kept.middle, kept.short
    return (
        f"{kept.long}; {order.long}",
        f"{kept.middle}, {order.middle}",
        f"{kept.short}, {order.short}",
    )


def _kept(acks: str, survives: int, replication_factor: int) -> _Said:
    if acks == "0":
        return _Said(
            "nobody confirms a record: a loss goes unseen", "no confirmation, no proof", "unconfirmed"
        )
    if acks == "1":
        long = "an acked record can be lost with its leader"
        return _Said(long, "can be lost with the leader", "survives 0")
    if acks != "all":
        return _Said(f"brokers refuse every record with acks={acks}", "brokers refuse all", "refused")
    if survives:
        how_many = _WORDS[survives] if survives < len(_WORDS) else f"{survives} brokers"
        counted = "1 broker" if survives == 1 else f"{survives} brokers"
        return _Said(f"acked records survive {how_many}", f"survives {counted}", f"survives {survives}")
    if replication_factor == 1:
        return _Said("an acked record is on one broker and dies with it", "on 1 broker only", "survives 0")
    long = "acked may mean on one broker only (min.insync.replicas 1)"
    return _Said(long, "perhaps on 1 broker only", "survives 0")


def _order(idempotent: bool, once: bool, ordered: bool) -> _Said:
    if idempotent and ordered:
        return _Said("order kept per partition", "in order", "in order")
    if once and ordered:
        return _Said("never retried: order kept per partition", "no retries, in order", "in order")
    if ordered:
        return _Said("order kept, but a retry may store twice", "in order, perhaps twice", "in order")
    if once:
        return _Said("stored once, order not kept", "once, order not kept", "no order")
    return _Said("a retry may store twice and break the order", "retries may reorder", "order at risk")
