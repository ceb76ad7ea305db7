"""The top line: which cluster, which topic, and what the config promises."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from workbench.producer_config import Promise
from workbench.ui.glyphs import DEAD, FAILED, FROZEN, OK, UP, WARNING, fit
from workbench.ui.session import Session
from workbench.ui.theme import Roles, palette

_KINDS = {
    "lab": ("lab cluster", "lab"),
    "apache": ("Apache Kafka", "apache"),
    "remote": ("remote cluster", "remote"),
}
_GAP = 3
_FULLER = 3
_MOST_DOTS = 12
Spans = Sequence[tuple[str, str]]


class Header(Widget):
    """`show` takes the state; the line is made for the room there is when it is drawn."""

    DEFAULT_CSS = "Header { height: 1; background: $k-base; color: $k-text; padding: 0 1; }"

    parts: reactive[tuple[tuple[Spans, ...], tuple[Spans, ...]] | None] = reactive(None)

    def show(self, session: Session, promise: Promise | None, *, refused: bool = False) -> None:
        """No promise: not yet known what the topic asks for. `refused`: no producer starts."""
        roles = palette(self.app)
        rights = _refused(roles) if refused else _promise(promise, roles) if promise else ()
        self.parts = (tuple(_left(session, roles)), tuple(rights))

    def render(self) -> RenderableType:
        if self.parts is None:
            return Text("")
        lefts, rights = self.parts
        room = self.content_size.width
        left, right = _together(lefts, rights, room)
        gap = room - _width(left) - _width(right)
        return Text.assemble(*left, " " * gap, *right, no_wrap=True)


def _together(lefts: Sequence[Spans], rights: Sequence[Spans], room: int) -> tuple[Spans, Spans]:
    """The longest promise beside which topic and cluster have room in one of their fuller forms."""
    for right in rights:
        for left in lefts[:_FULLER]:
            if _width(left) + _GAP + _width(right) <= room:
                return left, right
    return fit(room, lefts), ()


def _width(spans: Spans) -> int:
    return sum(len(text) for text, _ in spans)


def _left(session: Session, roles: Roles) -> list[Spans]:
    badge = (" kwb ", f"bold {roles.on} on {roles.accent}")
    plan = session.scenario.topic
    topic = session.topic if session.topic and session.topic.name == plan.name else None
    replicas = len(topic.partitions[0].replicas) if topic and topic.partitions else plan.replication_factor
    least = (topic.config if topic else plan.config).get("min.insync.replicas")
    count = session.partitions
    long = [
        _counted(count, "partition"),
        f"rf {replicas}",
        *([f"min.insync {least}"] if least else []),
    ]
    short = [f"{count}p", f"rf {replicas}", *([f"isr ≥ {least}"] if least else [])]
    name = (plan.name, f"bold {roles.text}")
    dots = _brokers(session, roles)
    kinds = _KINDS[session.scenario.cluster.kind]
    brokers = (f" {_counted(len(session.view.brokers), 'broker')}", roles.muted) if session.view else ("", "")
    forms: list[Spans] = []
    for kind, after, facts in (
        (kinds[0], brokers, long), (kinds[0], ("", ""), short), (kinds[-1], ("", ""), short),
    ):  # fmt: skip
        head = [badge, ("  ", ""), (kind, f"bold {roles.text}"), (" ", ""), *dots, after]
        forms.append([*head, ("   ", ""), name, (f" {' · '.join(facts)}", roles.muted)])
    forms.append([badge, (" ", ""), *dots, (" ", ""), name, (f" {short[0]}", roles.muted)])
    forms.append([badge, (" ", ""), *dots])
    return forms


def _brokers(session: Session, roles: Roles) -> list[tuple[str, str]]:
    view = session.view
    if session.phase == "unavailable":
        return [(DEAD, roles.bad)]
    if view is None:
        return [("◌ starting", roles.warn)]
    known = sorted({broker.id for broker in view.brokers} | session.out)
    return [_dot(session, broker, roles) for broker in known[:_MOST_DOTS]]


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def frozen(session: Session) -> frozenset[int]:
    """Brokers that stand still, of those that answer nobody: as the cluster was last seen from inside."""
    inside = session.cluster_state.brokers if session.cluster_state else ()
    return frozenset(one.id for one in inside if one.condition == "frozen") & session.out


def _dot(session: Session, broker: int, roles: Roles) -> tuple[str, str]:
    if broker not in session.out:
        return UP, roles.ok
    return FROZEN if broker in frozen(session) else DEAD, roles.warn


def _promise(promise: Promise, roles: Roles) -> list[Spans]:
    """The head and what it means, in two lengths; three marks; the head alone."""
    head = (promise.head, f"bold {roles.ok if promise.survives else roles.warn}")
    sentences = [[head, (" → ", roles.muted), (text, roles.text)] for text in promise.sentences[:2]]
    kept = f"survives {promise.survives}"
    facts = (
        (promise.survives > 0, kept, "may lose", "loss?"),
        (promise.once, "once", "may repeat", "twice?"),
        (promise.ordered, "order", "may reorder", "order?"),
    )
    return [*sentences, _marks(facts, roles, 2), _marks(facts, roles, 3), [head]]


def _refused(roles: Roles) -> list[Spans]:
    mark = (f"{FAILED} ", f"bold {roles.bad}")
    return [
        [mark, (text, roles.text)] for text in ("the client refuses this config", "config refused", "refused")
    ]


def _marks(facts: Sequence[tuple[bool, str, str, str]], roles: Roles, form: int) -> Spans:
    """What holds with a check mark, what does not in the words of the form."""
    marks: list[tuple[str, str]] = []
    for fact in facts:
        good = fact[0]
        marks.append(("  " if marks else "", ""))
        marks.append((f"{OK if good else WARNING} ", roles.ok if good else roles.warn))
        marks.append((fact[1] if good else str(fact[form]), roles.text))
    return marks
