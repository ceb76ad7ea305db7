"""Requests of every API and version with fields at random, well formed and otherwise."""

import dataclasses
import io
import struct
import typing
from datetime import timedelta
from uuid import UUID

from kio.index import load_request_schema
from kio.serial import entity_writer
from record_batch_cases import CASES

_BITS = {"int8": 8, "int16": 16, "int32": 32, "int64": 64, "uint16": 16}


class Requests:
    """`words` and `topic_ids` are such as the lab knows: what is at random everywhere reaches nothing."""

    def __init__(self, random, words, topic_ids):
        self._random = random
        self._words = (*words, "", "x" * 300, "\0", "ünï")
        self._topic_ids = topic_ids

    def frame(self, key, version):
        """Without its length."""
        schema = load_request_schema(key, version)
        buffer = io.BytesIO()
        buffer.write(struct.pack(">hhih", key, version, self._random.randrange(2**31), 2) + b"me")
        if schema.__header_schema__.__flexible__:
            buffer.write(b"\0")
        entity_writer(schema)(buffer, self._entity(schema, 0))
        return buffer.getvalue()

    def broken(self, frame):
        """Cut, lengthened, or with some bytes changed."""
        random, raw = self._random, bytearray(frame)
        for _ in range(random.choice((1, 1, 2, 8))):
            at = random.randrange(len(raw))
            match random.randrange(5):
                case 0:
                    del raw[at + 1 :]
                case 1:
                    raw[at] = random.randrange(256)
                case 2:
                    raw[at : at + 4] = struct.pack(">I", random.choice((2**31 - 1, 2**32 - 1, 2**31, 10**6)))
                case 3:
                    raw[at:at] = random.randbytes(random.randrange(1, 30))
                case _:
                    raw[at : at + 5] = b"\xff\xff\xff\xff\x07"  # the largest compact length
        return bytes(raw)

    def _entity(self, schema, depth):
        return schema(**{field.name: self._field(field, depth) for field in dataclasses.fields(schema)})

    def _field(self, field, depth):
        random, parts = self._random, typing.get_args(field.type)
        if type(None) in parts and random.random() < 0.1:
            return None
        array = any(typing.get_origin(part) is tuple for part in (field.type, *parts))
        parts += tuple(inner for part in parts for inner in typing.get_args(part))  # of an array or null
        nested = next((part for part in (field.type, *parts) if dataclasses.is_dataclass(part)), None)
        if nested is not None and array:
            return tuple(self._entity(nested, depth + 1) for _ in range(random.choice((0, 1, 1, 2, 3))))
        if nested is not None:
            return self._entity(nested, depth + 1)
        kind = field.metadata["kafka_type"]
        if array:
            return tuple(self._value(kind) for _ in range(random.choice((0, 1, 1, 2, 5))))
        return self._value(kind)

    def _value(self, kind):
        random = self._random
        if kind in _BITS:
            most = 2 ** (_BITS[kind] - 1)
            chosen = random.choice((0, 0, 1, 2, 3, -1, -2, most - 1, -most, random.randrange(most)))
            return abs(chosen) if kind.startswith("u") else chosen
        if kind.startswith("timedelta"):
            return timedelta(milliseconds=random.choice((0, 1, 20, 6000, 30_000, -1, 2**31 - 1)))
        choices = {
            "string": self._words,
            "records": (*(case.records for case in CASES.values()), random.randbytes(80)),
            "bytes": (b"", b"x", random.randbytes(40)),
            "uuid": (*self._topic_ids, UUID(int=random.getrandbits(128))),
            "bool": (True, False),
        }
        return random.choice(choices[kind])
