"""The report as a person reads it in a terminal, and as JSON."""

import msgspec

from workbench.model.report import Report

_SHARES = 12
_PROVED = ("lost", "vanished", "expired", "duplicated", "reordered")


def as_json(report: Report) -> str:
    """One line."""
    return msgspec.json.encode(report).decode()


def as_text(report: Report) -> str:
    sections = [_head(report), _ledger(report), _figures(report), _partitions(report), *_troubles(report)]
    return "\n".join(line for section in sections for line in section)


def _head(report: Report) -> list[str]:
    cluster = report.cluster
    version = f" ({cluster.version})" if cluster.version else ""
    return [
        f"{report.scenario}: {report.state}",
        f"  {cluster.kind}{version}, {cluster.brokers} brokers, {report.client.name} {report.client.version}",
    ]


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
        lines += [
            f"  stored {ledger.stored:,}: read back from the log",
            "  " + "  ".join(f"{name} {getattr(ledger, name):,}" for name in _PROVED),
        ]
    elif report.verify.state == "unfinished":
        lines.append(f"  not read back: {report.verify.reason}")
    return lines


def _figures(report: Report) -> list[str]:
    latency, throughput, batches = report.latency_ms, report.throughput, report.batches
    lines = []
    if throughput.records_per_s is not None:
        lines.append(
            f"  {report.seconds:,.3f} s, {throughput.records_per_s:,.0f} records/s,"
            f" {throughput.mb_per_s:,.2f} MB/s"
        )
    if latency.p50 is not None:
        lines.append(
            f"  latency, send() to report: p50 {latency.p50:,.2f} ms, p95 {latency.p95:,.2f} ms,"
            f" p99 {latency.p99:,.2f} ms, max {latency.max:,.2f} ms"
        )
    if batches.records_avg is not None:
        lines.append(
            f"  {batches.count:,} batches of {batches.records_avg:,.1f} records on average,"
            f" {report.requests.count:,} produce requests"
        )
    return lines


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
    errors = [f"  {error.count:,} × {error.code} ({error.where})" for error in report.errors]
    expected = [
        f"  {'✓' if e.held else '✗'} {e.path} {e.wanted}" + ("" if e.held else f", got {_shown(e.got)}")
        for e in report.expect
    ]
    return [errors, expected, [f"  BUG: {broken}" for broken in report.ledger.broken_equations()]]


def _shown(value: object) -> str:
    return "nothing (not known)" if value is None else str(value)
