"""A JSON value that fits a Thrift struct, drawn."""

import base64
from collections.abc import Collection
from typing import Any

from workbench.serde import sample_words
from workbench.serde.errors import SerdeError
from workbench.serde.schemas import thrift_json as t
from workbench.serde.schemas.schema import Draws

_DEEP, _DEEPEST = 1, 40


class Sampler:
    """`unions`: those structs of which one field is set."""

    def __init__(self, unions: Collection[Any]) -> None:
        self._unions = unions

    def struct(self, struct: Any, draws: Draws, depth: int = 0) -> Any:
        """Deep inside, structs that may be absent are. Raises SerdeError where that ends nowhere."""
        if depth > _DEEPEST:
            raise SerdeError("a value of this struct would be endless: it must hold itself")
        specs = list(struct.thrift_spec.values())
        if struct in self._unions:
            specs = [self._one_of(specs, struct.__name__, draws, depth)]
        made = {}
        for spec in specs:
            kind, name, inner, required = spec if len(spec) == 4 else (spec[0], spec[1], None, spec[2])
            if kind == t.STRUCT and depth > _DEEP and not required and struct not in self._unions:
                continue
            made[name] = self._value(kind, inner, draws, name, depth)
        return made

    def _one_of(self, specs: list[Any], name: str, draws: Draws, depth: int) -> Any:
        if not specs:
            raise SerdeError(f"the union {name} has no field")
        flat = [spec for spec in specs if spec[0] != t.STRUCT] if depth > _DEEP else specs
        among = flat or specs
        return among[draws.below(len(among))]

    def _value(self, kind: int, inner: Any, draws: Draws, name: str, depth: int) -> Any:
        if kind == t.STRUCT:
            return self.struct(inner, draws, depth + 1)
        if kind == t.MAP:
            key = self._item(inner[0], draws, "", depth)
            text = str(key).lower() if isinstance(key, bool) else str(key)
            return {text: self._item(inner[1], draws, name, depth)}
        if kind in {t.LIST, t.SET}:
            count = 0 if depth > _DEEP else 1 + draws.below(3)
            items = [self._item(inner, draws, name, depth) for _ in range(count)]
            once = [item for at, item in enumerate(items) if item not in items[:at]]
            return once if kind == t.SET else items
        return _simple(kind, inner, draws, name)

    def _item(self, inner: Any, draws: Draws, name: str, depth: int) -> Any:
        kind, more = inner if isinstance(inner, tuple) else (inner, None)
        return self._value(kind, more, draws, name, depth)


def _simple(  # noqa: PLR0911  # one case a type
    kind: int, inner: Any, draws: Draws, name: str
) -> Any:
    if kind == t.I32 and inner is not None:
        symbols = list(inner._NAMES_TO_VALUES)  # noqa: SLF001 - thriftpy2's own way to ask
        if not symbols:
            raise SerdeError(f"the enum {inner.__name__} has no symbol")
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
