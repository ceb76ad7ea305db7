"""From rules to hints: which apply to a config, and their sentences filled with its values."""

from collections.abc import Iterator, Mapping
from string import Formatter

import msgspec

from workbench.producer_config.catalogue import Client, catalogue_name
from workbench.producer_config.rules.config import Config, KnownCluster, KnownTopic, read
from workbench.producer_config.rules.names import given_twice
from workbench.producer_config.rules.registry import VALUES, alone, together
from workbench.producer_config.rules.rule import (
    MOST_QUOTED,
    MOST_SHORT,
    VERSIONS,
    Fix,
    Found,
    Severity,
    all_words,
    quoted,
)
from workbench.producer_config.secrets import HIDDEN, is_secret, masked
from workbench.producer_config.values import plain

_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}
_MOST_LONG = 400
_AS_TYPED = {"text", "name", "first", "server", "scheme", "mechanism", "acks", "module"}
_OF_VALUES = frozenset(id_ for id_, _ in VALUES)


class Hint(msgspec.Struct, frozen=True):
    property: str
    """The catalogue's name where it has one, else as it was typed."""
    severity: Severity
    """error: the client (in a scenario: kwb's) does not start so, or takes no record."""
    text: str
    """A sentence: what, and which client in which version minds."""
    short: str
    """What alone, for a narrow pane: 40 characters at most."""
    clients: str = ""
    """Who minds, for the line below `short`."""
    rule: str = ""
    fix: Fix | None = None
    source: str = ""
    name: str = ""
    """As it was typed; empty where the hint is about something that is not set."""


def check(
    config: Mapping[str, str],
    topic: KnownTopic | None = None,
    cluster: KnownCluster | None = None,
) -> list[Hint]:
    """What is to be said of a scenario's producer as it is typed, the properties' own hints first."""
    return lint(config, "librdkafka", scenario=True, topic=topic, cluster=cluster)


def lint(
    written: Mapping[str, str],
    client: Client,
    *,
    scenario: bool = False,
    topic: KnownTopic | None = None,
    cluster: KnownCluster | None = None,
    repeated: Mapping[str, int] | None = None,
) -> list[Hint]:
    """The same of any producer's config for this client: hints on single lines first, then errors first."""
    config = Config(
        client,
        written,
        scenario,
        repeated or {},
        topic or KnownTopic(),
        cluster or KnownCluster(),
    )
    hints, unreadable = [], set()
    for name, text in written.items():
        for id_, found in alone(config, name, text):
            if hint := _hint(config, id_, found):
                hints.append(hint)
                if hint.severity == "error" and id_ in _OF_VALUES:
                    unreadable.add(name)
    config = read(config, unreadable)
    hints += sorted(_between(config), key=lambda hint: _ORDER[hint.severity])
    return hints


def of_the_file(rule: str, client: Client) -> Hint | None:
    """What is to be said of how a file is written; None where this client does not mind."""
    return _hint(Config(client, {}), rule, Found(""))


def wrong_with(name: str, text: str) -> str | None:
    """Why this property cannot be given to kwb's client: its name or its value; None where it can."""
    config = Config("librdkafka", {name: text}, scenario=True)
    for id_, found in alone(config, name, text):
        hint = _hint(config, id_, found)
        if hint and hint.severity == "error":
            return hint.text
    return None


def twice(config: Mapping[str, str]) -> list[Hint]:
    """Properties of a scenario given under two of their names."""
    seen = Config("librdkafka", config, scenario=True)
    found = [found for name, text in config.items() if (found := given_twice(seen, name, text))]
    return [hint for each in found if (hint := _hint(seen, "given-twice", each))]


def _between(config: Config) -> Iterator[Hint]:
    for id_, found in together(config):
        if hint := _hint(config, id_, found):
            yield hint


def _hint(config: Config, id_: str, found: Found) -> Hint | None:
    words = all_words()[id_]
    severity = words.severity(config.client, scenario=config.scenario)
    if severity is None:
        return None
    if found.severity and not (config.scenario and words.scenario):
        severity = found.severity
    values = {**VERSIONS, "property": found.property} | {
        name: HIDDEN if name == "text" and is_secret(found.property) else _said(value, name in _AS_TYPED)
        for name, value in found.values.items()
    }
    text = _filled(words.sentence(config.client), values, _MOST_LONG)
    return Hint(
        catalogue_name(found.property),
        severity,
        text,
        _filled(words.brief(config.client), values, MOST_SHORT),
        words.clients if found.clients is None else found.clients,
        id_,
        _with_its_text(found.fix, config.written),
        words.sources[0],
        _as_typed(config, found.property),
    )


def _as_typed(config: Config, name: str) -> str:
    if name in config.written:
        return name
    return next((typed for typed in config.written if catalogue_name(typed) == name), "")


def _with_its_text(fix: Fix | None, written: Mapping[str, str]) -> Fix | None:
    return msgspec.structs.replace(fix, text=written[fix.replaces]) if fix and fix.replaces else fix


def _said(value: object, typed: bool) -> str:
    if isinstance(value, float | int):
        return plain(value)
    return quoted(masked(str(value)), MOST_QUOTED if typed else _MOST_LONG)


def _filled(sentence: str, values: Mapping[str, str], most: int) -> str:
    text = Formatter().vformat(sentence, (), values)
    return text if len(text) <= most else f"{text[: most - 1]}…"
