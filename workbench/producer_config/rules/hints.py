"""From rules to hints: which apply to a config, and their sentences filled with its values."""

from collections.abc import Iterator, Mapping
from string import Formatter

import msgspec

from workbench.producer_config.catalogue import Client, catalogue_name
from workbench.producer_config.rules.config import ClusterFacts, Config, TopicFacts, read
from workbench.producer_config.rules.registry import alone, rule_named, together
from workbench.producer_config.rules.rule import MOST_SHORT, VERSIONS, Fix, Found, Rule, Severity, quoted
from workbench.producer_config.secrets import masked_addresses
from workbench.producer_config.values import plain

_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}
_MOST_LONG = 400


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
    topic: TopicFacts | None = None,
    cluster: ClusterFacts | None = None,
) -> list[Hint]:
    """What is to be said of a scenario's producer as it is typed, the properties' own hints first."""
    return lint(config, "librdkafka", scenario=True, topic=topic, cluster=cluster)


def lint(
    written: Mapping[str, str],
    client: Client,
    *,
    scenario: bool = False,
    topic: TopicFacts | None = None,
    cluster: ClusterFacts | None = None,
    repeated: Mapping[str, int] | None = None,
) -> list[Hint]:
    """The same of any producer's config for this client: hints on single lines first, then errors first."""
    config = Config(
        client,
        written,
        scenario,
        repeated or {},
        topic or TopicFacts(),
        cluster or ClusterFacts(),
    )
    hints, unreadable = [], set()
    for name, text in written.items():
        for rule, found in alone(config, name, text):
            if hint := _hint(config, rule, found):
                hints.append(hint)
                if hint.severity == "error" and rule.scope == "value":
                    unreadable.add(name)
    config = read(config, unreadable)
    hints += sorted(_between(config), key=lambda hint: _ORDER[hint.severity])
    return hints


def wrong_with(name: str, text: str) -> str | None:
    """Why this property cannot be given to kwb's client: its name or its value; None where it can."""
    config = Config("librdkafka", {name: text}, scenario=True)
    for rule, found in alone(config, name, text):
        hint = _hint(config, rule, found)
        if hint and hint.severity == "error":
            return hint.text
    return None


def twice(config: Mapping[str, str]) -> list[Hint]:
    """Properties of a scenario given under two of their names."""
    rule = rule_named("given-twice")
    assert rule is not None
    seen = Config("librdkafka", config, scenario=True)
    found = [found for name, text in config.items() if (found := rule.look(seen, name, text))]  # type: ignore[call-arg, arg-type]
    return [hint for each in found if (hint := _hint(seen, rule, each))]


def _between(config: Config) -> Iterator[Hint]:
    for rule, found in together(config):
        if hint := _hint(config, rule, found):
            yield hint


def _hint(config: Config, rule: Rule, found: Found) -> Hint | None:
    words = rule.words
    severity = words.severity(config.client, scenario=config.scenario)
    if severity is None:
        return None
    if found.severity and not (config.scenario and words.scenario):
        severity = found.severity
    values = {**VERSIONS, "property": found.property} | {
        name: _said(value) for name, value in found.values.items()
    }
    text = _filled(words.sentence(config.client), values, _MOST_LONG)
    typed = found.property if found.property in config.written else config.typed.get(found.property, "")
    return Hint(
        catalogue_name(found.property),
        severity,
        text,
        _filled(words.brief(config.client), values, MOST_SHORT),
        words.clients if found.clients is None else found.clients,
        rule.id,
        found.fix,
        words.sources[0],
        typed,
    )


def _said(value: object) -> str:
    return plain(value) if isinstance(value, float | int) else quoted(str(value))


def _filled(sentence: str, values: Mapping[str, str], most: int) -> str:
    text = masked_addresses(Formatter().vformat(sentence, (), values))
    return text if len(text) <= most else f"{text[: most - 1]}…"
