"""Why a text could not become a record's bytes."""

from typing import Literal

Part = Literal["key", "value", "headers"]


class SerdeError(ValueError):
    """A serializer refused a text; one line that says why."""


class TemplateError(ValueError):
    """A template cannot be compiled or rendered; one line that says why."""


class RecordError(ValueError):
    """A record cannot be made: in which part, and whether its template or its serializer said so."""

    def __init__(self, where: Part, kind: Literal["template", "serializer"], reason: str) -> None:
        super().__init__(f"{where} {kind}: {reason}")
        self.where: Part = where
        self.kind: Literal["template", "serializer"] = kind
        self.reason = reason
