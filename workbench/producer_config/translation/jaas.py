"""The line in sasl.jaas.config: a login module, a flag, and options."""

import re
from collections.abc import Mapping
from typing import NamedTuple

_TOKEN = re.compile(r"""\s*(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|([^\s=;"']+)|([=;]))""")
_ESCAPE = re.compile(r"\\([0-3][0-7]{0,2}|[4-7][0-7]?|.)")
_CONTROLS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_WRITTEN = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_FLAGS = {"required", "requisite", "sufficient", "optional"}


class Login(NamedTuple):
    module: str
    """The class, e.g. org.apache.kafka.common.security.plain.PlainLoginModule."""
    options: dict[str, str]

    @property
    def name(self) -> str:
        return self.module.rpartition(".")[2]


def parse(text: str) -> Login | None:
    """The one login of the line, read as Java's StreamTokenizer would; None where it has another form."""
    tokens: list[str] = []
    marks: list[bool] = []
    at = 0
    stripped = text.strip()
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if match is None:
            return None
        quoted = match[1] if match[1] is not None else match[2]
        tokens.append(_unescaped(quoted) if quoted is not None else match[3] or match[4])
        marks.append(match[4] is not None)
        at = match.end()
    if len(tokens) < 3 or marks[:2] != [False, False] or tokens[1].lower() not in _FLAGS:
        return None
    if not marks[-1] or tokens[-1] != ";":
        return None
    return _with_options(tokens[0], tokens[2:-1], marks[2:-1])


def _with_options(module: str, tokens: list[str], marks: list[bool]) -> Login | None:
    options: dict[str, str] = {}
    if len(tokens) % 3:
        return None
    for at in range(0, len(tokens), 3):
        if marks[at : at + 3] != [False, True, False] or tokens[at + 1] != "=":
            return None
        options[tokens[at]] = tokens[at + 2]
    return Login(module, options)


def written(module: str, options: Mapping[str, str]) -> str:
    told = "".join(f' {name}="{_escaped(value)}"' for name, value in options.items())
    return f"{module} required{told};"


def _unescaped(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        what = match[1]
        return chr(int(what, 8)) if what[0] in "01234567" else _CONTROLS.get(what, what)

    return _ESCAPE.sub(one, text)


def _escaped(text: str) -> str:
    return "".join(_WRITTEN.get(letter, letter) for letter in text)
