"""Asks which key went where while somebody looks, and keeps what came of the last runs' orders."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.errors import KwbError
from workbench.insight.key_spread import KeySpread, spread_of
from workbench.insight.record_order import in_batches, offsets_wanted, order_of
from workbench.ui.partitioner_view import way_of_choosing
from workbench.ui.session import Session

if TYPE_CHECKING:
    from workbench.model.key_totals import KeyTotals

_EVERY_S = 0.25
_SHARE, _AT_MOST_S = 4, 2.0
"""The engine is asked again after so many times what the answer took: it has other things to do."""


class KeyFollowing:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._totals: KeyTotals | None = None
        self._spread: KeySpread | None = None
        self._batches: tuple[str, tuple[tuple[int, int], ...]] = ("", ())
        """Of the run with that id, once it was over."""
        self._one_at_a_time = asyncio.Lock()

    async def follow(self, changed: Callable[[], None]) -> None:
        """Until it is cancelled; `changed` is called when there is something new."""
        while True:
            began = time.monotonic()
            if (self._is_behind and await self.ask()) or await self.look_at_batches():
                changed()
            await asyncio.sleep(max(_EVERY_S, min(_AT_MOST_S, _SHARE * (time.monotonic() - began))))

    async def ask(self) -> bool:
        """Whether the answer was another one than the last."""
        bench = self._session.reachable
        try:
            totals = await bench.keys() if bench else None
        except KwbError:  # the engine is gone: whoever runs it tells
            totals = None
        if totals is None or totals == self._totals:  # what was heard of an engine that died stays
            return False
        self._totals, self._spread = totals, None
        return True

    async def look_at_batches(self) -> bool:
        """Once a run is over, look into the log; whether there was anything new.

        One at a time: whoever asks while another looks goes on when that is known, or looks itself.
        """
        async with self._one_at_a_time:
            return await self._look_at_batches()

    async def _look_at_batches(self) -> bool:
        session, totals, spread = self._session, self._totals, self.spread
        if totals is None or spread is None or self._is_behind or session.run_on:
            return False
        if self._batches[0] == totals.run_id or not (wanted := offsets_wanted(totals)):
            return False
        bench, scenario = session.reachable, session.running
        found: tuple[tuple[int, int], ...] = ()
        if bench is not None and scenario is not None:
            try:
                found = in_batches(totals, await bench.batches(scenario.topic.name, wanted))
            except KwbError:  # the cluster has gone meanwhile: once, whatever comes of it
                found = ()
        self._batches = totals.run_id, found
        return bool(found)

    @property
    def spread(self) -> KeySpread | None:
        """Of the run that is on, or was last; nothing of the one before it."""
        totals, insight = self._totals, self._session.insight
        if totals is None or insight is None or totals.run_id != insight.frame.run_id:
            return None
        if self._spread is None:
            self._spread = spread_of(totals, len(insight.frame.partitions))
        return self._spread

    @property
    def _is_behind(self) -> bool:
        """Whether a run has got on since the last answer."""
        insight, spread = self._session.insight, self.spread
        if insight is None:
            return False
        if spread is None:
            return self._session.reachable is not None
        return spread.records < insight.delivered and not spread.why_not

    def keep_order(self) -> None:
        """Put the run's order, with its batches so far, at the head of the last ones'."""
        session, totals = self._session, self._totals
        insight, scenario = session.insight, session.running
        if totals is None or insight is None or scenario is None or totals.run_id != insight.frame.run_id:
            return
        order = order_of(totals, insight.frame, way_of_choosing(scenario))
        if self._batches[0] == order.run_id:
            order = replace(order, in_batches=self._batches[1])
        if session.orders and session.orders[0].run_id == order.run_id:
            before = session.orders.popleft()
            order = replace(order, in_batches=order.in_batches or before.in_batches)
        if order.runs:
            session.orders.appendleft(order)
