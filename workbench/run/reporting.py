"""From a run's last frame and its read-back to the report."""

import msgspec

from workbench.engine.protocol import Found, ReadBackDone
from workbench.model.frame import Frame
from workbench.model.histogram import percentiles
from workbench.model.ledger import Ledger
from workbench.model.report import (
    BatchFacts,
    Client,
    ClusterFacts,
    LatencyMs,
    PartitionFacts,
    ProgramKnows,
    Report,
    ReportedError,
    RequestFacts,
    Throughput,
    Verify,
)
from workbench.model.scenario import Scenario
from workbench.producer_config import effective, mask_secrets
from workbench.run.expectations import judged


def report_of(
    scenario: Scenario, client: Client, cluster: ClusterFacts, frame: Frame, proof: ReadBackDone | None
) -> Report:
    """The whole report; `proof` is None where no read-back was asked for, or none could be had."""
    found = proof.found if proof else None
    report = Report(
        scenario=scenario.title,
        state=frame.state,
        client=client,
        cluster=cluster,
        config=mask_secrets(effective(scenario.producer)),
        ledger=ledger_of(frame, found),
        program_knows=_program_knows(scenario, frame),
        verify=_verify(scenario, frame, proof),
        seconds=round(frame.seconds, 6),
        throughput=_throughput(frame),
        latency_ms=_latency(frame),
        partitions=tuple(
            PartitionFacts(p, acked, found.partitions[p] if found else None)
            for p, acked in enumerate(frame.partitions)
        ),
        errors=tuple(ReportedError(e.code, e.count, e.where) for e in frame.errors),
        batches=_batches(frame),
        requests=RequestFacts(frame.batches.requests),
        moved_keys=found.moved_keys if found else None,
    )
    return msgspec.structs.replace(report, expect=judged(report, scenario.expect))


def ledger_of(frame: Frame, found: Found | None) -> Ledger:
    counted = Ledger(
        sent=frame.sent,
        rejected=frame.rejected,
        acked=frame.acked,
        unconfirmed=frame.unconfirmed,
        failed=frame.failed,
        pending=frame.in_flight,
    )
    if found is None:
        return counted
    return msgspec.structs.replace(
        counted,
        stored=found.stored,
        acked_stored=found.acked_stored,
        lost=found.lost,
        expired=found.expired,
        unconfirmed_stored=found.unconfirmed_stored,
        vanished=found.vanished,
        stored_though_failed=found.stored_though_failed,
        stored_though_pending=found.stored_though_pending,
        duplicated=found.duplicated,
        reordered=found.reordered,
    )


def _program_knows(scenario: Scenario, frame: Frame) -> ProgramKnows:
    if scenario.send.mode == "fire-and-forget":
        return ProgramKnows(acked=0, failed=0, unknown=frame.sent)
    return ProgramKnows(
        acked=frame.acked,
        failed=frame.failed + frame.rejected,
        unknown=frame.unconfirmed + frame.in_flight,
    )


def _verify(scenario: Scenario, frame: Frame, proof: ReadBackDone | None) -> Verify:
    if not scenario.send.verify:
        return Verify("not asked")
    if proof is None:
        return Verify("unfinished", f"the run {frame.state}")
    if proof.found is None:
        return Verify("unfinished", proof.reason)
    return Verify("verified")


def _throughput(frame: Frame) -> Throughput:
    """Of the records after the warm-up, in the time after it; MB are 10^6 bytes of keys and values."""
    records = frame.delivered - frame.warm_up
    seconds = frame.at - frame.measured_from - frame.paused_s
    if not frame.measured_from or records <= 0 or seconds <= 0:
        return Throughput(None, None)
    payload = frame.payload_bytes - frame.warm_up_bytes
    return Throughput(round(records / seconds, 1), round(payload / seconds / 1e6, 3))


def _latency(frame: Frame) -> LatencyMs:
    p50, p95, p99, p999 = percentiles(frame.latency, (50, 95, 99, 99.9))
    highest = frame.latency_max_us / 1000 if frame.latency else None
    return LatencyMs(p50, p95, p99, p999, highest)


def _batches(frame: Frame) -> BatchFacts:
    batches = frame.batches
    if not batches.count or batches.records is None or batches.bytes is None:
        return BatchFacts(batches.count, batches.records)
    return BatchFacts(
        count=batches.count,
        records=batches.records,
        records_avg=round(batches.records / batches.count, 1),
        bytes_avg=round(batches.bytes / batches.count, 1),
    )
