"""What is said of where a run was held up, and of where a record's time goes, on real Apache Kafka."""

import pytest
from msgspec.structs import replace

from tests.shared.bottlenecks import PROVOKED, held_up
from workbench.clusters.remote import RemoteCluster
from workbench.insight.ack_moments import average_words
from workbench.insight.live import Live
from workbench.insight.pipeline import Plan, pipeline
from workbench.model.histogram import us_of
from workbench.run.bench import Bench

pytestmark = [pytest.mark.apache, pytest.mark.timeout(120)]
OF_THE_CLIENT = {
    kind: replace(PROVOKED[kind], topic=replace(PROVOKED[kind].topic, create=True))
    for kind in ("rate", "linger", "callback")
}
"""What does not depend on how fast the brokers are."""


async def test_what_the_client_waits_for_is_named_as_on_the_lab(apache_bootstrap: str) -> None:
    bench = Bench(RemoteCluster(apache_bootstrap, {}), lambda _event: None)
    try:
        await bench.open()
        said = {kind: (await held_up(bench, planned)).kind for kind, planned in OF_THE_CLIENT.items()}
    finally:
        await bench.close()
    assert said == {kind: kind for kind in OF_THE_CLIENT}


async def test_the_parts_of_a_record_s_time_are_the_client_s_averages(apache_bootstrap: str) -> None:
    """No broker tells of a single record here; the parts come to the mean of the delivery reports."""
    planned = OF_THE_CLIENT["linger"]
    live = Live(planned.send.rate)
    bench = Bench(RemoteCluster(apache_bootstrap, {}), lambda _event: None)
    try:
        await bench.open()
        await bench.run(planned, live.feed)
    finally:
        await bench.close()
    assert live.insight is not None
    frame = live.insight.frame
    seen = pipeline(live.insight.clients, Plan.of(planned), ended=True, delivered=frame.partitions)
    assert seen is not None
    assert seen.split is not None
    assert average_words(seen.split)[0].startswith("waits ")
    measured = sum(us_of(bucket) * count for bucket, count in frame.latency_from_send.items()) / 1000
    assert seen.split.total == pytest.approx(measured / sum(frame.latency_from_send.values()), rel=0.1)
