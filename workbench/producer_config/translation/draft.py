"""A translation in the making: what is still to be translated, what came of it, what is said of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from workbench.producer_config.catalogue import Client
from workbench.producer_config.translation.pairs import NoteKind, pair_of

CLIENTS: dict[Client, str] = {"java": "Java", "librdkafka": "librdkafka"}


class Note(msgspec.Struct, frozen=True):
    property: str
    """As it was given."""
    kind: NoteKind
    """mapped: the same meaning; emulated: kwb itself does it."""
    sentence: str


class Translation(msgspec.Struct, frozen=True):
    config: dict[str, str]
    """The other client's own properties."""
    beside: dict[str, str]
    """What kwb does for librdkafka: max.block.ms, key_serializer, value_serializer; empty for Java."""
    notes: tuple[Note, ...]
    """At least one for each property that was given."""


@dataclass
class Draft:
    to: Client
    given: dict[str, str]
    made: dict[str, str] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    @property
    def source(self) -> Client:
        return "java" if self.to == "librdkafka" else "librdkafka"

    def take(self, name: str) -> str | None:
        return self.given.pop(name, None)

    def put(self, *settings: tuple[str, str]) -> None:
        self.made.update(settings)

    def note(self, name: str, kind: NoteKind = "mapped", sentence: str = "") -> None:
        """Without a sentence it is the one of the data."""
        self.notes.append(Note(name, kind, sentence or usual_sentence(name, self.source)))

    def done(self) -> Translation:
        return Translation(self.made, self.beside, tuple(self.notes))


def draft_of(config: Mapping[str, str], to: Client) -> Draft:
    return Draft(to, dict(config))


def usual_sentence(name: str, source: Client) -> str:
    pair = pair_of(name, source)
    said = (pair.says if source == "java" else pair.back) if pair else ""
    return said or "It has the same name and meaning in both clients."
