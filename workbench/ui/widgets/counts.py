"""The run in figures: how far it is, and the ledger's words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from workbench.insight.live import Insight
from workbench.insight.units import span_text
from workbench.ui.glyphs import fit, number
from workbench.ui.session import Session
from workbench.ui.theme import Roles, palette

if TYPE_CHECKING:
    from workbench.model.report import Report

Spans = Sequence[tuple[str, str]]


class Figures(Widget):
    """One line, made from the session for the width there is."""

    DEFAULT_CSS = "Figures { height: 1; }"

    line: reactive[Text] = reactive(Text, layout=False)

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._session: Session | None = None
        self._shown: object = None

    def show(self, session: Session) -> None:
        self._session = session
        shown = (
            session.insight,
            session.report,
            session.phase,
            session.problem,
            session.scenario,
            self.app.theme,
        )
        if shown != self._shown:
            self._shown = shown
            self.on_resize()

    def on_resize(self) -> None:
        if self._session is not None:
            self.line = self.text_for(self._session, self.size.width)

    def render(self) -> RenderableType:
        return self.line

    def text_for(self, session: Session, width: int) -> Text:
        raise NotImplementedError


class Progress(Figures):
    """`48,222 sent of 100,000`, and at the right how far that is."""

    def text_for(self, session: Session, width: int) -> Text:
        roles = palette(self.app)
        insight = session.insight
        if insight is None:
            return Text(f"{number(session.scenario.send.count)} to send", roles.muted)
        sent = [(number(insight.frame.sent), f"bold {roles.text}"), (" sent", roles.text)]
        of = (f" of {number(insight.frame.target)}", roles.muted)
        return _ends([[*sent, of], sent], _progress(insight, roles), width)


class Counts(Figures):
    """`47,996 acked  12 failed  214 in flight`; after the read-back also what was stored.

    What is none is left out.
    """

    def text_for(self, session: Session, width: int) -> Text:
        insight, roles = session.insight, palette(self.app)
        if insight is None:
            return Text("")
        return Text.assemble(*fit(width, _ledger(insight, session.report, roles)), no_wrap=True)


class RunFigures(Figures):
    """The ledger, the rate, and how far, in one line."""

    def text_for(self, session: Session, width: int) -> Text:
        roles = palette(self.app)
        insight = session.insight
        if insight is None:
            words = (
                "nothing sent yet"
                if session.phase == "idle"
                else session.problem or "the cluster is starting"
            )
            return Text(words, roles.muted, no_wrap=True, overflow="ellipsis")
        rate = [("  ", ""), (number(insight.rate), f"bold {roles.text}"), (" rec/s", roles.muted)]
        forms = _ledger(insight, session.report, roles)
        lefts = [spans for form in forms for spans in ([*form, *rate], form)]
        lefts.sort(key=_width, reverse=True)
        return _ends(lefts, _progress(insight, roles), width)


def _width(spans: Spans) -> int:
    return sum(len(text) for text, _ in spans)


def _ends(lefts: Sequence[Spans], right: Spans, room: int) -> Text:
    left = fit(room - _width(right) - 1, lefts)
    gap = max(room - _width(left) - _width(right), 1)
    return Text.assemble(*left, " " * gap, *right, no_wrap=True)


def _progress(insight: Insight, roles: Roles) -> list[tuple[str, str]]:
    """`48 %  ETA 26 s`; once it is over `in 12.3 s`."""
    strong = f"bold {roles.text}"
    share = (f"{int(insight.done_share * 100)} %", strong)
    if insight.ended:
        return [share, ("  in ", roles.muted), (span_text(insight.seconds), strong)]
    if insight.eta_s is None:
        return [share]
    return [share, ("  ETA ", roles.muted), (span_text(insight.eta_s), strong)]


def _ledger(insight: Insight, report: "Report | None", roles: Roles) -> list[list[tuple[str, str]]]:
    """The parts that there are, and their shorter form; never a number cut."""
    frame = insight.frame
    flying = "pending" if insight.ended else "in flight"
    words = [
        ("ok", frame.acked, "acked", "acked"),
        ("warn", frame.unconfirmed, "unconfirmed", "unconf."),
        ("bad", frame.failed, "failed", "failed"),
        ("bad", frame.rejected, "rejected", "rejected"),
        ("wire", frame.in_flight, flying, "flying"),
    ]
    shown = [word for word in words if word[1]] or words[:1]
    shown += _proved(report)
    variants = []
    for form, gap in ((2, "  "), (3, " ")):
        spans: list[tuple[str, str]] = []
        for word in shown:
            spans.append((gap if spans else "", ""))
            spans.append((number(word[1]), f"bold {getattr(roles, word[0])}"))
            spans.append((f" {word[form]}", roles.muted))
        variants.append(spans)
    return variants


def _proved(report: "Report | None") -> list[tuple[str, int, str, str]]:
    """What the read-back found; nothing as long as it has not."""
    ledger = report.ledger if report else None
    if ledger is None:
        return []
    stored = ledger.stored
    if stored is None:  # load mode cannot tell its failed records in the log
        if ledger.acked_stored is None or ledger.unconfirmed_stored is None:
            return []
        stored = ledger.acked_stored + ledger.unconfirmed_stored
    wrong = [
        ("bad", ledger.lost, "lost", "lost"),
        ("bad", ledger.vanished, "vanished", "vanished"),
        ("warn", ledger.duplicated, "duplicated", "dupl."),
        ("warn", ledger.reordered, "reordered", "reord."),
    ]
    found = [(role, count, word, short) for role, count, word, short in wrong if count]
    return [("repl", stored, "stored", "stored"), *found]
