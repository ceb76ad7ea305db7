"""Records made beforehand, to be sent over and over: at load speed a template costs nothing then."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
USUAL = 10_000
"""Records in the ring of a run in load mode, where its plan says nothing."""
_MOST_BYTES = 64 * 1024 * 1024


class Ring(Generic[T]):
    """Record N is the same as record N modulo `size`: also in what it calls its number."""

    def __init__(self, wanted: int, make: Callable[[int], T], bytes_of: Callable[[T], int]) -> None:
        """Makes so many, or fewer: 64 MiB of them are enough."""
        self.made: list[T] = []
        held = 0
        for number in range(wanted):
            made = make(number)
            self.made.append(made)
            held += bytes_of(made)
            if held >= _MOST_BYTES:
                break
        self.size = len(self.made)

    def get(self, number: int) -> T:
        return self.made[number % self.size]

    def number(self, number: int) -> int:
        """Of the record in the ring that stands for it."""
        return number % self.size
