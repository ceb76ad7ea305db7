"""What the Pipeline screen says of a run is what was done to it: each bottleneck provoked on the lab."""

from pathlib import Path

import pytest

from tests.shared.bottlenecks import PROVOKED, held_up, scenario, sending
from workbench.clusters.choice import cluster_for
from workbench.insight.bottleneck import Bottleneck, Kind, bottleneck
from workbench.insight.live import Live
from workbench.insight.pipeline import Plan, pipeline
from workbench.model.fault import After, Fault
from workbench.model.frame import Frame
from workbench.model.scenario_file import read_scenario
from workbench.run.bench import Bench


async def test_each_bottleneck_is_told_from_the_others() -> None:
    said: dict[str, Bottleneck] = {}
    bench = Bench(cluster_for(PROVOKED["network"]), lambda _event: None)
    try:
        await bench.open()
        for kind, provoked in PROVOKED.items():
            said[kind] = await held_up(bench, provoked)
    finally:
        await bench.close()
    assert {kind: found.kind for kind, found in said.items()} == {kind: kind for kind in PROVOKED}
    assert "200 records/s was your rate" in said["rate"].sentence
    assert "less than 1 % full" in said["linger"].sentence
    assert said["network"].sentence.startswith("The network and the brokers")
    assert "1 request a broker" in said["in-flight limit"].sentence
    assert said["one partition"].sentence.startswith("A hot key")
    assert "is for p5" in said["one partition"].sentence
    assert "each callback blocks 1 ms" in said["callback"].sentence


SAMPLE = Path(__file__).parents[2] / "sample_payloads" / "scenarios" / "held_up.toml"
STEPS: dict[str, tuple[Kind, dict[str, str]]] = {
    "as it is": ("in-flight limit", {"send.count": "900"}),
    "a hot key": ("one partition", {"send.count": "500", "record.key": "hot"}),
    "linger": (
        "linger",
        {"send.count": "900", "producer.batch.num.messages": "100", "producer.linger.ms": "200"},
    ),
    "callback": (
        "callback",
        {"send.count": "400", "producer.batch.num.messages": "100", "send.callback_delay_ms": "5"},
    ),
}


@pytest.mark.timeout(120)
async def test_the_sample_shows_what_its_note_says_at_each_step() -> None:
    bench = Bench(cluster_for(read_scenario(SAMPLE).scenario), lambda _event: None)
    said: dict[str, Kind] = {}
    try:
        await bench.open()
        for step, (_kind, settings) in STEPS.items():
            given = [f"{name}={value}" for name, value in settings.items()]
            said[step] = (await held_up(bench, read_scenario(SAMPLE).resolve(given))).kind
    finally:
        await bench.close()
    assert said == {step: kind for step, (kind, _settings) in STEPS.items()}


@pytest.mark.timeout(60)
async def test_a_broker_that_stands_still_is_named_while_it_does() -> None:
    frozen = scenario(
        {"linger.ms": "0"}, sending(1000, rate=500.0),
        faults=(
            Fault(do="freeze", target="leader", after=After(acked=100)),
            Fault(do="thaw", after=After(fault=1, seconds=1.7)),
        ), partitions=1,
    )  # fmt: skip
    live, plan, said = Live(500.0), Plan.of(frozen), set()

    def hear(frame: Frame) -> None:
        insight = live.feed(frame)
        if insight is not None and not insight.ended:
            found = bottleneck(pipeline(insight.clients, plan, ended=False), plan, insight.rate)
            said.add((found.kind, found.sentence.partition(":")[0]))

    bench = Bench(cluster_for(frozen), lambda _event: None)
    try:
        await bench.open()
        await bench.run(frozen, hear)
    finally:
        await bench.close()
    assert ("no answer", "Broker 1 does not answer") in said
