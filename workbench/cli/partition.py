"""`kwb partition`: where keys go, and which move when there are more partitions. Needs no cluster."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import InputError

if TYPE_CHECKING:
    from workbench.partitioning.what_if import Placed, WhatIf

_DEFAULT = "consistent_random"
_WIDEST_KEY = 40
_MOST = 10_000  # partitions


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "partition",
        help="where keys go, and which move when there are more partitions",
        description="Say to which partition each key goes, as the client computes it; with --then, which\n"
        "keys go elsewhere when the topic has another number of partitions.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="partitioners: librdkafka's consistent_random (its default), consistent, murmur2_random,\n"
        "murmur2, fnv1a_random, fnv1a, random; java (Java's default), RoundRobinPartitioner.\n"
        "A key for which the client draws lots goes to any partition.",
    )
    parser.add_argument(
        "keys", metavar="KEY", nargs="*", help="a key, as text; - for standard input, one a line"
    )
    parser.add_argument("--file", metavar="FILE", help="keys from a file, one a line")
    parser.add_argument("--partitions", metavar="N", type=int, required=True, help="so many the topic has")
    parser.add_argument("--then", metavar="M", type=int, help="so many it would have")
    parser.add_argument(
        "--partitioner", metavar="P", default=_DEFAULT, help=f"how a partition is picked (default {_DEFAULT})"
    )
    parser.add_argument(
        "--key-serializer", metavar="S", default="string", help="how a key becomes bytes (default string)"
    )
    parser.add_argument("--null", action="store_true", help="ask for the null key too")
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    parser.set_defaults(func=run)


def run(parsed: argparse.Namespace) -> int:
    """Raises InputError, which names what is wrong and the mend."""
    from workbench.model.code import is_code
    from workbench.partitioning import Placing, what_if

    for option, count in (("--partitions", parsed.partitions), ("--then", parsed.then)):
        if count is not None and not 1 <= count <= _MOST:
            raise InputError(f"{option}: {count} is out of range; give 1 to {_MOST:,}")
    if is_code(parsed.partitioner):
        raise InputError(
            f"--partitioner: {parsed.partitioner} is code, which only a run asks: partitioner in [send]"
        )
    before = Placing(parsed.partitioner, parsed.partitions)
    after = Placing(parsed.partitioner, parsed.then or parsed.partitions)
    texts = _keys(parsed)
    made = _serialized(texts, parsed.key_serializer)
    if parsed.null:
        texts, made = [*texts, None], [*made, None]
    if not made:
        raise InputError("no key; give some, --file FILE, or - for standard input")
    found = what_if(dict.fromkeys(made), before, after)
    places = {each.key: each for each in found.keys}
    told = [(text, places[key]) for text, key in zip(texts, made, strict=True)]
    if parsed.json:
        print(json.dumps(_as_json(parsed, told, found), ensure_ascii=False))
    else:
        print("\n".join(_as_text(parsed, told, found)))
    return 0


def _keys(parsed: argparse.Namespace) -> list[str | None]:
    """As they were given: repeated ones are kept."""
    keys: list[str | None] = []
    for key in parsed.keys:
        keys += _lines(sys.stdin.buffer.read()) if key == "-" else [key]
    if parsed.file is not None:
        try:
            keys += _lines(Path(parsed.file).read_bytes())
        except OSError as error:
            raise InputError(f"{parsed.file}: {error.strerror}") from None
    return keys


def _lines(content: bytes) -> list[str]:
    """An empty line is an empty key; what is no UTF-8 keeps its bytes."""
    lines = content.removesuffix(b"\n").split(b"\n") if content else []
    return [os.fsdecode(line.removesuffix(b"\r")) for line in lines]


def _serialized(texts: list[str | None], name: str) -> list[bytes | None]:
    from workbench.serde import SerdeError, serializer

    try:
        serialize = serializer(name)
        if name == "string":  # the bytes of the command line or file, whatever they are
            return [os.fsencode(text) for text in texts if text is not None]
        return [serialize(text) for text in texts if text is not None]
    except SerdeError as error:
        raise InputError(f"--key-serializer {name}: {error}") from None


def _as_json(
    parsed: argparse.Namespace, told: "list[tuple[str | None, Placed]]", found: "WhatIf"
) -> dict[str, object]:
    """`partition` and `then` are null where the client draws lots, `then` also without --then."""
    with_then = parsed.then is not None
    moved = [_shown(text) for text, place in told if place.moves]
    answer: dict[str, object] = {
        "partitions": parsed.partitions,
        "then": parsed.then,
        "partitioner": parsed.partitioner,
        "keys": [
            {
                "key": None if text is None else _shown(text),
                "partition": place.before,
                "then": place.after if with_then else None,
            }
            for text, place in told
        ],
        "moved": list(dict.fromkeys(moved)),
    }
    if with_then:
        answer |= {"share_moved": found.share_moved, "expected_share": found.expected_share}
    return answer


def _shown(text: str | None) -> str:
    """Bytes that are no UTF-8 are escaped, as Python does."""
    return "" if text is None else os.fsencode(text).decode("utf-8", "backslashreplace")


def _as_text(
    parsed: argparse.Namespace, told: "list[tuple[str | None, Placed]]", found: "WhatIf"
) -> list[str]:
    from rich.cells import cell_len, set_cell_size

    keys = [_written(text) for text, _ in told]
    wide = max(3, *(min(cell_len(key), _WIDEST_KEY) for key in keys))

    def row(key: str, *cells: str) -> str:
        short = key if cell_len(key) <= wide else f"{set_cell_size(key, wide - 1)}…"
        return "  ".join((set_cell_size(short, wide), *cells)).rstrip()

    if parsed.then is None:
        head = row("key", f"of {parsed.partitions}")
        lines = [row(key, _place(place.before)) for key, (_, place) in zip(keys, told, strict=True)]
    else:
        was, will = f"of {parsed.partitions}", f"of {parsed.then}"
        head = row("key", f"{was:>6}", f"{will:>6}")
        lines = [
            row(key, f"{_place(p.before):>6}", f"{_place(p.after):>6}", "moved" if p.moves else "")
            for key, (_, p) in zip(keys, told, strict=True)
        ]
    return [head, *lines, "", *_summary(parsed, found)]


def _written(text: str | None) -> str:
    if text is None:
        return "(null)"
    shown = _shown(text)
    return (shown if shown.isprintable() else repr(shown)[1:-1]) or "(empty)"


def _place(partition: int | None) -> str:
    return "any" if partition is None else f"p{partition}"


def _summary(parsed: argparse.Namespace, found: "WhatIf") -> list[str]:
    from workbench.partitioning import EMULATED

    javas = any(each.name == parsed.partitioner.rpartition(".")[2] for each in EMULATED)
    default = ", librdkafka's default (Java's: --partitioner java)" if parsed.partitioner == _DEFAULT else ""
    lines = [f"partitioner {parsed.partitioner}{default}{', as Java does it' if javas else ''}"]
    for after, count in enumerate((parsed.partitions, parsed.then)):
        if count is not None:
            used, _most = found.reach(after=bool(after))
            lines.append(f"{_count(len(found.keys), 'key')} can use {used} of {_count(count, 'partition')}")
    if parsed.then is not None:
        lines.append(_share_line(found))
    return lines


def _share_line(found: "WhatIf") -> str:
    if found.share_moved is None or found.expected_share is None:
        return "no key has a partition of its own, so none can move"
    return (
        f"{len(found.moved):,} of {_count(found.fixed, 'key')} move{'s' if found.fixed == 1 else ''}:"
        f" {found.share_moved:.1%}"
        f" ({found.expected_share:.1%} is to be expected of many keys)"
    )


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
