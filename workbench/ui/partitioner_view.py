"""Which partitioner a scenario's records go by, in words, and where it puts a key."""

from collections.abc import Callable

import msgspec

from workbench.errors import InputError
from workbench.model.scenario import Scenario
from workbench.partitioning import JAVA, ROUND_ROBIN, describe, named, predict
from workbench.producer_config import canonical, catalogue_name, effective, librdkafka_standing

DEFAULT = "consistent_random"
"""librdkafka's own (2.16.0)."""
_STICKY = "sticky.partitioning.linger.ms"
_MOST = 2000
"""Records of a run that is made only to see their order."""
_RATE = 2000.0


def partitioner_of(scenario: Scenario) -> str:
    """What kwb's engine runs in the client's stead, what the config says, or the client's default."""
    if scenario.send.partitioner is not None:
        return scenario.send.partitioner
    return effective(scenario.producer).get("partitioner", DEFAULT).strip() or DEFAULT


def is_own(partitioner: str) -> bool:
    """A person's own code: nobody foretells what it answers."""
    return ":" in partitioner


def foretelling(scenario: Scenario, partitions: int) -> Callable[[bytes | None], tuple[int | None, str]]:
    """Where a key goes (None: lots are drawn, or nobody can tell), and by what: (3, "crc32 % 6")."""
    fixed = scenario.record.partition
    if fixed is not None:
        return lambda _: (fixed, "partition set, no partitioner")
    name = partitioner_of(scenario)

    def foretold(key: bytes | None) -> tuple[int | None, str]:
        try:
            return predict(name, key, partitions), describe(name, key, partitions)[0]
        except InputError:
            return None, name

    return foretold


def sticky_ms(scenario: Scenario) -> str:
    """How long librdkafka leaves records without a key in one partition, as text; "0": it draws for each."""
    return librdkafka_standing(canonical(scenario.producer)).get(_STICKY, "10").strip()


def way_of_choosing(scenario: Scenario) -> str:
    """How the partitions of a run's records are chosen, in a few words."""
    if scenario.record.partition is not None:
        return f"partition {scenario.record.partition} set"
    try:
        kind = named(partitioner_of(scenario))
    except InputError:
        return partitioner_of(scenario)
    if scenario.record.key is not None and kind.hash:
        return f"by key, {kind.name}"
    if not kind.draws_for_null:
        return f"null key, {kind.name}"
    sticky = sticky_ms(scenario)
    others = {ROUND_ROBIN: "round robin", JAVA: "Java's sticky"}
    return others.get(kind.name, "random" if sticky == "0" else f"sticky {sticky} ms")


def without_keys(scenario: Scenario) -> tuple[Scenario, ...]:
    """The scenario's record without a key, once for each way of choosing partitions, the plainest last."""
    send = scenario.send
    plain = msgspec.structs.replace(
        scenario,
        record=msgspec.structs.replace(scenario.record, key=None, partition=None),
        send=msgspec.structs.replace(
            send,
            mode="async",
            count=min(send.count, _MOST),
            rate=send.rate or _RATE,
            batch=None,
            engines=1,
            verify=True,
            interceptors=(),
        ),
        faults=(),
        expect=(),
    )
    kept = {
        name: text
        for name, text in scenario.producer.items()
        if catalogue_name(name) not in ("partitioner", "partitioner.class", _STICKY)
    }
    stays = sticky_ms(scenario)
    ways: tuple[tuple[str | None, dict[str, str]], ...] = (
        (JAVA, {}),
        (None, {_STICKY: stays if stays != "0" else "10"}),
        (ROUND_ROBIN, {}),
        (None, {_STICKY: "0"}),
    )
    scenarios = (
        msgspec.structs.replace(
            plain,
            producer={**kept, "partitioner": "murmur2_random", **said},
            send=msgspec.structs.replace(plain.send, partitioner=ours),
        )
        for ours, said in ways
    )
    return tuple(
        msgspec.structs.replace(each, title=f"Without a key: {way_of_choosing(each)}") for each in scenarios
    )
