"""Latencies at the lowest cost a callback can have: kept as seconds, counted in bulk on another thread."""

import threading
from collections import Counter

from workbench.model.histogram import bucket_of

_MICROSECONDS = (1e6).__mul__


class Latencies:
    """`took` takes seconds, `take_many` seconds and how many records had them; `folded` is for any thread."""

    def __init__(self) -> None:
        self._taken: list[float] = []
        self.took = self._taken.append
        self._many: list[tuple[float, int]] = []
        self.take_many = self._many.extend
        self._folding = threading.Lock()
        self._histogram: Counter[int] = Counter()
        self._highest = 0.0

    def __len__(self) -> int:
        """How many wait to be counted."""
        return len(self._taken) + len(self._many)

    def folded(self) -> tuple[dict[int, int], int]:
        """The histogram (see `model.histogram`) and the highest in µs, of all that was taken by now."""
        with self._folding:
            count = len(self._taken)
            if count:
                self._fold(count)
            if self._many:
                self._fold_many(len(self._many))
            return dict(self._histogram), round(self._highest * 1e6)

    def _fold(self, count: int) -> None:
        chunk = self._taken[:count]
        del self._taken[:count]
        self._highest = max(max(chunk), self._highest)  # noqa: PLW3301  # a million arguments are no call
        # Counting equal microseconds first lets C do the bulk of the work
        for us, times in Counter(map(int, map(_MICROSECONDS, chunk))).items():
            self._histogram[bucket_of(us)] += times

    def _fold_many(self, count: int) -> None:
        chunk = self._many[:count]
        del self._many[:count]
        self._highest = max(self._highest, max(chunk)[0])
        for seconds, times in chunk:
            self._histogram[bucket_of(int(seconds * 1e6))] += times
