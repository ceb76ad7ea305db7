"""A JSON value that fits a Thrift struct, drawn."""

import base64
from typing import Any

from workbench.serde import sample_words
from workbench.serde.errors import SerdeError
from workbench.serde.schemas import thrift_json as t
from workbench.serde.schemas.schema import Draws

_DEEP, _DEEPEST = 1, 40


def sample_struct(struct: Any, draws: Draws, depth: int = 0) -> Any:
    """Deep inside, structs that may be absent are. Raises SerdeError where that ends nowhere."""
    if depth > _DEEPEST:
        raise SerdeError("a value of this struct would be endless: it must hold itself")
    made = {}
    for spec in struct.thrift_spec.values():
        kind, name, inner, required = spec if len(spec) == 4 else (spec[0], spec[1], None, spec[2])
        if kind == t.STRUCT and depth > _DEEP and not required:
            continue
        made[name] = _value(kind, inner, draws, name, depth)
    return made


def _value(  # noqa: PLR0911  # one case a type
    kind: int, inner: Any, draws: Draws, name: str, depth: int
) -> Any:
    if kind == t.STRUCT:
        return sample_struct(inner, draws, depth + 1)
    if kind == t.MAP:
        key = _item(inner[0], draws, "", depth)
        return {str(key).lower() if isinstance(key, bool) else str(key): _item(inner[1], draws, name, depth)}
    if kind in {t.LIST, t.SET}:
        items = [_item(inner, draws, name, depth) for _ in range(0 if depth > _DEEP else 1 + draws.below(3))]
        return [item for at, item in enumerate(items) if item not in items[:at]] if kind == t.SET else items
    if kind == t.I32 and inner is not None:
        symbols = list(inner._NAMES_TO_VALUES)  # noqa: SLF001 - thriftpy2's own way to ask
        return symbols[draws.below(len(symbols))]
    match kind:
        case t.BOOL:
            return bool(draws.below(2))
        case t.BYTE:
            return draws.below(128)
        case t.DOUBLE:
            return draws.below(100_000) / 100
        case t.BINARY:
            return base64.b64encode(bytes(draws.below(256) for _ in range(4))).decode()
        case t.STRING:
            return sample_words.text(draws, name)
    return sample_words.whole(draws, name)


def _item(inner: Any, draws: Draws, name: str, depth: int) -> Any:
    kind, more = inner if isinstance(inner, tuple) else (inner, None)
    return _value(kind, more, draws, name, depth)
