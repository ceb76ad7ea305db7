"""A JSON value that fits an Avro schema, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.serde import sample_words
from workbench.serde.errors import SerdeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.serde.schemas.schema import Draws

_DEEPEST = 40
_DEEP = 4
"""From here on unions take null, and lists and maps are empty, where that ends it."""


class Sampler:
    """`named`: the schema's records, enums and fixeds by full name."""

    def __init__(self, named: Mapping[str, Any]) -> None:
        self._named = named

    def sample(  # noqa: PLR0911  # one case a type
        self, schema: Any, draws: Draws, field: str = "", depth: int = 0
    ) -> Any:
        """Raises SerdeError where every value would be endless: a record that must hold itself."""
        if depth > _DEEPEST:
            raise SerdeError("a value of this schema would be endless: a type must hold itself")
        if isinstance(schema, list):
            return self._branch(schema, draws, field, depth)
        kind = schema["type"] if isinstance(schema, dict) else schema
        if isinstance(kind, dict | list):
            return self.sample(kind, draws, field, depth)
        if kind in self._named:
            return self.sample(self._named[kind], draws, field, depth + 1)
        match kind:
            case "record" | "error":
                return {
                    f["name"]: self.sample(f["type"], draws, f["name"], depth + 1) for f in schema["fields"]
                }
            case "array":
                count = 0 if depth > _DEEP else 1 + draws.below(3)
                return [self.sample(schema["items"], draws, field, depth + 1) for _ in range(count)]
            case "map":
                count = 0 if depth > _DEEP else 1 + draws.below(2)
                values = schema["values"]
                return {
                    sample_words.word(draws): self.sample(values, draws, field, depth + 1)
                    for _ in range(count)
                }
            case "enum":
                return schema["symbols"][draws.below(len(schema["symbols"]))]
        return _simple(kind, schema if isinstance(schema, dict) else {}, draws, field)

    def _branch(self, branches: list[Any], draws: Draws, field: str, depth: int) -> Any:
        if depth > _DEEP and "null" in branches:
            return None
        branch = branches[draws.below(len(branches))]
        value = self.sample(branch, draws, field, depth + 1)
        if branch == "null":
            return None
        tag = branch if isinstance(branch, str) else branch.get("name", branch["type"])
        ambiguous = len([b for b in branches if b != "null"]) > 1
        return {str(tag): value} if ambiguous and not isinstance(tag, dict) else value


def _simple(  # noqa: C901, PLR0911  # one case a type
    kind: str, schema: dict[str, Any], draws: Draws, field: str
) -> Any:
    logical = schema.get("logicalType")
    match (logical, kind):
        case ("decimal", "bytes" | "fixed"):
            most = 10 ** min(schema["precision"], 6)
            return sample_words.decimal(draws.below(most), schema.get("scale", 0))
        case ("date", "int"):
            return sample_words.date(draws)
        case ("time-millis" | "time-micros", _):
            return sample_words.time_of_day(draws)
        case ("timestamp-millis" | "timestamp-micros", "long"):
            return sample_words.instant(draws)
        case ("local-timestamp-millis" | "local-timestamp-micros", "long"):
            return sample_words.instant(draws).removesuffix("Z")
        case ("uuid", "string"):
            return sample_words.uuid(draws)
        case (_, "fixed"):
            return sample_words.latin(draws, schema["size"])
        case (_, "bytes"):
            return sample_words.latin(draws, 4)
        case (_, "null"):
            return None
        case (_, "boolean"):
            return bool(draws.below(2))
        case (_, "int" | "long"):
            return sample_words.whole(draws, field)
        case (_, "float" | "double"):
            return draws.below(100_000) / 100
    return sample_words.text(draws, field)
