"""Keys that a partitioner may stumble over, the same in each run."""

import random

_TEXTS = ("Grüße", "茶", "🫖 tea", "ключ", "\u0000", "٤٢", "user-1", "user-2", " ", "\r\n")


def keys_of_all_kinds(count: int) -> list[bytes]:
    """Distinct: empty, every single byte, ASCII, Unicode, random bytes of all short lengths, 10 kB."""
    draw = random.Random(4)
    keys = dict.fromkeys([b"", *(bytes([byte]) for byte in range(256)), *(text.encode() for text in _TEXTS)])
    keys |= dict.fromkeys(draw.randbytes(10_240) for _ in range(20))
    letters = [chr(code) for code in (*range(0x20, 0x7F), *range(0xC0, 0x250), *range(0x4E00, 0x4F00))]
    while len(keys) < count:
        size = draw.randrange(1, 48)
        kind = draw.randrange(4)
        if kind == 0:
            keys[f"user-{draw.randrange(10**9)}".encode()] = None
        elif kind == 1:
            keys["".join(draw.choices(letters, k=size)).encode()] = None
        elif kind == 2:
            keys[bytes(draw.choices(range(0x20, 0x7F), k=size))] = None
        else:
            keys[draw.randbytes(size)] = None
    return list(keys)[:count]
