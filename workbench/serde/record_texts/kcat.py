"""A record as the command of kcat (1.7) that produces it."""

import shlex

from workbench.serde.record_texts.told import FormatError, Told, text_of

_SEPARATORS = ("\\n", "\\x1e", "\\x1d", "\\x1f", "\\x1c")
"""As kcat's -D takes them: the first that is not in the value ends it."""


def command(told: Told, bootstrap_servers: str) -> str:
    """One line for a POSIX shell. Raises FormatError for what kcat's options cannot carry."""
    words = ["kcat", "-P", "-b", bootstrap_servers, "-t", told.topic]
    if told.partition is not None:
        words += ["-p", str(told.partition)]
    if told.timestamp is not None:
        raise FormatError("kcat sets no timestamp: it is the client's clock")
    for name, data in told.headers:
        words += ["-H", _header(name, data)]
    if not told.value:
        return _without_value(told, words)
    if told.key is not None:
        words += ["-k", _argument(told.key, "key")]
    return f"printf '%b' {_escaped(told.value)} | {shlex.join([*words, '-D', _separator(told.value)])}"


def _without_value(told: Told, words: list[str]) -> str:
    """Kcat skips an empty line, so the key is in it; with -Z what is empty is null."""
    if told.key is None and told.value is not None:
        raise FormatError("kcat sends no empty value without a key")
    key = b"" if told.key is None else _argument(told.key, "key").encode()
    separator = _separator(key + b"\n")
    given = _escaped(key + separator.encode().decode("unicode_escape").encode() + b"\n")
    words = [*words, "-K", separator, *(["-Z"] if told.value is None else [])]
    return f"printf '%b' {given} | {shlex.join(words)}"


def _separator(value: bytes) -> str:
    for escape in _SEPARATORS:
        if escape.encode().decode("unicode_escape").encode() not in value:
            return escape
    raise FormatError("the value has every byte in it at which kcat could end it")


def _argument(data: bytes, what: str) -> str:
    text = text_of(data, what)
    if not text:
        raise FormatError(f"kcat's -k gives no empty {what}")
    if "\0" in text:
        raise FormatError(f"{what}: a command's argument has no zero byte")
    return text


def _header(name: str, data: bytes | None) -> str:
    if "=" in name or "\0" in name or not name:
        raise FormatError(f"header {name!r}: kcat takes no = in a name, and no empty one")
    if data is None:
        return name
    value = text_of(data, f"header {name}")
    if "\0" in value:
        raise FormatError(f"header {name}: a command's argument has no zero byte")
    return f"{name}={value}"


def _escaped(value: bytes) -> str:
    """For `printf %b`: bytes that are no printable ASCII in octal."""
    plain = "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b"\\'" else f"\\0{byte:03o}" for byte in value
    )
    return f"'{plain}'"
