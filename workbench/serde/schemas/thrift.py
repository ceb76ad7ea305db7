"""Thrift: a .thrift read by thriftpy2 when needed, structs made of plain JSON, binary or compact protocol.

Both are bodies alone: no registry knows Thrift, and a reader must know the struct.
"""

import io
import re
import tempfile
from pathlib import Path
from typing import Any

from workbench.serde.errors import SchemaError, SerdeError
from workbench.serde.misfits import MisfitError, misfit
from workbench.serde.schemas.field_facts import FieldFact, thrift_fields
from workbench.serde.schemas.schema import Draws, Reference, Source
from workbench.serde.schemas.thrift_json import plain, struct_converter
from workbench.serde.schemas.thrift_sample import Sampler

_LINE = re.compile(r"at line (\d+)")


class ThriftSchema:
    """One struct of a file, by default the last that it has: those before it are what it is made of."""

    language = "THRIFT"

    def __init__(self, source: Source, type_: str = "", *, is_compact: bool = False) -> None:
        """`type_`: a struct's name. Raises SchemaError."""
        self.text = source.text
        self.references: tuple[Reference, ...] = ()
        self._module = _parsed(source)
        structs = {struct.__name__: struct for struct in _structs(self._module)}
        if not structs:
            raise SchemaError(f"{source.name}: has no struct")
        if type_ and type_ not in structs:
            raise SchemaError(f"{source.name}: has no struct {type_}; there are {', '.join(structs)}")
        self.name = type_ or list(structs)[-1]
        self._struct = structs[self.name]
        unions = self._module.__thrift_meta__["unions"]
        self._convert = struct_converter(self._struct, unions)
        self._sampler = Sampler(unions)
        self._is_compact = is_compact

    def compact(self) -> "ThriftSchema":
        """The same struct in the compact protocol."""
        twin = object.__new__(ThriftSchema)
        twin.__dict__.update(self.__dict__, _is_compact=True)
        return twin

    def encode(self, value: Any) -> bytes:
        from thriftpy2.protocol.exc import TProtocolException
        from thriftpy2.utils import serialize

        made = self._convert(value)
        try:
            return bytes(serialize(made, self._protocol()))
        except (TProtocolException, ValueError, TypeError, OverflowError) as error:
            raise misfit(" ".join(str(error).split()) or type(error).__name__) from None

    def decode(self, body: bytes) -> Any:
        """As JSON; fields that are not set are left out. Raises SerdeError."""
        from thriftpy2.utils import deserialize

        try:
            return plain(deserialize(self._struct(), body, self._protocol()))
        except MisfitError:
            raise
        except Exception as error:  # noqa: BLE001 - thriftpy2 raises what its parts raise
            raise SerdeError(f"Thrift: {' '.join(str(error).split()) or type(error).__name__}") from None

    def fields(self) -> list[FieldFact]:
        return thrift_fields(self._struct)

    def sample(self, draws: Draws) -> Any:
        return self._sampler.struct(self._struct, draws)

    def _protocol(self) -> Any:
        from thriftpy2 import protocol

        factories: Any = protocol  # untyped within
        return factories.TCompactProtocolFactory() if self._is_compact else factories.TBinaryProtocolFactory()


def _structs(module: Any) -> list[Any]:
    """Unions too, in the file's order."""
    meta = getattr(module, "__thrift_meta__", {"unions": (), "structs": ()})  # an empty file has none
    return [*meta["unions"], *meta["structs"]]


def _parsed(source: Source) -> Any:
    from ply.lex import LexError
    from thriftpy2.parser import parser as untyped
    from thriftpy2.parser.exc import ThriftParserError

    parser: Any = untyped
    try:
        if not re.search(r"^\s*include\b", source.text, re.MULTILINE):
            return parser.parse_fp(io.StringIO(source.text), "kwb_schema_thrift", enable_cache=False)
        parser._thrift_cache.clear()  # noqa: SLF001 - an included file may have changed
        with tempfile.TemporaryDirectory(prefix="kwb-thrift-") as folder:
            file = Path(folder) / "kwb_schema.thrift"
            file.write_text(source.text, encoding="utf-8")
            folders = [str(source.folder)] if source.folder is not None else []
            return parser.parse(str(file), include_dirs=[folder, *folders], enable_cache=False)
    except (ThriftParserError, LexError) as error:
        raise _fault(source, str(error)) from None
    except (KeyError, TypeError, ValueError, AttributeError, AssertionError, RecursionError) as error:
        raise _fault(source, f"{type(error).__name__}: {error}") from None


def _fault(source: Source, told: str) -> SchemaError:
    text = " ".join(told.split())
    match = _LINE.search(text)
    text = _LINE.sub("", text.replace(" of the file 'None'", "").replace("kwb_schema.thrift", source.name))
    text = text.strip(" ,")
    place = (int(match[1]), 1) if match else None
    if "EOF" in text:
        place = (source.text.count("\n") + 1, 1)
    line = f":{place[0]}" if place else ""
    return SchemaError(f"{source.name}{line}: {text[:1].lower()}{text[1:]}", place)
