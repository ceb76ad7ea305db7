"""Every rule, in one tuple: words from data, looks from the modules beside this one."""

from collections.abc import Iterator
from functools import cache

from workbench.producer_config.rules import (
    batching,
    connection,
    names,
    partitioning,
    reliability,
    security,
    timeouts,
    transactions,
    units,
    written,
)
from workbench.producer_config.rules.config import Config
from workbench.producer_config.rules.rule import Alone, Found, Rule, Together, all_words

OF_FILES = ("not-utf-8", "beyond-ascii", "byte-order-mark")
"""What the reader of a file finds."""
VALUES: tuple[tuple[str, Alone], ...] = (*names.VALUES, *written.VALUES)
"""Of a line that holds a property; the first that finds something is the one that speaks."""
LINES: tuple[tuple[str, Alone], ...] = (*names.LINES, *units.LINES)
"""Of a line as well, whatever the others found."""
TOGETHER: tuple[tuple[str, Together], ...] = (
    *connection.LOOKS,
    *reliability.LOOKS,
    *timeouts.LOOKS,
    *batching.LOOKS,
    *partitioning.LOOKS,
    *transactions.LOOKS,
    *security.LOOKS,
)


@cache
def all_rules() -> tuple[Rule, ...]:
    words = all_words()
    return (
        *(Rule(words[id_], "file") for id_ in OF_FILES),
        *(Rule(words[id_], "value") for id_, _ in VALUES),
        *(Rule(words[id_], "line") for id_, _ in LINES),
        *(Rule(words[id_], "config") for id_, _ in TOGETHER),
    )


@cache
def _by_id() -> dict[str, Rule]:
    return {rule.id: rule for rule in all_rules()}


def rule_named(id_: str) -> Rule | None:
    return _by_id().get(id_)


def alone(config: Config, name: str, text: str) -> Iterator[tuple[str, Found]]:
    """What is to be said of one line, whatever stands in the others."""
    first = next(
        ((id_, found) for id_, look in VALUES if (found := look(config, name, text))),
        None,
    )
    if first:
        yield first
    for id_, look in LINES:
        if found := look(config, name, text):
            yield id_, found


def together(config: Config) -> Iterator[tuple[str, Found]]:
    for id_, look in TOGETHER:
        if found := look(config):
            yield id_, found
