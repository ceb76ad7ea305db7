"""Scenarios that provoke each bottleneck, and what is said of their runs."""

from collections.abc import Sequence

from workbench.insight.bottleneck import Bottleneck, bottleneck
from workbench.insight.live import Live
from workbench.insight.pipeline import Plan, pipeline
from workbench.model.fault import Fault
from workbench.model.record import RecordPlan
from workbench.model.scenario import Scenario, SendPlan, TopicPlan
from workbench.run.bench import Bench

SLOW = (Fault(do="slow", target="leader", ms=40),)
SLOW_LEADER_OF_HOT = (Fault(do="slow", target="leader", partition=5, ms=40),)
SPREAD = RecordPlan(key="user-{{ seq % 100 }}", value="x" * 100)
LABORIOUS = RecordPlan(key="{{ seq }}", value="{% for _ in range(20000) %}{% endfor %}x")
HOT = RecordPlan(key="{{ 'hot' if seq % 10 else seq }}", value="x" * 100)
SMALL = {"queue.buffering.max.messages": "1000", "batch.num.messages": "100"}
ONE_REQUEST = {"max.in.flight": "1", **SMALL}


def scenario(
    producer: dict[str, str], send: SendPlan, record: RecordPlan = SPREAD, faults: Sequence[Fault] = (),
    partitions: int = 6,
) -> Scenario:  # fmt: skip
    return Scenario(
        title="bottleneck",
        topic=TopicPlan(name=f"held-up-{partitions}", partitions=partitions),
        producer={"acks": "1", **producer},
        record=record,
        send=send,
        faults=tuple(faults),
    )


def sending(count: int, **more: object) -> SendPlan:
    return SendPlan(count=count, verify=False, **more)


# each lasts a second and more: the client tells of itself four times a second, on a busy machine less often
PROVOKED = {
    "rate": scenario({"linger.ms": "0"}, sending(400, rate=200.0)),
    "linger": scenario({"linger.ms": "200"}, sending(500, rate=250.0)),
    "sync": scenario({"linger.ms": "0"}, sending(1500, mode="sync")),
    # acks=0: where others have the processor the lab answers late, and a long answer is what holds a run up
    "program": scenario({"acks": "0"}, sending(4000), LABORIOUS),
    "network": scenario(SMALL, sending(4000), faults=SLOW, partitions=1),
    "in-flight limit": scenario(ONE_REQUEST, sending(1500), faults=SLOW, partitions=1),
    "one partition": scenario(ONE_REQUEST, sending(1500), HOT, SLOW_LEADER_OF_HOT),
    "slow leader": scenario(ONE_REQUEST, sending(12_000), faults=SLOW, partitions=3),
    "callback": scenario({}, sending(2000, callback_delay_ms=1.0)),  # statistics wait behind the callbacks
}


async def held_up(bench: Bench, provoked: Scenario) -> Bottleneck:
    live = Live(provoked.send.rate)
    report = await bench.run(provoked, live.feed)
    assert live.insight is not None
    plan = Plan.of(provoked)
    delivered = live.insight.frame.partitions
    seen = pipeline(live.insight.clients, plan, ended=True, delivered=delivered)
    found = bottleneck(seen, plan, live.insight.rate, ended=True)
    told = report.held_up
    assert told.kind == (None if found.kind == "not known" else found.kind)
    assert (told.sentence is None) == (told.kind is None)
    assert told.mend == (found.mend or None)
    return found
