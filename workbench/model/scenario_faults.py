"""The `[[fault]]` tables of a scenario: from what its file says to faults, or to what is wrong with them."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workbench.model.fault import (
    FAULT_KINDS,
    LONGEST_DELAY_MS,
    POSSIBLE,
    TARGETS,
    After,
    Fault,
    FaultKind,
    broker_of,
)
from workbench.model.scenario import Scenario
from workbench.model.scenario_keys import (
    MOST_BROKERS,
    MOST_PARTITIONS,
    MOST_RECORDS,
    Check,
    flag,
    shown,
    text,
    whole,
)

Complain = Callable[[str, str], None]

_MOST_FAULTS = 100
_MOST_SECONDS = 24 * 3600
_NO_ACKS = {"acks", "request.required.acks"}
# What a Produce response may carry, by Kafka's names (org.apache.kafka.common.protocol.Errors)
ERROR_CODES: tuple[str, ...] = (
    "UNKNOWN_SERVER_ERROR", "CORRUPT_MESSAGE", "UNKNOWN_TOPIC_OR_PARTITION", "LEADER_NOT_AVAILABLE",
    "NOT_LEADER_OR_FOLLOWER", "REQUEST_TIMED_OUT", "MESSAGE_TOO_LARGE", "NETWORK_EXCEPTION",
    "INVALID_TOPIC_EXCEPTION", "RECORD_LIST_TOO_LARGE", "NOT_ENOUGH_REPLICAS",
    "NOT_ENOUGH_REPLICAS_AFTER_APPEND", "INVALID_REQUIRED_ACKS", "TOPIC_AUTHORIZATION_FAILED",
    "CLUSTER_AUTHORIZATION_FAILED", "INVALID_TIMESTAMP", "UNSUPPORTED_FOR_MESSAGE_FORMAT", "POLICY_VIOLATION",
    "OUT_OF_ORDER_SEQUENCE_NUMBER", "DUPLICATE_SEQUENCE_NUMBER", "INVALID_PRODUCER_EPOCH",
    "KAFKA_STORAGE_ERROR", "UNKNOWN_PRODUCER_ID", "FENCED_LEADER_EPOCH", "UNKNOWN_LEADER_EPOCH",
    "INVALID_RECORD", "THROTTLING_QUOTA_EXCEEDED", "PRODUCER_FENCED",
)  # fmt: skip
_NEEDS_TARGET = frozenset({"freeze", "kill", "stop", "wipe", "slow", "isolate", "drop-response", "error"})
_NO_TARGET = frozenset({"add-partitions", "wait"})
_ONLY_FOR: Mapping[str, frozenset[FaultKind]] = {
    "ms": frozenset({"slow"}),
    "code": frozenset({"error"}),
    "times": frozenset({"error", "drop-response"}),
    "partitions": frozenset({"add-partitions"}),
}


def seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"must be a number of seconds, not {shown(value)}; write it without quotes")
    if not 0 <= value <= _MOST_SECONDS:
        raise ValueError(f"{value} is out of range; give 0 to {_MOST_SECONDS}")
    return float(value)


def _one_of(names: Sequence[str]) -> Check:
    def check(value: Any) -> str:
        if value in names:
            return str(value)
        near = difflib.get_close_matches(str(value), names, n=1, cutoff=0.5)
        mend = f"did you mean {near[0]}?" if near else f"give one of {', '.join(names)}"
        raise ValueError(f"{shown(value)} is not known; {mend}")

    return check


def _target(value: Any) -> str:
    name = text(value)
    if name in TARGETS:
        return name
    broker = broker_of(name)
    if broker is None:
        near = difflib.get_close_matches(name, (*TARGETS, "broker 1"), n=1, cutoff=0.5)
        mend = f"did you mean {near[0]!r}?" if near else f'give {", ".join(TARGETS)} or "broker 1"'
        raise ValueError(f"{shown(name)} is no target; {mend}")
    if broker > MOST_BROKERS:
        raise ValueError(f"{shown(name)} is out of range; give broker 1 to {MOST_BROKERS}")
    return name


def _true(value: Any) -> bool:
    if flag(value):
        return True
    raise ValueError("false is no condition; take the key out")


_CHECKS: Mapping[str, Check] = {
    "do": _one_of(FAULT_KINDS),
    "target": _target,
    "partition": whole(0, MOST_PARTITIONS - 1),
    "ms": whole(1, LONGEST_DELAY_MS),
    "code": _one_of(ERROR_CODES),
    "times": whole(1, 1_000_000),
    "partitions": whole(2, MOST_PARTITIONS),
}
_AFTER: Mapping[str, Check] = {
    "acked": whole(1, MOST_RECORDS),
    "sent": whole(0, MOST_RECORDS),
    "failed": whole(1, MOST_RECORDS),
    "seconds": seconds,
    "isr": whole(0, MOST_BROKERS),
    "leader_changed": _true,
    "fault": whole(1, _MOST_FAULTS),
}


def parse_faults(given: object, complain: Complain) -> tuple[Fault, ...]:
    """The faults; of one that is complained of what is left is not told. Names are `fault.INDEX.KEY`."""
    if not isinstance(given, list) or not all(isinstance(table, dict) for table in given):
        complain("fault", "must be a list of tables; write [[fault]] with two brackets")
        return ()
    if len(given) > _MOST_FAULTS:
        complain("fault", f"{len(given)} are too many; give at most {_MOST_FAULTS}")
        return ()
    found = [_parsed(f"fault.{index}", table, complain) for index, table in enumerate(given)]
    return tuple(fault for fault in found if fault is not None)


def _parsed(name: str, table: Mapping[str, Any], complain: Complain) -> Fault | None:
    complaints = 0

    def say(key: str, what: str) -> None:
        nonlocal complaints
        complaints += 1
        complain(key, what)

    after = table.get("after", {})
    if not isinstance(after, dict):
        say(f"{name}.after", "must be a table; write it like { acked = 100 }")
        after = {}
    conditions = _checked(f"{name}.after", after, _AFTER, say)
    fields = _checked(name, {key: value for key, value in table.items() if key != "after"}, _CHECKS, say)
    if "do" not in table:
        say(f"{name}.do", f"is missing; give one of {', '.join(FAULT_KINDS)}")
    elif "do" in fields:
        _look_at_kind(name, fields, table, say)
    return None if complaints else Fault(after=After(**conditions), **fields)


def _checked(
    name: str, table: Mapping[str, Any], checks: Mapping[str, Check], complain: Complain
) -> dict[str, Any]:
    good: dict[str, Any] = {}
    for key, value in table.items():
        check = checks.get(key)
        if check is None:
            near = difflib.get_close_matches(key, checks, n=1)
            mend = f"did you mean {near[0]}?" if near else f"there are {', '.join(checks)}"
            complain(f"{name}.{key}", f"unknown key; {mend}")
            continue
        try:
            good[key] = check(value)
        except ValueError as error:
            complain(f"{name}.{key}", str(error))
    return good


def _look_at_kind(name: str, good: Mapping[str, Any], table: Mapping[str, Any], complain: Complain) -> None:
    """What this kind of fault needs, and what is for others."""
    do = good["do"]
    for key, kinds in _ONLY_FOR.items():
        if key in table and do not in kinds:
            complain(f"{name}.{key}", f"is for {' and '.join(sorted(kinds))}, and this is {do}; take it out")
    if do in _NEEDS_TARGET and "target" not in table:
        complain(f"{name}.do", f'{do} needs a target; give one, such as target = "leader"')
    if do in _NO_TARGET and "target" in table:
        complain(f"{name}.target", f"{do} has none: it is for the whole topic; take it out")
    for kind, key, example in (
        ("slow", "ms", "200"),
        ("error", "code", '"NOT_LEADER_OR_FOLLOWER"'),
        ("add-partitions", "partitions", "12"),
    ):
        if do == kind and key not in table:
            complain(f"{name}.do", f"{do} needs {key}; give it, such as {key} = {example}")


def look_between(scenario: Scenario, complain: Complain) -> None:
    """Faults that this cluster cannot do, or that could never fire in this run."""
    for index, fault in enumerate(scenario.faults):
        name = f"fault.{index}"
        _look_at_cluster(name, fault, scenario, complain)
        _look_at_counts(name, fault, scenario, complain)
        _look_at_order(name, index, scenario.faults, complain)


def _look_at_cluster(name: str, fault: Fault, scenario: Scenario, complain: Complain) -> None:
    kind, brokers = scenario.cluster.kind, scenario.cluster.brokers
    if fault.do not in POSSIBLE[kind]:
        able = [f'"{other}"' for other, kinds in POSSIBLE.items() if fault.do in kinds]
        why = (
            "kwb does nothing to a cluster of yours" if kind == "remote" else f"{kind} cannot do it (not yet)"
        )
        complain(f"{name}.do", f"{fault.do}: {why}; it works on cluster.kind = {' or '.join(able)}")
        return
    number = broker_of(fault.target) if fault.target else None
    if number is not None and number > brokers:
        complain(f"{name}.target", f"{fault.target} is not there; give broker 1 to {brokers}")
    if fault.target == "controller" and kind == "lab":
        mend = 'use cluster.kind = "apache"'
        complain(f"{name}.target", f"the lab's controller is no broker of its own; {mend}")
    partitions = scenario.topic.partitions
    if fault.partition >= partitions:
        complain(
            f"{name}.partition",
            f"{fault.partition} is not there; {partitions} partitions are 0 to {partitions - 1}",
        )
    if fault.do == "add-partitions" and fault.partitions <= partitions:
        complain(f"{name}.partitions", f"the topic has {partitions} already; give more than that")


def _look_at_counts(name: str, fault: Fault, scenario: Scenario, complain: Complain) -> None:
    count, factor = scenario.send.count, scenario.topic.replication_factor
    for key, wanted in fault.after.counts.items():
        if wanted > count:
            complain(
                f"{name}.after.{key}",
                f"{wanted} can never be: the run has {count} records; give at most send.count",
            )
    if fault.after.acked and any(scenario.producer.get(key) == "0" for key in _NO_ACKS):
        complain(f"{name}.after.acked", "can never be: with acks=0 no record is ever acked; use sent")
    if fault.after.isr is not None and fault.after.isr > factor:
        complain(
            f"{name}.after.isr",
            f"{fault.after.isr} can never be: there are {factor} replicas; give at most {factor}",
        )
    if fault.do == "wait" and not fault.after.counts:
        complain(
            f"{name}.do",
            "wait needs a count at which sending waits; give one, such as after = { acked = 1, isr = 1 }",
        )


def _look_at_order(name: str, index: int, faults: Sequence[Fault], complain: Complain) -> None:
    seen, at = {index}, index
    while (before := faults[at].after.fault) is not None:
        if before > len(faults):
            if at == index:
                complain(
                    f"{name}.after.fault",
                    f"there is no fault {before} of {len(faults)}; give 1 to {len(faults)}",
                )
            return
        at = before - 1
        if at in seen:
            if at == index:
                complain(
                    f"{name}.after.fault", f"fault {index + 1} would wait for itself; name one before it"
                )
            return
        seen.add(at)
