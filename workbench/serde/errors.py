"""Why a text could not become a record's bytes."""

from typing import Literal

from workbench.model.record import Problem

Kind = Literal["template", "serializer", "registry"]
Part = Literal["key", "value", "headers", "timestamp"]


class SerdeError(ValueError):
    """A serializer refused a text; one line that says why.

    `place` is (line, column) of what is wrong in the text, both from 1, where that is known; `field` is its
    path (`items[2].price`), and `problems` has them all where there are several.
    """

    def __init__(
        self,
        text: str,
        place: tuple[int, int] | None = None,
        field: str = "",
        problems: tuple[Problem, ...] = (),
    ) -> None:
        super().__init__(text)
        self.place, self.field = place, field
        self.problems = problems or (Problem(*(place or (1, 1)), field, text),)


class SchemaError(SerdeError):
    """A schema cannot be read; `place` is in the schema's text."""


class RegistryError(SerdeError):
    """The schema registry cannot be reached, or refuses; one line with the mend."""

    def __init__(self, text: str, *, is_unknown: bool = False, is_away: bool = False) -> None:
        super().__init__(text)
        self.is_unknown = is_unknown
        """It has no such subject or schema (yet)."""
        self.is_away = is_away
        """It cannot be reached, does not answer in time or cannot serve: no input is wrong."""


class TemplateError(ValueError):
    """A template cannot be compiled or rendered; one line that says why.

    `line` is the template's, from 1, where it is known.
    """

    def __init__(self, text: str, line: int | None = None) -> None:
        super().__init__(text)
        self.line = line


class RecordError(ValueError):
    """A record cannot be made: in which part, and whether who said so: its template, serializer, registry."""

    def __init__(
        self,
        where: Part,
        kind: Kind,
        reason: str,
        problems: tuple[Problem, ...] = (),
        *,
        is_away: bool = False,
    ) -> None:
        super().__init__(f"{where} {kind}: {reason}")
        self.where: Part = where
        self.kind: Kind = kind
        self.reason = reason
        self.problems = problems
        """Where in the rendered text, as a serializer has told it."""
        self.is_away = is_away
        """As RegistryError has it."""

    @classmethod
    def of(cls, where: Part, error: SerdeError | TemplateError) -> "RecordError":
        if isinstance(error, SerdeError):
            if isinstance(error, RegistryError):
                return cls(where, "registry", str(error), error.problems, is_away=error.is_away)
            return cls(where, "serializer", str(error), error.problems)
        return cls(where, "template", str(error))
