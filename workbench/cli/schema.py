"""`kwb schema`: what a schema makes of a record: versions compared, sizes, samples."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import InputError

if TYPE_CHECKING:
    from workbench.serde.schemas.schema import Schema


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("schema", help="compare versions of a schema, see sizes, draw samples")
    kinds = parser.add_subparsers(required=True, metavar="evolve|check|sizes|sample")
    evolve = kinds.add_parser("evolve", help="write a record with one version, read it with another")
    evolve.add_argument("old", metavar="OLD", help="the writer's schema (.avsc, .proto, .thrift, .json)")
    evolve.add_argument("new", metavar="NEW", help="the reader's")
    check = kinds.add_parser("check", help="whether each of two versions reads what the other has written")
    check.add_argument("old", metavar="OLD")
    check.add_argument("new", metavar="NEW")
    sizes = kinds.add_parser("sizes", help="bytes of a record by each serializer that takes the schema")
    sizes.add_argument("file", metavar="FILE")
    sample = kinds.add_parser("sample", help="draw records that fit, one JSON a line")
    sample.add_argument("file", metavar="FILE")
    sample.add_argument("-n", type=int, default=1, metavar="N", help="so many (1)")
    sample.add_argument(
        "--avro-file", metavar="OUT", help="an Avro container file instead, the schema inside"
    )
    for each in (evolve, sizes):
        each.add_argument("--record", metavar="JSON", help="the record (else one is drawn); @FILE: a file's")
    for each in (evolve, check, sizes, sample):
        each.add_argument("--type", default="", metavar="NAME", help="which record, message or struct it is")
        each.add_argument("--seed", type=int, default=7, metavar="N", help="of what is drawn (7)")
    for each in (evolve, check, sizes):
        each.add_argument("--json", action="store_true")
    evolve.set_defaults(func=_evolve)
    check.set_defaults(func=_check)
    sizes.set_defaults(func=_sizes)
    sample.set_defaults(func=_sample)


def _evolve(parsed: argparse.Namespace) -> int:
    from workbench.serde.errors import SerdeError
    from workbench.serde.evolution import evolve
    from workbench.serde.schemas.field_facts import NONE

    old, new = _schema(parsed.old, parsed.type), _schema(parsed.new, parsed.type)
    try:
        found = evolve(old, new, _record(parsed.record), parsed.seed)
    except SerdeError as error:
        raise InputError(str(error)) from None
    if parsed.json:
        steps = [
            {key: value for key, value in step._asdict().items() if value is not NONE} for step in found.steps
        ]
        print(_json({**found._asdict(), "steps": steps}))
        return 1 if found.problem else 0
    print(f"{_titled(old)}: written with {parsed.old} ({found.size} bytes), read with {parsed.new}")
    rows = [("field", "written", "read", "what happened")]
    rows += [
        (step.new or step.old, _shown(step.written), _shown(step.read), step.says) for step in found.steps
    ]
    _print_table(rows)
    if found.problem:
        print(f"not compatible: {found.problem}")
        return 1
    print("compatible: the reader has all it needs")
    return 0


def _check(parsed: argparse.Namespace) -> int:
    from workbench.serde.errors import SerdeError
    from workbench.serde.evolution import reads

    old, new = _schema(parsed.old, parsed.type), _schema(parsed.new, parsed.type)
    try:
        backward, forward = reads(old, new, parsed.seed), reads(new, old, parsed.seed)
    except SerdeError as error:
        raise InputError(str(error)) from None
    if parsed.json:
        print(_json({"backward": backward is None, "forward": forward is None, "why": [backward, forward]}))
    else:
        for reader, writer, why, name in (
            (parsed.new, parsed.old, backward, "BACKWARD"),
            (parsed.old, parsed.new, forward, "FORWARD"),
        ):
            verdict = "reads" if why is None else "does not read"
            print(f"{'✓' if why is None else '✗'} {reader} {verdict} what {writer} has written ({name})")
            if why is not None:
                print(f"    {why}")
    return 0 if backward is None and forward is None else 1


def _sizes(parsed: argparse.Namespace) -> int:
    from workbench.model.record import WITH_REGISTRY, WITH_SCHEMA
    from workbench.serde import SerdeError, serializer
    from workbench.serde.memory_ids import MemoryIds
    from workbench.serde.schemas.field_facts import NONE
    from workbench.serde.schemas.schema import read_source
    from workbench.serde.setting import Setting

    schema = _schema(parsed.file, parsed.type)
    record = _record(parsed.record)
    value = _drawn(schema, parsed.seed, 0) if record is NONE else record
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    setting = Setting("value", "topic", read_source(parsed.file), parsed.type, MemoryIds())
    sizes = {"json (the text itself)": len(text.encode())} if schema.language != "JSON" else {}
    try:
        for name, language in WITH_SCHEMA.items():
            if language == schema.language:
                what = f"{name} (the schema's id)" if name in WITH_REGISTRY else name
                sizes[what] = len(serializer(name, setting)(text) or b"")
    except SerdeError as error:
        raise InputError(str(error)) from None
    if parsed.json:
        print(_json({"record": value, "bytes": sizes, "schema_bytes": len(schema.text.encode())}))
        return 0
    print(f"{_titled(schema)}: {text if len(text) < 200 else text[:200] + '…'}")
    for what, size in sizes.items():
        print(f"  {what:<28} {size:>8,} bytes")
    print(f"  {'the schema itself':<28} {len(schema.text.encode()):>8,} bytes")
    return 0


def _sample(parsed: argparse.Namespace) -> int:
    from workbench.serde import SerdeError
    from workbench.serde.schemas import languages

    if parsed.n < 1:
        raise InputError(f"-n: {parsed.n} is out of range; give 1 or more")
    schema = _schema(parsed.file, parsed.type)
    values = (_drawn(schema, parsed.seed, number) for number in range(parsed.n))
    if parsed.avro_file is None:
        for value in values:
            print(_json(value))
        return 0
    if schema.language != "AVRO":
        raise InputError(f"--avro-file: {parsed.file} is {schema.language}; a container file takes an .avsc")
    try:
        Path(parsed.avro_file).write_bytes(languages.containers(schema, list(values)))
    except SerdeError as error:
        raise InputError(str(error)) from None
    except OSError as error:
        raise InputError(f"--avro-file: {parsed.avro_file}: {error.strerror}") from None
    print(f"{parsed.n} records and their schema in {parsed.avro_file}", file=sys.stderr)
    return 0


def _titled(schema: "Schema") -> str:
    return f"{schema.language} {schema.name}".rstrip()


def _schema(file: str, type_: str) -> "Schema":
    from workbench.serde.errors import SerdeError
    from workbench.serde.schemas import languages
    from workbench.serde.schemas.schema import read_source

    try:
        return languages.load(languages.language_of(file), read_source(file), type_)
    except SerdeError as error:
        raise InputError(str(error)) from None


def _drawn(schema: "Schema", seed: int, number: int) -> Any:
    from workbench.serde.draws import Draws
    from workbench.serde.errors import SerdeError

    draws = Draws(seed, "sample")
    draws.start(number)
    try:
        return schema.sample(draws)
    except SerdeError as error:
        raise InputError(str(error)) from None


def _record(text: str | None) -> Any:
    from workbench.serde import json_text
    from workbench.serde.errors import SerdeError
    from workbench.serde.schemas.field_facts import NONE
    from workbench.serde.schemas.schema import read_source

    if text is None:
        return NONE
    try:
        return json_text.parsed(read_source(text[1:]).text if text.startswith("@") else text)
    except SerdeError as error:
        raise InputError(f"--record: {error}") from None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=repr)


def _shown(value: Any) -> str:
    from workbench.serde.schemas.field_facts import NONE

    if value is NONE:
        return "–"
    text = _json(value)
    return text if len(text) <= 28 else f"{text[:27]}…"


def _print_table(rows: list[tuple[str, str, str, str]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        cells = (f"{cell:<{width}}" for cell, width in zip(row[:3], widths, strict=True))
        print(f"  {'  '.join(cells)}  {row[3]}".rstrip())
