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
    written,
)
from workbench.producer_config.rules.config import Config
from workbench.producer_config.rules.rule import Found, Rule, all_words

VALUES = (*names.VALUES, *written.VALUES)
LINES = (*names.LINES, *written.LINES)
TOGETHER = (
    *connection.LOOKS,
    *reliability.LOOKS,
    *timeouts.LOOKS,
    *batching.LOOKS,
    *partitioning.LOOKS,
    *transactions.LOOKS,
    *security.LOOKS,
)
_IDS = (*((id_, "value", look) for id_, look in VALUES),)
RULES: tuple[Rule, ...] = (
    *(Rule(all_words()[id_], "value", look) for id_, look in VALUES),
    *(Rule(all_words()[id_], "line", look) for id_, look in LINES),
    *(Rule(all_words()[id_], "config", look) for id_, look in TOGETHER),
)


@cache
def _by_id() -> dict[str, Rule]:
    return {rule.id: rule for rule in RULES}


def rule_named(id_: str) -> Rule | None:
    return _by_id().get(id_)
