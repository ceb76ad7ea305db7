"""A producer's config as the screen lists it: values as they come to stand, hints, what waits."""

from collections.abc import Mapping, Sequence
from functools import cache

from workbench.producer_config import (
    GROUPS,
    Client,
    Promise,
    Property,
    all_properties,
    catalogue_name,
    counterpart,
    mask_secrets,
    promise,
    property_named,
)
from workbench.producer_config.known import unknown
from workbench.producer_config.meaning import Meaning, TopicFacts, meaning
from workbench.producer_config.values import number
from workbench.ui.config_digest import digest, value_in_words
from workbench.ui.config_hints import hints_of
from workbench.ui.config_model import Group, Hint, Setting
from workbench.ui.session import Session
from workbench.ui.standing import stands, translated, usual
from workbench.ui.written import DEFAULTS, Written

BOOTSTRAP = "bootstrap.servers"
_OTHERS = "Also set"
_MORE = "more"
_NOT_SET = ""
_FEW = 8
"""Of so many settings a group is opened for one that is set."""


def groups(session: Session, *, hints: bool = True) -> list[Group]:
    """All that the client has, in the catalogue's order; of a group with essentials the rest for itself.

    `hints`: False for the first paint, which does not wait for them.
    """
    written = session.written
    view = _View(session, written, hints_of(session.judge, written) if hints else {})
    result: list[Group] = []
    for group in GROUPS:
        items = [item for item in _listed(written.client) if item.group == group]
        essential = [item for item in items if item.essential]
        rest = [item for item in items if not item.essential]
        if essential:
            rows = [view.setting(item) for item in essential]
            if group == GROUPS[0]:
                rows = [_servers(session.bootstrap_servers), *view.defaults_row(), *rows]
            result.append(Group(group, rows, digest=digest(group, rows, _units(written.client))))
        if rest:
            result.append(view.closed(group, rest, inner=bool(essential)))
    if others := view.others():
        label = "librdkafka's own" if written.client == "java" else _OTHERS
        result.append(Group(_OTHERS, others, label, digest(_OTHERS, others, {})))
    return result


@cache
def _listed(client: Client) -> tuple[Property, ...]:
    return tuple(
        item
        for item in all_properties()
        if item.name != BOOTSTRAP and (item.of(client) or (item.emulated and client == "librdkafka"))
    )


@cache
def _units(client: Client) -> Mapping[str, str]:
    return {item.name: item.unit for item in _listed(client)}


class _View:
    """One look at a config: what stands, what stood when the run began, and the hints."""

    def __init__(self, session: Session, written: Written, hints: Mapping[str, Sequence[Hint]]) -> None:
        self._client = written.client
        self._config = written.config
        self._aside = written.aside
        self._stands = stands(written)
        self._usual = usual(written.client)
        ran = session.running_written
        if ran is not None and ran.client != written.client:
            ran = translated(ran, written.client)
        self._running = stands(ran) if ran else self._stands
        self._hints = hints
        self._runs = {**ran.config, **ran.aside} if ran else None
        self._asked = {catalogue_name(name) for name in (written.origin or written.config)}

    def setting(self, item: Property) -> Setting:
        name = item.name
        value, default = self._stands.get(name, _NOT_SET), self._usual.get(name, _NOT_SET)
        shown = mask_secrets({name: value})[name]
        offers = item.offers or (item.choices if self._client == "librdkafka" else _choices(item))
        return Setting(
            name,
            shown,
            value_in_words(item, value),
            () if item.offers else _choices(item) if self._client == "java" else item.choices,
            changed=value != default,
            waits=value != self._running.get(name, _NOT_SET),
            read_only=not settable(name, self._client),
            hints=tuple(self._hints.get(name, ())),
            labels=(item.short,) if item.short else (),
            offers=offers,
            secret=shown != value or item.secret,
            words=_words(item, self._client),
        )

    def defaults_row(self) -> list[Setting]:
        if self._client == "java":
            return []
        value = self._config.get(DEFAULTS, "librdkafka")
        ran = self._runs.get(DEFAULTS, "librdkafka") if self._runs is not None else value
        return [
            Setting(
                DEFAULTS,
                mask_secrets({DEFAULTS: value})[DEFAULTS],
                choices=("librdkafka", "java"),
                changed=value != "librdkafka",
                waits=value != ran,
                hints=tuple(self._hints.get(DEFAULTS, ())),
                words="java librdkafka whose defaults",
            )
        ]

    def closed(self, group: str, items: Sequence[Property], *, inner: bool) -> Group:
        rows = [self.setting(item) for item in items]
        name = f"{group}, {_MORE}" if inner else group
        wanted = any(row.name in self._asked or _is_wrong(row) for row in rows)
        told = digest(group, rows, _units(self._client))
        return Group(name, rows, _MORE if inner else group, told, open=wanted and len(rows) <= _FEW)

    def others(self) -> list[Setting]:
        """What is set and stands in none of the groups."""
        listed = {item.name for item in _listed(self._client)}
        said = {**self._config, **self._aside}
        masked = mask_secrets(said)
        return [
            Setting(
                name,
                text,
                changed=True,
                waits=self._runs is not None and self._runs.get(name) != said[name],
                read_only=False,
                hints=tuple(self._hints.get(catalogue_name(name), self._hints.get(name, ()))),
                secret=text != said[name],
            )
            for name, text in masked.items()
            if catalogue_name(name) not in listed and name != DEFAULTS
        ]


def _is_wrong(row: Setting) -> bool:
    return any(hint.severity != "info" for hint in row.hints)


def _choices(item: Property) -> tuple[str, ...]:
    facts = item.java
    if facts is None:
        return ()
    return item.closed or facts.choices or (("true", "false") if facts.kind == "bool" else ())


@cache
def settable(name: str, client: Client) -> bool:
    """Whether a config of kwb's can hold it."""
    item = property_named(name)
    if client == "java":
        return name != BOOTSTRAP and item is not None and item.java is not None
    return name == DEFAULTS or (unknown(name) is None and (item is None or item.kind != "code"))


@cache
def _words(item: Property, client: Client) -> str:
    facts = item.of(client)
    other = counterpart(item.name, client)
    aliases = (facts.name, *facts.aliases) if facts else ()
    return " ".join((*aliases, other, item.group, item.does))


def _servers(text: str | None) -> Setting:
    first, *more = (text or "not yet known").split(",")
    short = (f"{first} +{len(more)}", first) if more else ()
    return Setting(BOOTSTRAP, text or first, read_only=True, labels=("bootstrap",), short_values=short)


# ── what it means ─────────────────────────────────────────────────────────────────────────────────


def promised(session: Session) -> Promise | None:
    """By the running config while a run is on, else by the one that would run; None before the start."""
    if session.view is None:
        return None
    running = session.running if session.run_on else None
    topic = topic_facts(session)
    config = (running or session.scenario).producer
    return promise(config, topic.replication_factor, topic.min_insync_replicas)


def is_refused(session: Session) -> bool:
    """Whether the config that would run next is one that no producer starts with; a run's own is not."""
    return not session.run_on and session.judge.refusal(session.scenario.producer) is not None


def meaning_of(session: Session, written: Written) -> Meaning:
    """Time and memory by the client whose names are shown; what is promised, by what runs."""
    facts = topic_facts(session)
    found = meaning(written.config, facts, written.client)
    kept = promise(written.producer, facts.replication_factor, facts.min_insync_replicas)
    return Meaning(kept, found.budget, found.limits)


def topic_facts(session: Session) -> TopicFacts:
    topic, plan = session.topic, session.scenario.topic
    known = topic if topic is not None and topic.name == plan.name else None
    replicas = plan.replication_factor
    leaders = 1
    if known and known.partitions:
        replicas = len(known.partitions[0].replicas)
        leaders = len({partition.leader for partition in known.partitions})
    asked = session.scenario.cluster.config | plan.config | (known.config if known else {})
    least = asked.get("min.insync.replicas", "1")
    return TopicFacts(replicas, int(number(least) or 1), leaders)


def same(name: str, other: str) -> bool:
    """Two names of one property."""
    return catalogue_name(name) == catalogue_name(other)
