"""The report as a person reads it in a terminal, and as JSON."""

import msgspec

from workbench.insight.units import two_decimals
from workbench.model.fault import CONTROLLER
from workbench.model.report import Example, LatencyMs, Report
from workbench.producer_config.values import letters

_SHARES = 12
_PROVED = ("lost", "vanished", "expired", "duplicated", "reordered")


def as_json(report: Report) -> str:
    """One line."""
    return msgspec.json.encode(report).decode()


def as_text(report: Report) -> str:
    sections = [
        *(_head(report), _ledger(report), _examples(report), _figures(report), _partitions(report)),
        *(_faults(report), *_troubles(report), _held_up(report)),
    ]
    return "\n".join(letters(line) for section in sections for line in section)


def _head(report: Report) -> list[str]:
    cluster = report.cluster
    engines = f", {report.engines} engines" if report.engines > 1 else ""
    version = f" ({cluster.version})" if cluster.version else ""
    client = f"{report.client.name} {report.client.version}{engines}"
    return [
        f"{report.scenario}: {report.state}",
        f"  {cluster.kind}{version}, {cluster.brokers} brokers, {client}",
        *_emulated(report),
        *_ring(report),
    ]


def _ring(report: Report) -> list[str]:
    if report.ring is None or report.ring >= report.ledger.sent:
        return []
    return [f"  {report.ring:,} different records, made beforehand and sent over and over (send.ring)"]


def _emulated(report: Report) -> list[str]:
    ours = report.emulated
    told = [f"partitioner {ours.partitioner}"] if ours.partitioner else []
    told += [f"interceptor {each}" for each in ours.interceptors]
    return [f"  emulated by kwb's engine: {', '.join(told)}"] if told else []


def _ledger(report: Report) -> list[str]:
    ledger, knows = report.ledger, report.program_knows
    parts = [
        (name, getattr(ledger, name)) for name in ("rejected", "acked", "unconfirmed", "failed", "pending")
    ]
    lines = [
        f"  sent {ledger.sent:,} = " + " + ".join(f"{count:,} {name}" for name, count in parts),
        f"  the program knows of {knows.acked:,} acked, {knows.failed:,} failed, {knows.unknown:,} unknown",
    ]
    if report.verify.state == "verified":
        counts = {name: getattr(ledger, name) for name in _PROVED}
        lines += [
            _proof(report),
            "  " + "  ".join(f"{name} {n:,}" for name, n in counts.items() if n is not None),
        ]
    elif report.verify.state == "unfinished":
        lines.append(f"  not read back: {report.verify.reason}")
    return lines


def _proof(report: Report) -> str:
    stored = report.ledger.stored
    if report.verify.by == "headers":
        return f"  stored {stored:,}: read back from the log"
    unknown = [name for name in _PROVED if getattr(report.ledger, name) is None]
    more = f" and {report.verify.unreported:,} that no report names" if report.verify.unreported else ""
    return (
        f"  stored {report.ledger.acked_stored:,}{more}: read back from the log by partition and offset,"
        f" which do not tell what was {' or '.join(unknown)}"
    )


def _examples(report: Report) -> list[str]:
    """To be looked up by hand: kcat -C -t TOPIC -p P -o OFFSET -c 1 -f '%k %h'."""
    return [f"    {_example(example)}" for example in report.examples]


def _example(example: Example) -> str:
    where = "" if example.partition is None else f" p{example.partition}"
    if example.offset is not None:
        acked = " acked at" if example.kind in {"lost", "expired"} else ""
        where += f"{acked} offset {example.offset}"
    first = "" if example.first_offset is None else f", first at {example.first_offset}"
    number = "a record" if example.seq is None else f"record {example.seq}"
    key = "no key" if example.key is None else f"key {example.key}"
    return f"{example.kind.replace('_', ' ')}: {number},{where}{first}, {key}"


def _faults(report: Report) -> list[str]:
    """When each was done, to whom, and how many records were acked then."""
    lines = []
    for number, fault in enumerate(report.faults, start=1):
        them = ", ".join("the controller" if b == CONTROLLER else f"broker {b}" for b in fault.brokers)
        target = f" {fault.target}" if fault.target else ""
        what = f"  fault {number}: {fault.do}{target}" + (f" ({them})" if them else "")
        if fault.problem:
            lines.append(f"{what}: {fault.problem}")
        else:
            lines.append(f"{what} at {fault.at_s:.3f} s: {fault.sent:,} sent, {fault.acked:,} acked")
    if report.leader_changes:
        moved = [p for p in report.partitions if len(p.leaders) > 1][:_SHARES]
        told = "  ".join(f"p{p.partition} {' → '.join(map(str, p.leaders))}" for p in moved)
        lines.append(f"  led by brokers {told}")
    return lines


def _figures(report: Report) -> list[str]:
    latency, throughput, batches = report.latency_ms, report.throughput, report.batches
    lines = []
    if throughput.records_per_s is not None:
        lines.append(
            f"  {report.seconds:,.3f} s, {throughput.records_per_s:,.0f} records/s,"
            f" {two_decimals(throughput.mb_per_s or 0.0)} MB/s"
        )
    if latency.p50 is not None:
        paced = report.latency_from_send_ms != latency
        lines.append(f"  latency, {'due' if paced else 'send()'} to report: {_percentiles(latency)}")
        if paced:  # both, or a client that stalls would hide it
            lines.append(f"  latency, send() to report: {_percentiles(report.latency_from_send_ms)}")
    if batches.count is not None and batches.records_avg is not None:
        made = f"  {_counted(batches.count, 'batch', 'batches')} of {batches.records_avg:,.1f} records"
        sent = report.requests.count
        told = "" if sent is None else f", {_counted(sent, 'produce request', 'produce requests')}"
        lines.append(f"{made} on average{told}")
    return lines


def _counted(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"


def _percentiles(latency: LatencyMs) -> str:
    named = {"p50": latency.p50, "p95": latency.p95, "p99": latency.p99, "max": latency.max}
    return ", ".join(f"{name} {ms:,.2f} ms" for name, ms in named.items() if ms is not None)


def _partitions(report: Report) -> list[str]:
    delivered = report.ledger.acked + report.ledger.unconfirmed
    if not delivered:
        return []
    shares = [
        f"p{p.partition} {p.acked:,} ({100 * p.acked / delivered:.0f} %)"
        for p in report.partitions
        if p.acked
    ]
    more = [f"… and {len(shares) - _SHARES} more"] if len(shares) > _SHARES else []
    return ["  " + "  ".join(shares[:_SHARES] + more)]


def _troubles(report: Report) -> list[list[str]]:
    errors = [
        f"  the producer could send no more: {error.code}: {error.text}"
        if error.where == "producer"
        else f"  {error.count:,} × {error.code} ({error.where})" + (f": {error.text}" if error.text else "")
        for error in report.errors
    ]
    expected = [
        f"  {'✓' if e.held else '✗'} {e.path} {e.wanted}" + ("" if e.held else f", got {_shown(e.got)}")
        for e in report.expect
    ]
    return [errors, expected, [f"  BUG: {broken}" for broken in report.ledger.broken_equations()]]


def _held_up(report: Report) -> list[str]:
    """Nothing where the run was too short for the client to tell of its inside."""
    return [f"  {report.held_up.sentence}"] if report.held_up.sentence else []


def _shown(value: object) -> str:
    return "nothing (not known)" if value is None else str(value)
