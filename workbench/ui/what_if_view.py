"""What is being tried: another number of partitions, another partitioner, keys of one's own."""

from workbench.errors import InputError
from workbench.insight.key_spread import KeySpread
from workbench.model.scenario import Scenario
from workbench.partitioning import EMULATED, PARTITIONERS, Placing, WhatIf, what_if
from workbench.ui.partitioner_view import is_own, partitioner_of

MOST_PARTITIONS = 1000
_NO_KEYS = "no keys yet — ^S sends some, a takes some of your own"


class Trying:
    """What differs from how it is; nothing at first."""

    def __init__(self) -> None:
        self.own: tuple[bytes | None, ...] = ()
        """Keys typed by hand, beside the run's: one record each."""
        self._before = Placing("", 1)
        self._more = 0
        self._partitioner: str | None = None
        self._answered: tuple[object, WhatIf] | None = None

    def partitions(self, by: int) -> None:
        wanted = min(max(self._before.partitions + self._more + by, 1), MOST_PARTITIONS)
        self._more = wanted - self._before.partitions

    def partitioner(self, by: int) -> None:
        names = [kind.name for kind in (*PARTITIONERS, *EMULATED)]
        now = self._partitioner or self._before.partitioner
        at = names.index(now) if now in names else -1
        self._partitioner = names[(at + by) % len(names)]

    def reset(self) -> None:
        self._more, self._partitioner = 0, None

    def what_if(
        self, scenario: Scenario, spread: KeySpread | None, partitions: int
    ) -> tuple[WhatIf | None, str]:
        """The answer for the run's own keys and those typed, or why there is none."""
        self._before = before = Placing(partitioner_of(scenario), partitions)
        after = Placing(
            self._partitioner or before.partitioner, min(max(partitions + self._more, 1), MOST_PARTITIONS)
        )
        if scenario.record.partition is not None:
            return None, f"the record's partition is set to {scenario.record.partition}: no partitioner runs"
        if is_own(before.partitioner):
            return None, f"nobody can foretell what {before.partitioner} answers"
        of_run = [(row.key, row.records) for row in spread.rows] if spread else []
        known = {key for key, _ in of_run}
        keys = [*((key, 1) for key in self.own if key not in known), *of_run]
        if not keys:
            return None, _NO_KEYS
        key = before, after, tuple(keys)
        if self._answered is None or self._answered[0] != key:
            try:
                self._answered = key, what_if(keys, before, after)
            except InputError as error:
                return None, str(error)
        return self._answered[1], ""
