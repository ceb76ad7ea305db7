"""docs/config-rules.md, from the rules' own words."""

from pathlib import Path
from typing import get_args

from workbench.producer_config.catalogue import JAVA_VERSION, LIBRDKAFKA_VERSION
from workbench.producer_config.rules import all_rules
from workbench.producer_config.rules.rule import Rule, Topic

PAGE = Path(__file__).resolve().parents[2] / "docs" / "config-rules.md"
_HEAD = f"""# Rules for a producer's config

Written by `python -m workbench.dev rules` from `workbench/producer_config/data/rules.json`;
a test holds the two equal.

{{count}} rules, for the Java producer of Kafka {JAVA_VERSION} and librdkafka {LIBRDKAFKA_VERSION}
(confluent-kafka 2.16.1). They speak in the config pane and in `kwb check FILE…`;
`kwb check --explain RULE` prints one. In a sentence, `{{{{…}}}}` stands for a value of the config.

- **error**: the client does not start with it, or takes no record. Each is tried on the client's own
  constructor, and so is a near miss that it takes.
- **warning**: it starts, and does something else than most would expect.
- **info**: worth knowing.

The last column is for a scenario, where kwb itself runs librdkafka and is sometimes stricter;
empty: as in librdkafka.
"""


def rules_page() -> str:
    rules = all_rules()
    parts = [_HEAD.format(count=len(rules))]
    for topic in get_args(Topic):
        of_topic = [rule for rule in rules if rule.words.topic == topic]
        parts.append(f"## {topic}\n")
        parts.append("| rule | Java | librdkafka | scenario |\n|---|---|---|---|")
        parts.append("\n".join(_row(rule) for rule in of_topic) + "\n")
        parts.extend(_described(rule) for rule in of_topic)
    return "\n".join(parts)


def _row(rule: Rule) -> str:
    words = rule.words
    sides = " | ".join(side or "" for side in (words.java, words.librdkafka, words.scenario))
    return f"| [{rule.id}](#{rule.id}) | {sides} |"


def _described(rule: Rule) -> str:
    words = rule.words
    lines = [f"### {rule.id}\n", *(f"> {_sentence(each)}\n" for each in words.in_general), f"{words.why}\n"]
    lines.append(f"- about: {', '.join(f'`{name}`' for name in words.properties)}")
    if words.fix:
        lines.append(f"- fix: {words.fix}")
    lines.append(f"- source: {'; '.join(words.sources)}\n")
    return "\n".join(lines)


def _sentence(text: str) -> str:
    return text.replace("{", "`{").replace("}", "}`")


def write_page() -> Path:
    PAGE.write_text(rules_page(), encoding="utf-8")
    return PAGE
