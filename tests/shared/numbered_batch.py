"""Record batches of one record whose value is a number, as a producer sends them."""

import struct

from crc32c import crc32c

_HEADER = struct.Struct(">qiibIhiqqqhii")
_NOW = 1_700_000_000_000


def batch_of(number, pid=-1, seq=-1, epoch=0):
    body = b"\x1c\0\0\0\x01\x10" + struct.pack(">q", number) + b"\0"
    raw = bytearray(
        _HEADER.pack(0, 49 + len(body), -1, 2, 0, 0, 0, _NOW, _NOW, pid, epoch if pid >= 0 else -1, seq, 1)
        + body
    )
    struct.pack_into(">I", raw, 17, crc32c(bytes(raw[21:])))
    return bytes(raw)


def number_of(batch):
    """Of a batch in a log."""
    return struct.unpack_from(">q", batch.raw, _HEADER.size + 6)[0]
