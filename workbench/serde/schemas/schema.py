"""What every schema language offers to the serializers, the composer and `kwb schema`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from workbench.model.record import Problem
from workbench.serde import json_text
from workbench.serde.errors import SchemaError, SerdeError
from workbench.serde.misfits import MisfitError, dotted
from workbench.serde.schemas.field_facts import FieldFact

LARGEST_SCHEMA = 4 * 1024 * 1024


class Source(NamedTuple):
    """A schema as a person wrote it; what it refers to is looked for in `beside`, then in `folder`."""

    text: str
    folder: Path | None = None
    name: str = "schema"
    """The file's name, as messages quote it."""
    beside: Mapping[str, str] = {}
    """Texts of other schemas by the name that imports and references use."""


class Reference(NamedTuple):
    """Another schema that one refers to: `name` as it says it, which is also its subject's name."""

    name: str
    text: str
    references: tuple["Reference", ...] = ()


class Draws(Protocol):
    """Where samples take their randomness from: templates.Draws."""

    def below(self, limit: int) -> int: ...


class Schema(Protocol):
    """One type of a schema file, ready to use; for one thread."""

    language: str
    """As a registry calls it: AVRO, JSON, PROTOBUF; THRIFT, which registries do not know."""
    name: str
    """Of the type: full name of record, message or struct; "" where it has none."""
    text: str
    references: tuple[Reference, ...]

    def encode(self, value: Any) -> bytes:
        """The body of a JSON value. Raises MisfitError."""

    def decode(self, body: bytes) -> Any:
        """The JSON value of a body. Raises SerdeError."""

    def fields(self) -> list[FieldFact]:
        """Its fields and those within, for comparing versions."""

    def sample(self, draws: Draws) -> Any:
        """A JSON value that fits. Raises SerdeError where none can be made."""


def read_source(path: Path | str) -> Source:
    """Raises SchemaError, naming the file."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_SCHEMA + 1)
        text = data.decode()
    except OSError as error:
        raise SchemaError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise SchemaError(f"{path.name}: is not UTF-8 text") from None
    except ValueError as error:
        raise SchemaError(f"{path}: {error}") from None
    if len(data) > LARGEST_SCHEMA:
        raise SchemaError(f"{path.name}: is larger than 4 MiB")
    return Source(text, path.parent, path.name)


def encoder(schema: Schema) -> Callable[[str], bytes]:
    """From JSON text to the schema's body; raises SerdeError whose problems name field, line and column."""
    parsed, encode = json_text.parsed, schema.encode

    def make(text: str) -> bytes:
        try:
            return encode(parsed(text))
        except MisfitError as error:
            raise misfitting(text, error) from None
        except RecursionError:
            raise SerdeError("nested too deep to be serialized") from None

    return make


def misfitting(text: str, error: MisfitError) -> SerdeError:
    """What does not fit, with its places in the text."""
    places = json_text.places(text)
    problems = []
    for path, reason in error.misfits:
        around = path
        while around not in places and around:
            around = around[:-1]
        problems.append(Problem(*places.get(around, (1, 1)), dotted(path), reason))
    first = problems[0]
    where = f"line {first.line}, " if places and "\n" in text.strip() else ""
    field = f"{first.field}: " if first.field else ""
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return SerdeError(
        f"{where}{field}{first.text}{more}", (first.line, first.column), first.field, tuple(problems)
    )


@contextmanager
def no_deeper() -> Iterator[None]:
    """A schema nested without end is told, not a crash. Raises SchemaError."""
    try:
        yield
    except RecursionError:
        raise SchemaError("nested too deep to be read") from None
