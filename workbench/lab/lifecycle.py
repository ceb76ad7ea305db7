"""A broker's life as the controller sees it: registering, heartbeats, shutting down, coming back."""

import asyncio
from collections.abc import Callable

from workbench.lab.broker import HOST, Broker
from workbench.lab.membership import Duplicate

_HEARS_AFTER_S = 0.1
"""A broker that thaws serves what lies in its sockets before it has fetched the controller's news."""
_HANDS_OVER_S = 0.2
"""Between giving up what it led and closing: clients hear that it leads no longer."""
_REGISTER_AGAIN_S = 0.1


class Lifecycle:
    """One broker's. What cannot be is for the caller to refuse."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.starting = False
        self.stopping = False
        self.since = 0.0
        """When something was last done to it, in the loop's time."""
        self.clean = False
        """Whether its last life ended by a controlled shutdown."""
        self.wiped = False
        """Whether its disk is another one than in its last life."""
        config = broker.cluster.controller.config
        self._heartbeat_s = config.number("broker.heartbeat.interval.ms") / 1000
        self._lag_check_s = config.number("replica.lag.time.max.ms") / 2000
        self._heartbeat: asyncio.TimerHandle | None = None
        self._lag_check: asyncio.TimerHandle | None = None
        self._hearing: asyncio.TimerHandle | None = None
        self._coming: asyncio.Task[None] | None = None

    def open(self, port: int) -> None:
        """The first life; the broker is registered already. Raises OSError, OverflowError."""
        self.broker.listener.bind(HOST, port)
        self.broker.listener.listen()
        self._beat()
        self._check_lag()

    async def close(self) -> None:
        await self._end()
        await self.broker.close()

    # ── what is done to it ────────────────────────────────────────────────────────────────────────

    def freeze(self) -> None:
        self.broker.condition.frozen = True
        self.broker.hold(held=True)
        self._changed()

    def isolate(self) -> None:
        self.broker.condition.isolated = True
        self._changed()

    def calm(self) -> None:
        """Thaw it, and undo whatever else was done to the running process."""
        condition = self.broker.condition
        cut_off = condition.frozen or condition.isolated
        if condition.frozen:
            condition.frozen = False
            self.broker.hold(held=False)
        condition.calm()
        if cut_off and not self.starting:
            self._hearing = self._later(self._hearing, _HEARS_AFTER_S, self._hear)
        self._changed()

    async def kill(self) -> None:
        condition = self.broker.condition
        condition.up = self.clean = False
        await self._end()
        await self.broker.die()
        condition.frozen = False  # only now: nothing of what waited for a thaw may go on
        condition.calm()
        self._changed()

    async def stop(self) -> None:
        """A controlled shutdown: others lead first."""
        self.stopping = True
        controller = self.broker.cluster.controller
        controller.controlled_shutdown(self.broker.id)
        try:
            await asyncio.sleep(_HANDS_OVER_S)
        finally:
            self.stopping = False
        if not self.broker.condition.up:  # killed meanwhile
            return
        await self.kill()
        self.clean = True
        controller.fence(self.broker.id, asked=True)

    def restart(self) -> None:
        """Begin a new life; it is there when the controller has let it in. Raises OSError for its port."""
        self.broker.listener.bind(HOST, self.broker.listener.port)
        self.broker.condition.up = True
        self.broker.wake_up()
        self.starting = True
        self._changed()
        self._coming = asyncio.get_running_loop().create_task(self._come())

    def wipe(self) -> None:
        self.wiped = True
        self.broker.wipe()

    # ── by itself ─────────────────────────────────────────────────────────────────────────────────

    async def _come(self) -> None:
        """Register (the session of its former life must be over), learn all there is, open the port."""
        broker, controller, loop = self.broker, self.broker.cluster.controller, asyncio.get_running_loop()
        condition = broker.condition
        while True:
            await condition.until(lambda: condition.hears)
            try:
                controller.register(
                    broker.id, broker, loop.time(), fenced=True, clean=self.clean, wiped=self.wiped
                )
                break
            except Duplicate:
                await asyncio.sleep(_REGISTER_AGAIN_S)
        self.starting = False
        self.clean = self.wiped = False
        broker.listener.listen()
        broker.cluster.happenings.add("restarted", broker.id)
        self._beat()
        self._check_lag()

    def _beat(self) -> None:
        self._heartbeat = self._later(self._heartbeat, self._heartbeat_s, self._beat)
        if self.broker.condition.hears:
            self.broker.cluster.controller.heartbeat(self.broker.id, self.broker.now())

    def _hear(self) -> None:
        """It reaches the controller again: first its news, then let it in."""
        if self.broker.condition.hears:
            self.broker.cluster.controller.catch_up(self.broker.id)
            self._beat()

    def _check_lag(self) -> None:
        self._lag_check = self._later(self._lag_check, self._lag_check_s, self._check_lag)
        self.broker.drop_laggards()

    async def _end(self) -> None:
        for timer in (self._heartbeat, self._lag_check, self._hearing):
            if timer is not None:
                timer.cancel()
        self.starting = False
        coming, self._coming = self._coming, None
        if coming is not None and not coming.done():
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)

    def _changed(self) -> None:
        self.since = asyncio.get_running_loop().time()
        self.broker.condition.changed()

    @staticmethod
    def _later(
        former: asyncio.TimerHandle | None, seconds: float, call: Callable[[], None]
    ) -> asyncio.TimerHandle:
        if former is not None:
            former.cancel()
        return asyncio.get_running_loop().call_later(seconds, call)
