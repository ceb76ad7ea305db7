"""How those who conduct a run say what happened."""

from typing import Protocol

from workbench.model.events import EventKind, Severity
from workbench.model.frame import Frame
from workbench.model.report import Report
from workbench.model.scenario import SendPlan


class Tell(Protocol):
    """Makes an Event of now."""

    def __call__(
        self, kind: EventKind, severity: Severity, what: str = "", consequence: str = "", where: str = ""
    ) -> None: ...


def tell_start(tell: Tell, send: SendPlan, topic: str) -> None:
    ours = [f"partitioner {send.partitioner}"] if send.partitioner else []
    ours += [f"interceptor {each}" for each in send.interceptors]
    emulated = f"emulated by kwb's engine: {', '.join(ours)}" if ours else ""
    tell("run started", "info", f"{send.count:,} records to {topic}", emulated)


def tell_end(tell: Tell, frame: Frame) -> None:
    counts = {"acked": frame.acked, "unconfirmed": frame.unconfirmed, "failed": frame.failed}
    counts |= {"rejected": frame.rejected, "without a report": frame.in_flight}
    told = [f"{count:,} {word}" for word, count in counts.items() if count]
    ring = [f"{frame.ring:,} different records over and over"] if 0 < frame.ring < frame.sent else []
    what = " · ".join([*told, f"{frame.seconds:,.1f} s", *ring])
    whole = frame.delivered == frame.sent
    if frame.state == "stopped":
        tell("stopped", "warn" if whole else "bad", f"{frame.sent:,} of {frame.target:,} sent", what)
    else:
        tell("run done", "ok" if whole else "bad", what)


def tell_proof(tell: Tell, report: Report) -> None:
    ledger = report.ledger
    if report.verify.state == "unfinished":
        tell("note", "warn", "not read back", report.verify.reason or "")
    elif report.verify.state == "verified":
        wrong = {"lost": ledger.lost, "vanished": ledger.vanished, "duplicated": ledger.duplicated}
        told = [f"{count:,} {word}" for word, count in wrong.items() if count is not None]
        by = ", by partition and offset" if report.verify.by == "offsets" else ""
        stored = ledger.acked_stored if ledger.stored is None else ledger.stored
        tell("verified", "bad" if any(wrong.values()) else "ok", f"{stored:,} stored{by}", " · ".join(told))
