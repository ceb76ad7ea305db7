"""What a template may call beside `seq` and the time: draws, counters, rows, samples.

Draws belong to the record: scenario's seed, part and `seq` alone decide them. A counter does not: it counts
the records that this engine has made, in their order.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.serde import sample_words
from workbench.serde.errors import TemplateError

if TYPE_CHECKING:
    from workbench.serde.draws import Draws
    from workbench.serde.rows import Rows

DRAWN = frozenset(
    {"uuid", "choice", "random", "weighted", "zipf", "name", "first_name", "city", "word", "sample"}
)
NAMES = ("seq", "run_id", "now", "now_ms", *sorted(DRAWN), "counter", "key", "row")
_MOST_RANKS = 100_000
_MOST_COUNTED = 1_000_000
_BITS = 53


class Beside(NamedTuple):
    """What a template gets from the rest of the plan; None where the plan has no such thing."""

    rows: Rows | None = None
    key: Callable[[int], str | None] | None = None
    """The key's text of the same record."""
    sample: Callable[[Draws], Any] | None = None
    """A JSON value that fits the schema of the part."""


class Names:
    """Of one template. `start` before each record."""

    def __init__(self, draws: Draws, beside: Beside) -> None:
        self._draws, self._beside = draws, beside
        self._seq = -1
        self._ranks: dict[tuple[int, float], list[int]] = {}
        self._counts: dict[str, int] = {}
        self._counted: dict[str, int] = {}

    def start(self, seq: int) -> None:
        if seq != self._seq:  # the same record made again counts once
            self._counts |= self._counted
            self._counted = {}
            self._seq = seq
        self._draws.start(seq)

    def functions(self) -> dict[str, Any]:
        draws = self._draws
        return {
            "uuid": draws.uuid,
            "choice": draws.choice,
            "random": draws.random,
            "weighted": self.weighted,
            "zipf": self.zipf,
            "name": lambda: sample_words.name(draws),
            "first_name": lambda: sample_words.first_name(draws),
            "city": lambda: sample_words.city(draws),
            "word": lambda: sample_words.word(draws),
            "sample": self.sample,
            "counter": self.counter,
        }

    def weighted(self, weights: Any) -> Any:
        """One of a mapping's keys, as often as its weights say."""
        if not isinstance(weights, Mapping) or not all(_is_weight(w) for w in weights.values()):
            raise TemplateError('weighted({"tea": 5, "coffee": 1}) takes whole numbers from 0 on as weights')
        at = self._draws.below(total) if (total := sum(weights.values())) else -1
        for option, weight in weights.items():
            if 0 <= at < weight:
                return option
            at -= weight
        raise TemplateError("weighted() has nothing to choose from")

    def zipf(self, count: Any, exponent: Any = 1.0) -> int:
        """A rank, 1 … count: rank k as often as 1 / k^exponent of all (Zipf's law)."""
        is_whole = isinstance(count, int) and not isinstance(count, bool)
        if not is_whole or not 1 <= count <= _MOST_RANKS or not isinstance(exponent, int | float):
            raise TemplateError(
                f"zipf(n) takes a whole number from 1 to {_MOST_RANKS:,}, zipf(n, 1.2) an exponent too"
            )
        ranks = self._ranks.get((count, exponent))
        if ranks is None:
            ranks = self._ranks[count, exponent] = _cumulated(count, float(exponent))
        return bisect_right(ranks, self._draws.below(1 << _BITS)) + 1

    def counter(self, name: Any) -> int:
        """How many records before this one have counted the same name."""
        text = str(name)
        count = self._counts.get(text, 0)
        if len(self._counts) >= _MOST_COUNTED and text not in self._counts:
            raise TemplateError(f"counter() counts at most {_MOST_COUNTED:,} names")
        self._counted[text] = count + 1
        return count

    def sample(self) -> str:
        """JSON text that fits the schema."""
        if self._beside.sample is None:
            raise TemplateError("sample() draws from a schema; give the schema file of this key or value")
        return json.dumps(self._beside.sample(self._draws), ensure_ascii=False)

    def key(self) -> Any:
        if self._beside.key is None:
            raise TemplateError("key is there in the value and in headers, and the key must not be null")
        return self._beside.key(self._seq)

    def row(self) -> Any:
        if self._beside.rows is None:
            raise TemplateError("row is a row of record.rows_file; give that file")
        return self._beside.rows.at(self._seq)


def _is_weight(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _cumulated(count: int, exponent: float) -> list[int]:
    """Where the ranks end in 0 … 2^53."""
    try:
        weights = [rank**-exponent for rank in range(1, count + 1)]
    except OverflowError:
        raise TemplateError("zipf(): the exponent is too large") from None
    total, sum_, ends = sum(weights), 0.0, []
    for weight in weights[:-1]:
        sum_ += weight
        ends.append(int(sum_ / total * (1 << _BITS)))
    return ends
