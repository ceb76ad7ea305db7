"""A producer's config as the screen lists it: values as they come to stand, hints, what waits."""

from collections.abc import Mapping
from typing import Literal

from workbench.insight.units import span_text
from workbench.producer_config import (
    GROUPS,
    Promise,
    Property,
    catalogue_name,
    check,
    effective,
    essentials,
    mask_secrets,
    promise,
    property_named,
    wrong_with,
)
from workbench.ui.session import Session
from workbench.ui.widgets.config_list import Group, Hint, Setting

_SEVERITY: dict[str, Literal["bad", "warn", "info"]] = {"error": "bad", "warning": "warn", "info": "info"}
_OTHERS = "Also set"
BOOTSTRAP = "bootstrap.servers"


def groups(session: Session, others: tuple[str, ...]) -> list[Group]:
    """Bootstrap servers and the catalogue by group; `others`: what the scenario set beyond it."""
    config = session.scenario.producer
    stands = effective(config)
    running = effective(session.running.producer) if session.running and session.run_on else stands
    hints: dict[str, list[Hint]] = {}
    for hint in check(config):
        hints.setdefault(hint.property, []).append(_hint(hint.short, hint.clients, hint.severity))

    def setting(item: Property) -> Setting:
        value = stands[item.name]
        return Setting(
            item.name,
            value,
            unit_text(item, value),
            item.choices,
            changed=value != item.default,
            waits=value != running[item.name],
            hints=tuple(hints.get(item.name, ())),
            labels=(item.short,) if item.short else (),
        )

    rows = {group: [setting(item) for item in essentials() if item.group == group] for group in GROUPS}
    result: list[Group] = [(group, found) for group, found in rows.items() if found]
    servers = _servers(session.bootstrap_servers)
    result[0] = (GROUPS[0], [servers, *result[0][1]])
    if others:
        masked = mask_secrets(config)
        other_rows = [
            Setting(
                name,
                masked.get(name, "not set"),
                changed=name in config,
                waits=stands.get(name) != running.get(name),
                read_only=masked.get(name) != config.get(name),
                hints=tuple(hints.get(name, ())),
            )
            for name in others
        ]
        result.append((_OTHERS, other_rows))
    return result


def _servers(text: str | None) -> Setting:
    first, *more = (text or "not yet known").split(",")
    short = (f"{first} +{len(more)}", first, f"{len(more) + 1} servers") if more else ()
    return Setting(BOOTSTRAP, text or first, read_only=True, short_values=short)


def other_names(config: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name in config if not ((item := property_named(name)) and item.essential))


def with_property(config: Mapping[str, str], name: str, text: str | None) -> dict[str, str]:
    """The config with one property changed, whatever name of it stood there; None: back to the default."""
    kept = {key: value for key, value in config.items() if catalogue_name(key) != name}
    return kept if text is None else {**kept, name: text}


def typed_hints(config: Mapping[str, str], name: str, text: str) -> list[Hint]:
    """What is to be said of a value while it is typed; only what is wrong with it alone is bad."""
    alone = wrong_with(name, text)
    found = [hint for hint in check(with_property(config, name, text)) if hint.property == name]
    return [
        _hint(
            hint.short,
            hint.clients,
            "error" if alone else "warning" if hint.severity == "error" else hint.severity,
        )
        for hint in found
    ]


def refusal(config: Mapping[str, str]) -> str | None:
    """Why the client would not start with this config."""
    return next(
        (f"{hint.property}: {hint.short}" for hint in check(config) if hint.severity == "error"), None
    )


def count_wrong(config: Mapping[str, str]) -> int:
    return sum(hint.severity != "info" for hint in check(config))


def promised(session: Session) -> Promise | None:
    """By the running config while a run is on, else by the one that would run; None before the start."""
    if session.view is None:
        return None
    running = session.running if session.run_on else None
    return promise_of(session, (running or session.scenario).producer)


def promise_of(session: Session, config: Mapping[str, str]) -> Promise:
    topic, plan = session.topic, session.scenario.topic
    known = topic if topic is not None and topic.name == plan.name else None
    replicas = plan.replication_factor
    if known and known.partitions:
        replicas = len(known.partitions[0].replicas)
    asked = session.scenario.cluster.config | plan.config | (known.config if known else {})
    least = asked.get("min.insync.replicas", "1")
    return promise(config, replicas, int(least) if least.isdecimal() else 1)


def unit_text(item: Property, value: str) -> str:
    """The value in a person's words: 60000 of ms is "60 s"."""
    try:
        amount = float(value)
    except ValueError:
        return ""
    if item.unit == "ms":
        return span_text(amount / 1000) if amount < 2**40 else "for ever"
    if item.unit == "bytes":
        return next(
            (
                f"{amount / size:.3g} {name}"
                for size, name in ((2**20, "MiB"), (2**10, "KiB"))
                if amount >= size
            ),
            f"{amount:.0f} B",
        )
    return ""


def _hint(short: str, clients: str, severity: str) -> Hint:
    return Hint(_SEVERITY[severity], f"{short} · {clients}" if clients else short)
