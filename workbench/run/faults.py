"""The faults of one run: when each is due, what its target is then, and what became of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from enum import Enum, auto

from workbench.clusters.port import Cluster
from workbench.engine.protocol import Gate
from workbench.errors import InputError, KwbError
from workbench.model.fault import CONTROLLER, Action, Fault, broker_of
from workbench.model.frame import Frame
from workbench.model.report import FaultFacts
from workbench.model.scenario import Scenario
from workbench.run.telling import Tell
from workbench.run.watching import Watching

PATIENCE_S = 60.0
"""So long a fault waits for the ISR or for another leader when nothing else is to come."""
_TICK_S = 0.05
_OF_THE_LIVING = frozenset({"freeze", "kill", "stop", "slow", "isolate", "drop-response", "error"})
_TOLD_BY_THE_LAB = frozenset({"freeze", "thaw", "kill", "stop", "restart", "wipe", "slow", "isolate"})
_OF_THE_DEAD = frozenset({"restart", "wipe"})


def refuse_faults(scenario: Scenario, cluster: Cluster) -> None:
    """Raises InputError for a fault that this cluster cannot do."""
    for number, fault in enumerate(scenario.faults, start=1):
        if fault.do not in cluster.faults:
            raise InputError(f"fault {number}: {fault.do}: this {cluster.kind} cluster cannot do it")


def gates_of(faults: tuple[Fault, ...]) -> tuple[Gate, ...]:
    """Where sending stands still for a fault: at its counts, or before the first record."""
    return tuple(
        Gate(index, **fault.after.counts)
        for index, fault in enumerate(faults)
        if fault.after.counts or fault.after.says_nothing
    )


class _Hope(Enum):
    """Whether a condition that does not hold yet ever will."""

    COMES = auto()
    MAYBE = auto()
    """What the cluster does, which nobody can foretell."""
    NEVER = auto()


class Director:
    """Told of frames and reached gates, it does the faults in their time; `run` is its one task.

    `go` opens a gate of the engine; `add_partitions` gives the topic so many.
    """

    def __init__(
        self,
        faults: tuple[Fault, ...],
        cluster: Cluster,
        watching: Watching,
        tell: Tell,
        *,
        go: Callable[[int], Awaitable[None]],
        add_partitions: Callable[[int], Awaitable[object]],
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.facts = [FaultFacts(fault.do, fault.target) for fault in faults]
        self._frozen: set[int] = set()
        self._dead: set[int] = set()
        self._isolated: set[int] = set()
        self._faults = faults
        self._cluster = cluster
        self._watching = watching
        self._tell = tell
        self._go = go
        self._add_partitions = add_partitions
        self._patience_s = patience_s
        self._gates = frozenset(gate.number for gate in gates_of(faults))
        self._pending = list(range(len(faults)))
        self._reached: dict[int, Frame] = {}
        self._done_at: dict[int, float] = {}
        self._led_then: dict[int, dict[int, int]] = {}
        """By fault: who led each partition when it was done."""
        self._hoping_since: dict[int, float] = {}
        self._frame: Frame | None = None
        self._ended = False
        self._touched = False
        self._wake = asyncio.Event()

    @property
    def out(self) -> frozenset[int]:
        """Brokers that answer nobody: frozen, dead, or cut off."""
        return frozenset(self._frozen | self._dead | self._isolated)

    def on_frame(self, frame: Frame) -> None:
        self._frame = frame
        self._wake.set()

    def on_reached(self, number: int, frame: Frame) -> None:
        self._reached[number] = frame
        self.on_frame(frame)

    def on_end(self, frame: Frame) -> None:
        """No more records and no more reports."""
        self._ended = True
        self.on_frame(frame)

    async def run(self) -> None:
        """Do the faults; return when each was done or can never be."""
        while self._pending:
            self._wake.clear()
            for index in list(self._pending):
                await self._look_at(index)
            if self._pending:
                try:
                    async with asyncio.timeout(_TICK_S):
                        await self._wake.wait()
                except TimeoutError:
                    continue

    def give_up(self, why: str) -> None:
        """What has not been done will not be."""
        for index in list(self._pending):
            self._never(index, why)

    async def undo(self) -> bool:
        """Thaw all that is frozen, start all that is dead; whether anything had been done."""
        if not self._touched:
            return False
        everything = (Action("thaw"), Action("restart"))
        for action in everything:
            try:
                await self._cluster.do(action)
            except KwbError as error:
                self._tell("note", "warn", f"{action.do}: {error}")
        self._frozen, self._dead, self._isolated = set(), set(), set()
        self._touched = False
        return True

    async def _look_at(self, index: int) -> None:
        unmet = self._unmet(index)
        hopes = {hope for _, hope in unmet}
        if not unmet:
            await self._fire(index)
        elif _Hope.NEVER in hopes:
            await self._pass(index, next(text for text, hope in unmet if hope is _Hope.NEVER))
        elif hopes == {_Hope.MAYBE} and (self._ended or index in self._reached):
            since = self._hoping_since.setdefault(index, time.monotonic())
            if time.monotonic() - since >= self._patience_s:
                await self._pass(index, f"{unmet[0][0]} for {self._patience_s:g} s")
        else:
            self._hoping_since.pop(index, None)

    def _unmet(self, index: int) -> list[tuple[str, _Hope]]:
        """The conditions of a fault that do not hold now, in words."""
        after, frame = self._faults[index].after, self._frame
        unmet: list[tuple[str, _Hope]] = []
        if index in self._gates and index not in self._reached:
            counts = {name: getattr(frame, name) if frame else 0 for name in after.counts}
            told = ", ".join(f"{counts[name]} of {wanted} {name}" for name, wanted in after.counts.items())
            unmet.append((f"only {told}", _Hope.NEVER if self._ended else _Hope.COMES))
        before = after.fault - 1 if after.fault is not None else None
        if before is not None and before not in self._done_at:
            hope = _Hope.COMES if before in self._pending else _Hope.NEVER
            unmet.append((f"fault {after.fault} never was", hope))
        elif after.seconds is not None:
            since = self._done_at[before] if before is not None else self._first_send
            if since is None:
                unmet.append(("nothing was sent", _Hope.NEVER if self._ended else _Hope.COMES))
            elif time.monotonic() < since + after.seconds:
                unmet.append((f"not {after.seconds:g} s yet", _Hope.COMES))
        return unmet + self._unseen(index)

    def _unseen(self, index: int) -> list[tuple[str, _Hope]]:
        """Those that the cluster itself must bring about."""
        fault = self._faults[index]
        after, view = fault.after, self._watching.views.get(fault.partition)
        unmet = []
        if after.isr is not None and (view is None or len(view.isr) != after.isr):
            now = "not known" if view is None else str(len(view.isr))
            unmet.append((f"the ISR of partition {fault.partition} was {now}, not {after.isr}", _Hope.MAYBE))
        if after.leader_changed:
            led = self._led_then.get(after.fault - 1) if after.fault else None
            first = self._watching.before.get(fault.partition)
            then = led.get(fault.partition) if led is not None else first.leader if first else None
            if view is None or view.leader < 0 or view.leader == then:
                unmet.append((f"partition {fault.partition} got no other leader", _Hope.MAYBE))
        return unmet

    @property
    def _first_send(self) -> float | None:
        return self._frame.started_at if self._frame is not None and self._frame.sent else None

    async def _fire(self, index: int) -> None:
        fault = self._faults[index]
        await self._watching.look()
        self._led_then[index] = {view.id: view.leader for view in self._watching.views.values()}
        brokers: tuple[int, ...] = ()
        problem = None
        try:
            brokers = self._brokers_of(fault)
            await self._do(fault, brokers)
        except KwbError as error:
            problem = str(error)
        at = time.monotonic()
        self._done_at[index] = at
        self._pending.remove(index)
        frames = [frame for frame in (self._reached.get(index), self._frame) if frame is not None]
        frame = max(frames, key=lambda frame: frame.at, default=None)
        at_s = round(at - self._first_send, 3) if self._first_send is not None else 0.0
        self.facts[index] = FaultFacts(
            fault.do,
            fault.target,
            brokers,
            None if problem else at_s,
            frame.sent if frame else 0,
            frame.acked if frame else 0,
            frame.failed if frame else 0,
            problem,
        )
        told_by_itself = self._cluster.tells_by_itself and fault.do in _TOLD_BY_THE_LAB
        if problem or not (fault.do == "wait" or told_by_itself):
            named = ", ".join("the controller" if b == CONTROLLER else f"broker {b}" for b in brokers)
            what = " ".join(filter(None, (fault.do, named or fault.target)))
            did = f"{fault.partitions} from now on: keys may go elsewhere" if fault.partitions else ""
            self._tell("fault", "bad" if problem else "warn", what, problem or did)
        await self._go(index)

    async def _do(self, fault: Fault, brokers: tuple[int, ...]) -> None:
        if fault.do == "add-partitions":
            await self._add_partitions(fault.partitions)
        elif fault.do != "wait":
            self._touched = True
            await self._cluster.do(Action(fault.do, brokers, fault.ms, fault.code, fault.times))
        them = set(brokers)
        match fault.do:
            case "freeze":
                self._frozen |= them
            case "isolate":
                self._isolated |= them
            case "thaw":
                self._frozen -= them or self._frozen
                self._isolated -= them or self._isolated
            case "kill" | "stop":
                self._frozen -= them
                self._dead |= them
            case "restart":
                self._dead -= them or self._dead

    def _brokers_of(self, fault: Fault) -> tuple[int, ...]:
        """Whom it hits now. Raises InputError where there is nobody, or where it cannot be done to them."""
        if fault.target is None:
            return ()
        found = self._named(fault.target, fault.partition)
        if fault.do in _OF_THE_LIVING and (gone := found & self._dead):
            raise InputError(f"broker {min(gone)} is dead")
        if fault.do in _OF_THE_DEAD and (living := found - self._dead):
            raise InputError(f"broker {min(living)} is not dead: kill or stop it first")
        return tuple(sorted(found))

    def _named(self, target: str, partition: int) -> set[int]:
        number = broker_of(target)
        if number is not None:
            return {number}
        match target:
            case "controller":
                return {CONTROLLER}
            case "frozen" | "dead":
                found = set(self._frozen if target == "frozen" else self._dead)
                if not found:
                    raise InputError(f"no broker is {target}")
                return found
        view = self._watching.views.get(partition)
        if view is None:
            raise InputError(f"nobody tells who leads partition {partition}")
        if view.leader < 0:
            raise InputError(f"partition {partition} has no leader")
        if target == "leader":
            return {view.leader}
        followers = set(view.replicas) - {view.leader} - self._dead
        if not followers:
            raise InputError(f"partition {partition} has no living follower")
        return followers

    async def _pass(self, index: int, why: str) -> None:
        self._never(index, why)
        await self._go(index)

    def _never(self, index: int, why: str) -> None:
        self._pending.remove(index)
        self.facts[index] = FaultFacts(
            self._faults[index].do, self._faults[index].target, problem=f"never done: {why}"
        )
        self._tell("fault", "bad", f"fault {index + 1}, {self._faults[index].do}, was not done", why)
