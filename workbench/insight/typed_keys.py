"""Keys as a person types them: separated by spaces, written as they are shown, with ranges."""

import re

from workbench.errors import InputError

MOST = 2000
_WORD = re.compile(r'"[^"]*"(?!\S)|\S+')
_RANGE = re.compile(r"\{(-?\d{1,9})\.\.(-?\d{1,9})\}")


def typed_keys(text: str) -> tuple[bytes | None, ...]:
    """`null`, `""`, 0x…, text in UTF-8, "in quotes" as it stands; `user-{1..50}` is fifty keys.

    Each once, in the order typed.

    Raises InputError where a hexadecimal key is none, or there are more than `MOST`.
    """
    found: dict[bytes | None, None] = {}
    for word in _WORD.findall(text):
        for key in [word] if word[0] == '"' else _spelled_out(word):
            found[_key(key)] = None
            if len(found) > MOST:
                raise InputError(f"keys: type fewer than {MOST:,}")
    return tuple(found)


def _spelled_out(word: str) -> list[str]:
    match = _RANGE.search(word)
    if match is None:
        return [word]
    first, last = int(match[1]), int(match[2])
    if abs(last - first) >= MOST:
        raise InputError(f"keys: {match[0]}: type fewer than {MOST:,}")
    step = 1 if last >= first else -1
    rest = _spelled_out(word[match.end() :])
    if len(rest) * (abs(last - first) + 1) > MOST:
        raise InputError(f"keys: {word}: type fewer than {MOST:,}")
    begin = word[: match.start()]
    return [f"{begin}{number}{end}" for number in range(first, last + step, step) for end in rest]


def _key(word: str) -> bytes | None:
    if word == "null":
        return None
    if len(word) > 1 and word[0] == word[-1] == '"':
        return word[1:-1].encode("utf-8", "surrogateescape")
    if word.startswith("0x"):
        try:
            if found := bytes.fromhex(word[2:]):
                return found
        except ValueError:
            pass
        raise InputError(f"keys: {word}: hexadecimal is 0x00ff")
    return word.encode("utf-8", "surrogateescape")
