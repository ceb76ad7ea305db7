"""From a run's last frame and its read-back to the report."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest

import msgspec

from workbench.engine.protocol import Found, ReadBackDone
from workbench.model.frame import Frame
from workbench.model.histogram import percentiles
from workbench.model.ledger import Ledger
from workbench.model.report import (
    BatchFacts,
    Client,
    ClusterFacts,
    Emulated,
    HeldUp,
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
from workbench.run.holding_up import ClientSeen
from workbench.run.staging import Staging

_TOLD = ("producer", "template", "serializer", "registry", "partitioner", "interceptor")
"""Where errors come from whose words are told."""


def report_of(
    scenario: Scenario,
    client: Client,
    cluster: ClusterFacts,
    frame: Frame,
    proof: ReadBackDone | None,
    *,
    staging: Staging | None = None,
    seen: ClientSeen | None = None,
) -> Report:
    """The whole report; `proof` is None where no read-back was asked for, or none could be had."""
    leaders = staging.watching.leaders if staging else {}
    found = proof.found if proof else None
    throughput = _throughput(frame)
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
        throughput=throughput,
        latency_ms=_latency(frame.latency, frame.latency_max_us),
        latency_from_send_ms=_latency(
            frame.latency_from_send or frame.latency,
            frame.latency_from_send_max_us or frame.latency_max_us,
        ),
        partitions=_partitions(frame, found, leaders),
        errors=tuple(
            ReportedError(e.code, e.count, e.where, e.text if e.where in _TOLD else None)
            for e in frame.errors
        ),
        batches=_batches(frame),
        requests=RequestFacts(frame.batches.requests, frame.batches.wire_bytes),
        held_up=seen.held_up(scenario, frame, throughput.records_per_s) if seen else HeldUp(),
        engines=scenario.send.engines,
        ring=frame.ring or None,
        moved_keys=found.moved_keys if found else None,
        emulated=Emulated(scenario.send.partitioner, scenario.send.interceptors),
        leader_changes=staging.watching.leader_changes if staging and leaders else None,
        faults=tuple(staging.director.facts) if staging else (),
        examples=found.examples if found else (),
    )
    return msgspec.structs.replace(report, expect=judged(report, scenario.expect))


def _partitions(
    frame: Frame, found: Found | None, leaders: Mapping[int, Sequence[int]]
) -> tuple[PartitionFacts, ...]:
    """Those the run began with and those that were added."""
    stored = found.partitions if found else ()
    pairs = zip_longest(frame.partitions, stored, fillvalue=0)
    return tuple(
        PartitionFacts(p, acked, count if found else None, tuple(leaders.get(p, ())))
        for p, (acked, count) in enumerate(pairs)
    )


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
    if scenario.send.batch is not None:
        return Verify("verified", by="offsets", unreported=proof.found.unreported)
    return Verify("verified", by="headers")


def _throughput(frame: Frame) -> Throughput:
    """Of the records after the warm-up, in the time after it; MB are 10^6 bytes of keys and values."""
    records = frame.delivered - frame.warm_up
    seconds = frame.at - frame.measured_from - frame.paused_s
    if not frame.measured_from or records <= 0 or seconds <= 0:
        return Throughput(None, None)
    payload = frame.payload_bytes - frame.warm_up_bytes
    return Throughput(round(records / seconds, 1), round(payload / seconds / 1e6, 3))


def _latency(histogram: Mapping[int, int], max_us: int) -> LatencyMs:
    p50, p95, p99, p999 = percentiles(histogram, (50, 95, 99, 99.9))
    return LatencyMs(p50, p95, p99, p999, max_us / 1000 if histogram else None)


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
