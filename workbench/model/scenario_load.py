"""What cannot be together in load mode (`send.batch`), with several engines or with very many records."""

from collections.abc import Callable

from workbench.model.scenario import Scenario

Complain = Callable[[str, str], None]
MOST_REMEMBERED = 100_000_000
_BYTES_A_RECORD = 16
"""Its outcome, its offset and where it was read, which every engine keeps from the start."""


def load_problem(scenario: Scenario) -> str | None:
    """Why the scenario cannot be sent as it stands, in the first sentence that says so; None where it can."""
    found: list[str] = []
    look_at_load(scenario, lambda name, why: found.append(f"{name} {why}" if why.startswith("is ") else why))
    return found[0] if found else None


def look_at_load(scenario: Scenario, complain: Complain) -> None:
    _look_at_memory(scenario, complain)
    _look_at_engines(scenario, complain)
    _look_at_batch(scenario, complain)
    _look_at_ring(scenario, complain)


def _look_at_memory(scenario: Scenario, complain: Complain) -> None:
    send = scenario.send
    if send.verify and send.batch is None and send.count * send.engines > MOST_REMEMBERED:
        gigabytes = send.count * send.engines * _BYTES_A_RECORD / 1e9
        why = f"to read {send.count:,} records back, {gigabytes:.1f} GB of memory would be needed"
        complain("send.count", f"{why}; give verify = false, or batch")


def _look_at_engines(scenario: Scenario, complain: Complain) -> None:
    if scenario.send.engines > 1 and any(fault.after.counts for fault in scenario.faults):
        why = "counts of faults are exact where one engine sends"
        complain("send.engines", f"{why}; take engines out, or give the faults seconds")


def _look_at_ring(scenario: Scenario, complain: Complain) -> None:
    send = scenario.send
    if send.ring and send.batch is None:
        complain("send.ring", "is for load mode, where a template would be too slow; give send.batch too")


def _look_at_batch(scenario: Scenario, complain: Complain) -> None:
    send, producer = scenario.send, scenario.producer
    if send.batch is None:
        return
    if scenario.record.headers:
        complain("record.headers", "load mode (send.batch) takes no headers; take them out, or send.batch")
    if scenario.record.timestamp is not None:
        # rd_kafka_message_t has no place for one
        complain("record.timestamp", "load mode (send.batch) sets no timestamps; take it out, or send.batch")
    if send.mode == "sync":
        complain("send.batch", 'load mode waits for no single record; give mode = "async", or take batch out')
    for key, what in (("partitioner", send.partitioner), ("interceptors", send.interceptors)):
        if what:
            complain(
                f"send.{key}", f"load mode (send.batch) runs none of one's own; take {key} out, or batch"
            )
    if send.rate is not None:
        complain("send.batch", "load mode goes as fast as it goes; take rate out, or batch")
    if send.verify and producer.get("acks", producer.get("request.required.acks")) == "0":
        why = "under acks=0 no report says where a record is, and load mode knows it by nothing else"
        complain("send.batch", f"{why}; give verify = false")
