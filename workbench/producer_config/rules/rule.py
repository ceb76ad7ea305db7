"""What a rule is: its words, which are data (data/rules.json), and the function that looks."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Literal

import msgspec

from workbench.producer_config.catalogue import DATA, JAVA_VERSION, LIBRDKAFKA_VERSION, Client
from workbench.producer_config.values import letters

if TYPE_CHECKING:
    from workbench.producer_config.rules.config import Config

Severity = Literal["error", "warning", "info"]
Topic = Literal[
    "Files",
    "Names",
    "Values",
    "Connection",
    "Reliability",
    "Timeouts",
    "Batching",
    "Partitioning",
    "Transactions",
    "Security",
]
VERSIONS = {"Java": f"Java {JAVA_VERSION}", "librdkafka": f"librdkafka {LIBRDKAFKA_VERSION}"}
MOST_SHORT = 40
MOST_QUOTED = 60


class Fix(msgspec.Struct, frozen=True):
    """One key and it is mended: `property` gets this text, or is taken out where it is None."""

    property: str
    text: str | None
    replaces: str = ""
    """The name whose line goes, and whose text is kept, where only the name is mended."""


class Found(msgspec.Struct, frozen=True):
    """What a look has found: at which property, and the values that its sentence is filled with."""

    property: str
    values: Mapping[str, object] = {}
    fix: Fix | None = None
    severity: Severity | None = None
    """Instead of the rule's own, for this client."""
    clients: str | None = None
    """Who minds, where the rule itself cannot say."""


Alone = Callable[["Config", str, str], Found | None]
"""Looks at one line: the name and the text as they were written."""
Together = Callable[["Config"], Found | None]


class Words(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A rule without its function. In a sentence {names} stand for values, {Java} for Java 4.1.0."""

    id: str
    topic: Topic
    properties: tuple[str, ...]
    says: str
    short: str
    """As `says` without the property and the clients, in 40 characters."""
    why: str
    sources: tuple[str, ...]
    java: Severity | None = None
    """How bad it is in a config for this client; None: it is none of its."""
    librdkafka: Severity | None = None
    scenario: Severity | None = None
    """In a scenario, where kwb itself is stricter than librdkafka."""
    says_java: str = ""
    short_java: str = ""
    fix: str = ""
    """What the fix does, for the documentation."""

    def severity(self, client: Client, *, scenario: bool) -> Severity | None:
        if scenario and self.scenario:
            return self.scenario
        return self.java if client == "java" else self.librdkafka

    def sentence(self, client: Client) -> str:
        return (client == "java" and self.says_java) or self.says

    def brief(self, client: Client) -> str:
        return (client == "java" and self.short_java) or self.short

    @property
    def in_general(self) -> tuple[str, ...]:
        """Its sentences with the clients' versions, and the names of values where these would stand."""
        said = []
        for sentence in (self.says, self.says_java):
            for name, version in VERSIONS.items():
                sentence = sentence.replace(f"{{{name}}}", version)  # noqa: PLW2901
            said += [sentence] if sentence else []
        return tuple(said)

    @property
    def severities(self) -> str:
        """As a person reads them: Java error, librdkafka warning."""
        sides = {"Java": self.java, "librdkafka": self.librdkafka, "a scenario": self.scenario}
        return ", ".join(f"{whose} {severity}" for whose, severity in sides.items() if severity)

    @property
    def clients(self) -> str:
        """Who refuses, for the line below `short`; empty where nobody does."""
        if self.java == self.librdkafka == "error":
            return "Java and librdkafka refuse"
        if self.java == "error":
            return "Java refuses · librdkafka accepts" if self.librdkafka else "Java refuses"
        if self.librdkafka == "error":
            return "librdkafka refuses"
        return ""


class Rule(msgspec.Struct, frozen=True):
    """`scope`: what it looks at: how a file is written, one value, one line, all of a config.

    Of the rules for one value, only the first that finds something speaks.
    """

    words: Words
    scope: Literal["file", "value", "line", "config"]

    @property
    def id(self) -> str:
        return self.words.id


@cache
def all_words() -> Mapping[str, Words]:
    read = msgspec.json.decode((DATA / "rules.json").read_bytes(), type=tuple[Words, ...])
    return {words.id: words for words in read}


def quoted(text: str, most: int) -> str:
    """On one line and not too long."""
    line = letters(text)
    return line if len(line) <= most else f"{line[: most - 1]}…"
