"""Randomness that belongs to the record: the same in the preview and in every run."""

import zlib
from typing import Any

from workbench.serde import sample_words
from workbench.serde.errors import TemplateError

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


class Draws:
    """SplitMix64 (Steele, Lea, Flood 2014): a few whole numbers a record, cheap to seed for each."""

    def __init__(self, seed: int, part: str) -> None:
        self._origin = _mixed((seed & _MASK) ^ (zlib.crc32(part.encode()) << 32))
        self._state = self._origin

    def start(self, seq: int) -> None:
        """From here on, what belongs to the record with this number."""
        self._state = _mixed(self._origin + (seq + 1) * _GOLDEN)

    def below(self, limit: int) -> int:
        """A whole number in 0 … limit-1; its bias is below limit / 2^64."""
        self._state = (self._state + _GOLDEN) & _MASK
        return _mixed(self._state) % limit

    def random(self, *bounds: Any) -> int:
        if len(bounds) != 2 or not all(isinstance(bound, int) for bound in bounds):
            raise TemplateError("random(low, high) takes two whole numbers")
        low, high = map(int, bounds)
        if low > high:
            raise TemplateError(f"random({low}, {high}): the first number is the larger")
        return low + self.below(high - low + 1)

    def choice(self, *options: Any) -> Any:
        if not options:
            raise TemplateError("choice() has nothing to choose from")
        return options[self.below(len(options))]

    def of(self, options: Any) -> Any:
        """Jinja2's own `random` filter, drawn from here so that it repeats too."""
        return self.choice(*options)

    def uuid(self) -> str:
        """A version 4 UUID, as text."""
        return sample_words.uuid(self)


def _mixed(number: int) -> int:
    number &= _MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _MASK
    return number ^ (number >> 31)
