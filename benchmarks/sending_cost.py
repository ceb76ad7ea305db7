"""What a record costs the engine's sending thread in µs of its CPU time: steadier than rates.

`python -m benchmarks.sending_cost BOOTSTRAP WAY` prints the figure; ways are in `WAYS`. The thread makes
records, offers them and takes their reports; librdkafka's own threads are not in it.
"""

import asyncio
import sys
import time
from functools import partial

from benchmarks.alone import measured
from benchmarks.constants import BATCH, CONFIG, PARTITIONS, RECORDS, REPLICATION_FACTOR, TOPIC, VALUE
from benchmarks.measuring import alternating
from workbench.clusters.lab import LabCluster
from workbench.engine.control import Control
from workbench.engine.gates import Gates
from workbench.engine.loading import Loaded
from workbench.engine.main import collect_rarely
from workbench.engine.meter import Meter
from workbench.engine.places import Places
from workbench.engine.protocol import Start
from workbench.engine.rdkafka import Rdkafka
from workbench.engine.sending import Sending
from workbench.lab.protocol import TopicSpec
from workbench.model.record import RecordPlan
from workbench.model.scenario import SendPlan

_SAME = RecordPlan(value=VALUE)
_TEMPLATE = RecordPlan(
    key="user-{{ seq % 100 }}", value='{"id": {{ seq }}, "item": "{{ choice("tea", "coffee") }}"}'
)
WAYS: dict[str, tuple[RecordPlan, SendPlan]] = {
    "the same record": (_SAME, SendPlan(verify=False)),
    "the same record, read back": (_SAME, SendPlan()),
    "load mode": (_SAME, SendPlan(verify=False, batch=BATCH)),
    "load mode, read back": (_SAME, SendPlan(batch=BATCH)),
    "templates, read back": (_TEMPLATE, SendPlan()),
}


def costs(rounds: int) -> dict[str, list[float]]:
    """Of each way, on a lab of its own."""
    return asyncio.run(_costs(rounds))


async def _costs(rounds: int) -> dict[str, list[float]]:
    cluster = LabCluster(topics=(TopicSpec(TOPIC, PARTITIONS, REPLICATION_FACTOR),))
    await cluster.start()
    try:
        ways = {
            way: partial(measured, "benchmarks.sending_cost", cluster.bootstrap_servers, way) for way in WAYS
        }
        return await asyncio.to_thread(alternating, ways, rounds)
    finally:
        await cluster.close()


def main() -> None:
    collect_rarely()  # as the engine process does
    record, plan = WAYS[sys.argv[2]]
    count = RECORDS if record is _SAME else RECORDS // 5
    send = SendPlan(count=count, verify=plan.verify, batch=plan.batch)
    start = Start(0, "bench", TOPIC, PARTITIONS, dict(CONFIG), 60_000, record, send, 7)
    by_place = send.verify and send.batch is not None
    meter = Meter(
        "bench", count, PARTITIONS, confirmed=True,
        remembered=send.verify and not by_place, places=Places(PARTITIONS) if by_place else None,
    )  # fmt: skip
    control = Control()
    sending = Sending(
        start,
        Rdkafka(sys.argv[1], {}, lambda _level, _text: None),
        control,
        meter,
        Gates((), meter, control, print),
        loaded=Loaded(()),
    )
    began = time.thread_time()
    sending.run()
    spent = time.thread_time() - began
    if meter.acked != count:
        sys.exit(f"{meter.acked} of {count} acked")
    print(spent / count * 1e6)


if __name__ == "__main__":
    main()
