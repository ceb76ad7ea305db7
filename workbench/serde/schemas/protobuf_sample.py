"""A JSON value that fits a Protobuf message, drawn."""

import base64
from typing import Any

from workbench.serde import sample_words
from workbench.serde.errors import SerdeError
from workbench.serde.schemas.schema import Draws

_DEEP, _DEEPEST = 1, 40


def sample_of(descriptor: Any, draws: Draws, depth: int = 0) -> Any:
    """Deep inside, fields that may be absent are. Raises SerdeError where that ends nowhere (proto2)."""
    if depth > _DEEPEST:
        raise SerdeError("a value of this message would be endless: it must hold itself")
    if descriptor.full_name.startswith("google.protobuf."):
        return _well_known(descriptor, draws)
    made: dict[str, Any] = {}
    chosen = {group.name: draws.below(len(group.fields)) for group in descriptor.oneofs}
    for field in descriptor.fields:
        group = field.containing_oneof
        if group is not None and group.fields[chosen[group.name]].name != field.name:
            continue
        if depth > _DEEP and field.message_type is not None and not field.is_required:
            continue
        made[field.name] = _field(field, draws, depth)
    return made


def _field(field: Any, draws: Draws, depth: int) -> Any:
    entry = field.message_type
    if entry is not None and entry.GetOptions().map_entry:
        keys, values = entry.fields_by_name["key"], entry.fields_by_name["value"]
        return {str(_key(keys, draws)): _one(values, draws, depth)}
    if field.is_repeated:
        return [_one(field, draws, depth) for _ in range(1 + draws.below(3))]
    return _one(field, draws, depth)


def _key(field: Any, draws: Draws) -> Any:
    made = _one(field, draws, 0)
    return str(made).lower() if isinstance(made, bool) else made


def _one(field: Any, draws: Draws, depth: int) -> Any:  # noqa: PLR0911  # one case a type
    match field.cpp_type:  # FieldDescriptor.CPPTYPE_…
        case 10:
            return sample_of(field.message_type, draws, depth + 1)
        case 1 | 3:
            return sample_words.whole(draws, field.name)
        case 2 | 4:
            return str(sample_words.whole(draws, field.name))  # as the canonical JSON mapping writes 64 bits
        case 5 | 6:
            return draws.below(400) / 4
        case 7:
            return bool(draws.below(2))
        case 8:
            return field.enum_type.values[draws.below(len(field.enum_type.values))].name
    if field.type == 12:  # bytes
        return base64.b64encode(bytes(draws.below(256) for _ in range(4))).decode()
    return sample_words.text(draws, field.name)


def _well_known(descriptor: Any, draws: Draws) -> Any:  # noqa: PLR0911  # one case a type
    match descriptor.name:
        case "Timestamp":
            return sample_words.instant(draws)
        case "Duration":
            return f"{draws.below(600)}s"
        case "Struct" | "Empty":
            return {}
        case "Value" | "StringValue":
            return sample_words.word(draws)
        case "ListValue":
            return [sample_words.word(draws)]
        case "BoolValue":
            return bool(draws.below(2))
        case "BytesValue" | "FieldMask":
            return ""
        case "Any":
            return {}
    return sample_words.whole(draws, "")
