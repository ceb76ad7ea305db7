"""The fields of a schema, flat: what two versions of it are compared by."""

from typing import Any, NamedTuple

NONE = object()
"""No default."""


class FieldFact(NamedTuple):
    """`path` as a person reads it (`lines[].sku`); `id` is what the encoding knows the field by."""

    path: str
    id: str
    type: str
    aliases: tuple[str, ...] = ()
    default: Any = NONE
    is_required: bool = False
    """A reader refuses a record without it."""


def avro_fields(schema: Any, named: dict[str, Any]) -> list[FieldFact]:
    found: list[FieldFact] = []
    _avro(schema, named, "", found, ())
    return found


def _avro(
    schema: Any, named: dict[str, Any], path: str, found: list[FieldFact], seen: tuple[str, ...]
) -> None:
    if isinstance(schema, list):
        for branch in schema:
            _avro(branch, named, path, found, seen)
        return
    kind = schema["type"] if isinstance(schema, dict) else schema
    if isinstance(kind, dict | list):
        _avro(kind, named, path, found, seen)
    elif isinstance(kind, str) and kind in named and kind not in seen:
        _avro(named[kind], named, path, found, seen)
    elif kind == "array":
        _avro(schema["items"], named, f"{path}[]", found, seen)
    elif kind == "map":
        _avro(schema["values"], named, f"{path}{{}}", found, seen)
    elif kind in {"record", "error"} and schema["name"] not in seen:
        for field in schema["fields"]:
            name = f"{path}.{field['name']}".removeprefix(".")
            aliases = tuple(f"{path}.{alias}".removeprefix(".") for alias in field.get("aliases", ()))
            default = field.get("default", NONE)
            found.append(FieldFact(name, name, avro_type(field["type"]), aliases, default, default is NONE))
            _avro(field["type"], named, name, found, (*seen, schema["name"]))


def avro_type(schema: Any) -> str:
    if isinstance(schema, list):
        return " or ".join(avro_type(branch) for branch in schema)
    if not isinstance(schema, dict):
        return str(schema).rpartition(".")[2]
    kind = schema["type"]
    if isinstance(kind, dict | list):
        return avro_type(kind)
    if "name" in schema:
        return str(schema["name"]).rpartition(".")[2]
    inner = {"array": "items", "map": "values"}.get(kind)
    if inner is not None:
        return f"{kind} of {avro_type(schema[inner])}"
    logical = schema.get("logicalType")
    return f"{kind} ({logical})" if logical else str(kind)


_PROTOBUF = (
    "", "double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string", "group",
    "message", "bytes", "uint32", "enum", "sfixed32", "sfixed64", "sint32", "sint64",
)  # fmt: skip
"""FieldDescriptor.TYPE_…"""


def protobuf_fields(
    descriptor: Any, path: str = "", around: str = "", seen: tuple[str, ...] = ()
) -> list[FieldFact]:
    """Known by their numbers; none has to be there in proto3."""
    found: list[FieldFact] = []
    for field in descriptor.fields:
        many = "[]" if field.is_repeated else ""
        name, id_ = f"{path}.{field.name}".removeprefix("."), f"{around}.{field.number}".removeprefix(".")
        kind = _PROTOBUF[field.type] + many
        default = NONE if field.has_presence or many else field.default_value
        if field.enum_type is not None and default is not NONE:
            default = field.enum_type.values_by_number[default].name
        found.append(FieldFact(name, id_, kind, (), default, field.is_required))
        inner = field.message_type
        if inner is not None and inner.full_name not in seen and not _is_plain(inner):
            found += protobuf_fields(inner, f"{name}{many}", id_, (*seen, descriptor.full_name))
    return found


def _is_plain(message: Any) -> bool:
    return bool(message.GetOptions().map_entry or message.full_name.startswith("google.protobuf."))


_THRIFT = {2: "bool", 3: "byte", 4: "double", 6: "i16", 8: "i32", 10: "i64", 11: "string", 18: "binary"}


def thrift_fields(
    struct: Any, path: str = "", around: str = "", seen: tuple[str, ...] = ()
) -> list[FieldFact]:
    """Known by their ids."""
    found: list[FieldFact] = []
    defaults = dict(struct.default_spec)
    for number, spec in struct.thrift_spec.items():
        kind, name, inner, required = spec if len(spec) == 4 else (spec[0], spec[1], None, spec[2])
        full, id_ = f"{path}.{name}".removeprefix("."), f"{around}.{number}".removeprefix(".")
        default = defaults.get(name)
        found.append(
            FieldFact(full, id_, thrift_type(kind, inner), (), NONE if default is None else default, required)
        )
        if kind == 15 and isinstance(inner, tuple) and inner[0] == 12:
            kind, inner, full = 12, inner[1], f"{full}[]"
        if kind == 12 and inner is not None and inner.__name__ not in seen:
            found += thrift_fields(inner, full, id_, (*seen, struct.__name__))
    return found


def thrift_type(kind: int, inner: Any) -> str:
    if kind == 12:
        return "struct"
    if kind == 13:
        return f"map of {_thrift_item(inner[0])} to {_thrift_item(inner[1])}"
    if kind in {14, 15}:
        return f"{'set' if kind == 14 else 'list'} of {_thrift_item(inner)}"
    return "enum" if kind == 8 and inner is not None else _THRIFT[kind]


def _thrift_item(inner: Any) -> str:
    return thrift_type(*inner) if isinstance(inner, tuple) else thrift_type(inner, None)


def json_fields(schema: Any, path: str = "", depth: int = 0) -> list[FieldFact]:
    """Of what `properties` and `items` name; references are not followed."""
    found: list[FieldFact] = []
    if not isinstance(schema, dict) or depth > 10:
        return found
    required = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        full = f"{path}.{name}".removeprefix(".")
        given = inner if isinstance(inner, dict) else {}
        kind = given.get("type", "any")
        kinds = " or ".join(kind) if isinstance(kind, list) else str(kind)
        found.append(FieldFact(full, full, kinds, (), given.get("default", NONE), name in required))
        found += json_fields(inner, full, depth + 1)
        found += json_fields(given.get("items"), f"{full}[]", depth + 1)
    return found
