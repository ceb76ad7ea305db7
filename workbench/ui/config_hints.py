"""What is to be said of a config as it is written, for the rows it concerns."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from workbench.model.cluster_view import TopicView
from workbench.producer_config import catalogue_name, property_named, to_librdkafka, wrong_with
from workbench.producer_config.rules import Fix, KnownCluster, KnownTopic, check, lint
from workbench.producer_config.rules import Hint as Finding
from workbench.ui.config_model import Hint, Severity
from workbench.ui.written import Written

_SEVERITY: dict[str, Severity] = {"error": "bad", "warning": "warn", "info": "info"}
_KEPT = 64
_Items = tuple[tuple[str, str], ...]
Findings = tuple[Finding, ...]


class Judge:
    """The rules, with what is known of the topic and the brokers; a config is looked at only once."""

    def __init__(self, topic: TopicView | None, planned: Mapping[str, str], cluster: KnownCluster) -> None:
        seen = KnownTopic.of(topic) if topic is not None else KnownTopic()
        self._topic = KnownTopic(seen.partitions, seen.replication_factor, {**planned, **seen.config})
        self._cluster = cluster
        self._found: dict[tuple[str, _Items], Findings] = {}

    def run(self, producer: Mapping[str, str]) -> Findings:
        """Of what librdkafka is to run."""
        return self._once("run", producer, lambda: check(dict(producer), self._topic, self._cluster))

    def of(self, written: Written) -> Findings:
        """Of what is written, for the client in whose names it is."""
        if written.client == "librdkafka":
            return self.run(written.producer)
        return self._once(
            "java", written.config,
            lambda: lint(written.config, "java", topic=self._topic, cluster=self._cluster),
        )  # fmt: skip

    def refusal(self, producer: Mapping[str, str]) -> str | None:
        """Why kwb's client would not start with it."""
        found = self._refused(producer)
        return found.text if found else None

    def refused_setting(self, producer: Mapping[str, str]) -> str:
        """The catalogue's name of the setting that is in its way; empty where nothing is."""
        found = self._refused(producer)
        return found.property if found else ""

    def _refused(self, producer: Mapping[str, str]) -> Finding | None:
        return next((found for found in self.run(producer) if found.severity == "error"), None)

    def count_wrong(self, written: Written) -> int:
        return sum(found.severity != "info" for found in self.of(written))

    def _once(self, kind: str, config: Mapping[str, str], look: Callable[[], list[Finding]]) -> Findings:
        key = kind, tuple(config.items())
        if key not in self._found:
            while len(self._found) >= _KEPT:
                del self._found[next(iter(self._found))]
            self._found[key] = tuple(look())
        return self._found[key]


def hints_of(judge: Judge, written: Written) -> dict[str, list[Hint]]:
    """By the name of the row."""
    found: dict[str, list[Hint]] = {}
    for finding in judge.of(written):
        found.setdefault(_row(finding.property, written), []).append(_hint(finding, finding.severity))
    for name, hint in _notes(written).items():
        found.setdefault(name, []).append(hint)
    return found


def typed_hints(judge: Judge, written: Written, name: str, text: str) -> list[Hint]:
    """What is to be said of a value while it is typed; only what is wrong with it alone is bad."""
    alone = _alone(written, name, text)
    changed = written.with_property(name, text)
    hints = []
    for finding in judge.of(changed):
        if _row(finding.property, changed) == name:
            milder = finding.severity == "error" and not alone
            hints.append(_hint(finding, "warning" if milder else finding.severity))
    if not alone and (note := _notes(changed).get(name)):
        hints.append(note)
    return hints


def _alone(written: Written, name: str, text: str) -> bool:
    if written.client == "librdkafka":
        return wrong_with(name, text) is not None
    return any(found.severity == "error" for found in lint({name: text}, "java") if found.property == name)


def _hint(finding: Finding, severity: str) -> Hint:
    return Hint(_SEVERITY[severity], finding.short, finding.clients, fix=_changes(finding.fix))


def _changes(fix: Fix | None) -> dict[str, str | None] | None:
    if fix is None:
        return None
    gone: dict[str, str | None] = {fix.replaces: None} if fix.replaces else {}
    return {**gone, fix.property: fix.text}


def _row(name: str, written: Written) -> str:
    return name if name in written.config or name in written.aside else catalogue_name(name)


@lru_cache(maxsize=8)
def _translated(items: _Items) -> Mapping[str, tuple[str, str]]:
    return {note.property: (note.kind, note.sentence) for note in to_librdkafka(dict(items)).notes}


def translation_of(written: Written, name: str) -> tuple[str, str] | None:
    """How the run takes a property of Java's: the kind, and a sentence; None where nothing is set."""
    return _translated(tuple(written.config.items())).get(name) if written.client == "java" else None


def _notes(written: Written) -> dict[str, Hint]:
    """Properties of Java's that librdkafka cannot take, or not quite; only of what somebody asked for."""
    hints: dict[str, Hint] = {}
    if written.client == "librdkafka":
        return hints
    for name, (kind, sentence) in _translated(tuple(written.config.items())).items():
        said = _lower(sentence)
        if kind == "impossible" and property_named(name) is not None:
            hints[name] = Hint("warn", f"not in the run: {said}")
        elif kind == "approximated" and written.origin is None:
            hints[name] = Hint("info", f"in the run, nearly: {said}")
    return hints


def _lower(sentence: str) -> str:
    first, _, rest = sentence.rstrip(".").partition(" ")
    return f"{first.lower() if first in {'It', 'They', 'Both', 'The'} else first} {rest}"
