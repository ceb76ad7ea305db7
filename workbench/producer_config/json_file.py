"""A flat JSON object of properties, with the line of each name."""

import json
from collections.abc import Iterator

from workbench.producer_config.properties_file import Entry

_BLANKS = " \t\r\n"
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)


class NotFlatError(ValueError):
    """`text`: what is wrong and the mend."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


def parse(text: str) -> Iterator[Entry]:
    """Each member in its order, also those of the same name. Raises NotFlatError."""
    return _Scanner(text).members()


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._counted = 0
        self._line = 1

    def members(self) -> Iterator[Entry]:
        self._take("{", "a config is an object: {…}")
        if self._next() == "}":
            self._at += 1
            self._end()
            return
        while True:
            self._next()
            line = self._here()
            name = self._name()
            self._take(":", "a colon stands between name and value")
            yield Entry(name, self._value(name), line)
            if self._next() == "}":
                self._at += 1
                self._end()
                return
            self._take(",", "a comma stands between two members")

    def _name(self) -> str:
        if self._next() != '"':
            raise NotFlatError(self._here(), "not a flat JSON object: a name stands in double quotes")
        try:
            name, self._at = _DECODER.raw_decode(self._text, self._at)
        except json.JSONDecodeError:
            raise NotFlatError(self._here(), "a name is not ended; close its quotes") from None
        return str(name)

    def _value(self, name: str) -> str:
        if self._next() in {"{", "["}:
            raise NotFlatError(
                self._here(), f"{name[:60]}: holds more than a value; write lists as text, with commas"
            )
        try:
            value, self._at = _DECODER.raw_decode(self._text, self._at)
        except (json.JSONDecodeError, RecursionError):
            raise NotFlatError(
                self._here(), f"{name[:60]}: its value is not JSON; put text in double quotes"
            ) from None
        if value is None:
            raise NotFlatError(self._here(), f"{name[:60]}: is null; take the member out")
        return str(value).lower() if isinstance(value, bool) else str(value)

    def _take(self, letter: str, mend: str) -> None:
        if self._next() != letter:
            raise NotFlatError(self._here(), f"not a flat JSON object: {mend}")
        self._at += 1

    def _end(self) -> None:
        if self._next():
            raise NotFlatError(self._here(), "more stands behind the object; take it out")

    def _next(self) -> str:
        """The next letter that is no blank; empty at the end."""
        while (letter := self._text[self._at : self._at + 1]) and letter in _BLANKS:
            self._at += 1
        return letter

    def _here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line
