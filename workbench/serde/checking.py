"""What is wrong with a text before it is sent: for the composer, as one types."""

from pathlib import Path

from workbench.model.record import WITH_SCHEMA, Problem, serializer_name
from workbench.serde import json_text, registry
from workbench.serde.errors import SerdeError
from workbench.serde.misfits import MisfitError
from workbench.serde.schemas import languages
from workbench.serde.schemas.schema import Source, misfitting


def problems(
    serializer: str, schema: str | None, text: str, *, type_: str = "", folder: Path | None = None
) -> tuple[Problem, ...]:
    """Every place where a rendered text does not fit, the first first; () where it does.

    `schema`: the schema's text; `folder`: where its imports are looked for. Asks no registry, and needs no
    schema where the serializer goes without. Runs what libraries need for it, so in a child process only.
    A schema that cannot be read is not the text's fault: see `schema_problem`; here it has no problems.
    """
    name = serializer_name(serializer)
    try:
        if name in WITH_SCHEMA and schema is not None:
            return _against(WITH_SCHEMA[name], Source(schema, folder), type_, text)
        if name in WITH_SCHEMA:
            json_text.parsed(text)
        else:
            _plain(name, text)
    except SerdeError as error:
        return error.problems
    return ()


def schema_problem(
    serializer: str, schema: str, *, type_: str = "", folder: Path | None = None
) -> Problem | None:
    """What is wrong with the schema itself; line and column are in its text."""
    language = WITH_SCHEMA.get(serializer_name(serializer))
    if language is None:
        return None
    try:
        languages.load(language, Source(schema, folder), type_)
    except SerdeError as error:
        return error.problems[0]
    return None


def _against(language: str, source: Source, type_: str, text: str) -> tuple[Problem, ...]:
    try:
        schema = languages.load(language, source, type_)
    except SerdeError:
        json_text.parsed(text)
        return ()
    try:
        schema.encode(json_text.parsed(text))
    except MisfitError as error:
        return misfitting(text, error).problems
    except RecursionError:
        return (Problem(1, 1, "", "nested too deep to be serialized"),)
    return ()


def _plain(name: str, text: str) -> None:
    if ":" not in name:  # a person's own is not run for a check
        registry.serializer(name)(text)
