"""Runs that are over, as a comparison takes them; what a test does not name is the same in each."""

from workbench.model.finished_run import FinishedRun
from workbench.model.ledger import Ledger
from workbench.model.report import (
    BatchFacts,
    Client,
    ClusterFacts,
    LatencyMs,
    ProgramKnows,
    Report,
    RequestFacts,
    Throughput,
    Verify,
)  # fmt: skip
from workbench.model.scenario import Scenario, SendPlan

LATENCY = {1000: 60, 2000: 30, 30_000: 10}


def run(number: int = 1, title: str = "one", config: dict[str, str] | None = None, lost: int = 0,
        rate: float = 1000.0, p99: float = 10.0, p50: float = 1.0, requests: int = 100, **send: object) -> FinishedRun:  # fmt: skip
    report = Report(
        scenario=title, state="done", client=Client("librdkafka", "2.16.0"),
        cluster=ClusterFacts("lab", None, 3), config=config or {"acks": "all"},
        ledger=Ledger(sent=100, rejected=0, acked=100, unconfirmed=0, failed=0, pending=0, stored=100 - lost, acked_stored=100 - lost, lost=lost, vanished=0),
        program_knows=ProgramKnows(100, 0, 0), verify=Verify("verified"), seconds=1.0,
        throughput=Throughput(rate, 0.5), latency_ms=LatencyMs(p50, 5.0, p99, 20.0, 20.0), partitions=(),
        batches=BatchFacts(10, 100, 10.0, 900.0), requests=RequestFacts(requests, 9000),
    )  # fmt: skip
    return FinishedRun(number, 1.79e9, Scenario(title=title, send=SendPlan(**send)), report, LATENCY)
