"""What a serializer needs to know beside the text: its schema, and who gives ids for it."""

from typing import Literal, NamedTuple, Protocol

from workbench.model.record import SubjectNameStrategy
from workbench.serde.schemas.schema import Reference, Source


class Registered(NamedTuple):
    """A schema as a registry has it."""

    id: int
    language: str
    text: str
    references: tuple[Reference, ...] = ()


class SchemaIds(Protocol):
    """A schema registry; each call is bounded in time. Raises RegistryError."""

    strategy: SubjectNameStrategy
    use_latest: bool

    def id_of(self, subject: str, language: str, text: str, references: tuple[Reference, ...]) -> int:
        """Registers the schema where the plan says so, and its references first; else looks it up."""

    def latest(self, subject: str) -> Registered: ...


class Setting(NamedTuple):
    """Of one part of a record."""

    part: Literal["key", "value"] = "value"
    topic: str = ""
    source: Source | None = None
    type: str = ""
    registry: SchemaIds | None = None
    own: object = None
    """A serializer of a person's own, loaded by the engine with consent."""
