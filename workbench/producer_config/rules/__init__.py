"""What is to be said of a producer's config: rules with an id, and hints, one for each time a rule applies.

An error is what the client does not start with (or takes no record with); every one was provoked from
its constructor: librdkafka 2.16.0's in the unit tests, Java 4.1.0's in those marked java_tools.
"""

from workbench.producer_config.rules.config import KnownCluster, KnownTopic
from workbench.producer_config.rules.hints import Hint, check, lint, of_the_file, twice, wrong_with
from workbench.producer_config.rules.registry import all_rules, rule_named
from workbench.producer_config.rules.rule import Fix, Rule, Severity

__all__ = [
    "Fix",
    "Hint",
    "KnownCluster",
    "KnownTopic",
    "Rule",
    "Severity",
    "all_rules",
    "check",
    "lint",
    "of_the_file",
    "rule_named",
    "twice",
    "wrong_with",
]
