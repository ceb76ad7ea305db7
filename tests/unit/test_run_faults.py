"""The director on a cluster that only writes down what is done to it: when, to whom, and when never."""

import asyncio

import pytest
from msgspec.structs import replace

from workbench.errors import ClusterError, InputError
from workbench.model.cluster_view import PartitionView
from workbench.model.events import Event
from workbench.model.fault import CONTROLLER, FAULT_KINDS, Action, After, Fault, FaultKind
from workbench.model.frame import Frame
from workbench.model.scenario import ClusterKind, Scenario
from workbench.run.faults import Director, gates_of, refuse_faults
from workbench.run.proving import Expected, ranges, settled, waiting_for
from workbench.run.watching import Watching

HEALTHY = PartitionView(0, 1, (1, 2, 3), (1, 2, 3), 4, log_start=0, log_end=10, high_watermark=10)


class Cluster:
    """Written down, nothing done; `views` is what it tells."""

    kind: ClusterKind = "apache"
    version: str | None = None
    bootstrap_servers = "a:1,b:2,c:3"
    faults: frozenset[FaultKind] = frozenset(FAULT_KINDS)
    tells_by_itself = False
    sees_stations = False
    out: frozenset[int] = frozenset()
    on_happened = None

    def __init__(self, *views: PartitionView) -> None:
        self.views = views or (HEALTHY,)
        self.done: list[Action] = []
        self.refuses: Exception | None = None
        self.security: dict[str, str] = {}

    async def start(self) -> None: ...
    async def close(self) -> None: ...
    async def lost(self) -> str:
        raise AssertionError

    async def do(self, action: Action) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.done.append(action)

    async def partitions(self, topic: str) -> tuple[PartitionView, ...]:
        return self.views


class Stage:
    def __init__(self, *faults: Fault, patience_s: float = 60.0) -> None:
        self.cluster = Cluster()
        self.events: list[Event] = []
        self.opened: list[int] = []
        self.added: list[int] = []
        self.gone_on = asyncio.Event()
        self.watching = Watching(self.cluster, "t", self.tell)
        self.director = Director(
            faults,
            self.cluster,
            self.watching,
            self.tell,
            go=self.go,
            add_partitions=self.add,
            patience_s=patience_s,
        )

    def tell(self, kind, severity, what="", consequence="", where="") -> None:
        self.events.append(Event(0.0, kind, severity, where, what, consequence))

    async def go(self, gate: int) -> None:
        self.opened.append(gate)
        self.gone_on.set()

    async def add(self, partitions: int) -> None:
        self.added.append(partitions)

    @property
    def done(self) -> list[tuple[str, tuple[int, ...]]]:
        return [(action.do, action.brokers) for action in self.cluster.done]

    def problems(self) -> list[str | None]:
        return [fact.problem for fact in self.director.facts]


def frame(sent: int = 0, acked: int = 0, failed: int = 0) -> Frame:
    return Frame("run", 0.0, 0.0, "sending", 100, sent=sent, acked=acked, failed=failed)


async def directed(stage: Stage) -> None:
    """The director's task to its end."""
    await stage.watching.look()
    await stage.director.run()


def test_counts_are_gates_and_so_is_the_moment_before_the_first_record() -> None:
    faults = (
        Fault("thaw"), Fault("thaw", After(acked=3, sent=9)), Fault("thaw", After(seconds=1)),
        Fault("thaw", After(fault=1, failed=2)), Fault("thaw", After(leader_changed=True)),
    )  # fmt: skip
    assert [(g.number, g.sent, g.acked, g.failed) for g in gates_of(faults)] == [
        (0, 0, 0, 0),
        (1, 9, 3, 0),
        (3, 0, 0, 2),
    ]


async def test_a_fault_is_done_at_its_gate_and_the_gate_is_opened() -> None:
    stage = Stage(Fault("freeze", After(acked=5), "followers"), Fault("kill", After(acked=6), "leader"))
    stage.director.on_frame(frame(9, 5))
    stage.director.on_reached(0, frame(5, 5))
    directing = asyncio.create_task(directed(stage))
    await stage.gone_on.wait()
    directing.cancel()
    await asyncio.gather(directing, return_exceptions=True)
    assert stage.done == [("freeze", (2, 3))]
    assert stage.opened == [0]
    first, second = stage.director.facts
    assert (first.brokers, first.sent, first.acked, first.problem) == ((2, 3), 5, 5, None)
    assert first.at_s is not None
    assert second.at_s is None
    assert stage.director.out == {2, 3}
    assert [(event.kind, event.what) for event in stage.events] == [("fault", "freeze broker 2, broker 3")]


@pytest.mark.parametrize(
    ("target", "brokers"),
    [("leader", (1,)), ("followers", (2, 3)), ("broker 2", (2,)), ("controller", (CONTROLLER,))],
)
async def test_a_target_is_found_when_the_fault_is_due(target: str, brokers: tuple[int, ...]) -> None:
    stage = Stage(Fault("freeze", After(), target))
    stage.director.on_reached(0, frame())
    await directed(stage)
    assert stage.done == [("freeze", brokers)]


async def test_the_leader_is_the_one_of_the_moment_and_of_the_partition() -> None:
    stage = Stage(Fault("kill", After(sent=1), "leader", partition=1))
    stage.cluster.views = (HEALTHY, replace(HEALTHY, id=1, leader=2))
    await stage.watching.look()
    stage.cluster.views = (HEALTHY, replace(HEALTHY, id=1, leader=3))
    stage.director.on_reached(0, frame(1))
    await directed(stage)
    assert stage.done == [("kill", (3,))]


async def test_the_frozen_and_the_dead_are_known_and_all_is_undone() -> None:
    after = [After(sent=n) for n in range(6)]
    stage = Stage(
        Fault("freeze", after[0], "followers"), Fault("thaw", after[1], "broker 2"),
        Fault("kill", after[2], "frozen"), Fault("wipe", after[3], "dead"), Fault("restart", after[4], "dead"),
        Fault("stop", after[5], "leader"),
    )  # fmt: skip
    for number in range(6):
        stage.director.on_reached(number, frame(number))
    await directed(stage)
    assert stage.done == [("freeze", (2, 3)), ("thaw", (2,)), ("kill", (3,)), ("wipe", (3,)), ("restart", (3,)), ("stop", (1,))]  # fmt: skip
    assert stage.director.out == {1}
    assert await stage.director.undo()
    assert stage.done[6:] == [("thaw", ()), ("restart", ())]
    assert stage.director.out == frozenset()
    assert not await stage.director.undo(), "there is nothing left to undo"


async def test_what_was_never_touched_is_not_undone() -> None:
    stage = Stage(Fault("wait", After(sent=1)), Fault("add-partitions", After(sent=1), partitions=9))
    stage.director.on_reached(0, frame(1))
    stage.director.on_reached(1, frame(1))
    await directed(stage)
    assert stage.added == [9]
    assert stage.opened == [0, 1]
    told = [(event.what, event.consequence) for event in stage.events if event.kind == "fault"]
    assert told == [("add-partitions", "9 from now on: keys may go elsewhere")]
    assert not await stage.director.undo()
    assert stage.done == []


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (Fault("thaw", After(), "frozen"), "no broker is frozen"),
        (Fault("restart", After(), "dead"), "no broker is dead"),
        (Fault("restart", After(), "broker 1"), "broker 1 is not dead: kill or stop it first"),
        (Fault("wipe", After(), "leader"), "broker 1 is not dead: kill or stop it first"),
        (Fault("freeze", After(), "leader", partition=7), "nobody tells who leads partition 7"),
    ],
)
async def test_what_cannot_be_done_is_said_and_sending_goes_on(fault: Fault, problem: str) -> None:
    stage = Stage(fault)
    stage.director.on_reached(0, frame())
    await directed(stage)
    assert stage.problems() == [problem]
    assert stage.director.facts[0].at_s is None
    assert stage.opened == [0]
    assert stage.done == []


async def test_a_cluster_that_refuses_is_said_and_sending_goes_on() -> None:
    for refusal in (InputError("not here"), ClusterError("it broke")):
        stage = Stage(Fault("freeze", After(), "leader"))
        stage.cluster.refuses = refusal
        stage.director.on_reached(0, frame())
        await directed(stage)
        assert stage.problems() == [str(refusal)]
        assert stage.opened == [0]
        assert stage.director.out == frozenset()


async def test_a_leaderless_partition_has_neither_leader_nor_followers() -> None:
    for target in ("leader", "followers"):
        stage = Stage(Fault("freeze", After(), target))
        stage.cluster.views = (replace(HEALTHY, leader=-1),)
        stage.director.on_reached(0, frame())
        await directed(stage)
        assert stage.problems() == ["partition 0 has no leader"]


async def test_the_isr_and_another_leader_are_waited_for() -> None:
    stage = Stage(
        Fault("kill", After(isr=1), "leader"),
        Fault("thaw", After(fault=1, leader_changed=True)),
    )
    stage.director.on_frame(frame(50))
    directing = asyncio.create_task(directed(stage))
    await asyncio.sleep(0)
    assert stage.done == []
    stage.cluster.views = (replace(HEALTHY, isr=(1,)),)
    await stage.watching.look()
    await stage.gone_on.wait()
    assert stage.done == [("kill", (1,))]
    for leader in (-1, 2):
        stage.cluster.views = (replace(HEALTHY, isr=(1,), leader=leader),)
        await stage.watching.look()
    await directing
    assert stage.done == [("kill", (1,)), ("thaw", ())]
    assert stage.watching.leaders == {0: [1, 2]}
    assert stage.watching.leader_changes == 1
    told = [(event.kind, event.where, event.what) for event in stage.events if event.kind != "fault"]
    assert told == [
        ("isr shrank", "p0", "1, 2, 3 → 1"),
        ("leader moved", "p0", "broker 1 → none"),
        ("leader moved", "p0", "none → broker 2"),
    ]


async def test_the_end_of_the_run_gives_up_the_counts_it_did_not_reach() -> None:
    stage = Stage(
        Fault("freeze", After(acked=50), "leader"), Fault("thaw", After(fault=1, seconds=1)), Fault("wait", After(sent=10)),
    )  # fmt: skip
    stage.director.on_reached(2, frame(10))
    stage.director.on_end(frame(100, 40, 60))
    await directed(stage)
    assert stage.problems() == ["never done: only 40 of 50 acked", "never done: fault 1 never was", None]
    assert stage.done == []


async def test_what_the_cluster_never_does_is_given_up_after_a_while() -> None:
    stage = Stage(Fault("thaw", After(isr=1)), Fault("thaw", After(leader_changed=True)), patience_s=0.05)
    stage.director.on_end(frame(1))
    await directed(stage)
    assert stage.problems() == [
        "never done: the ISR of partition 0 was 3, not 1 for 0.05 s",
        "never done: partition 0 got no other leader for 0.05 s",
    ]


async def test_a_gate_is_not_held_for_ever() -> None:
    stage = Stage(Fault("wait", After(sent=5, isr=1)), patience_s=0.05)
    stage.director.on_reached(0, frame(5))
    await directed(stage)
    assert stage.opened == [0]
    assert stage.problems() == ["never done: the ISR of partition 0 was 3, not 1 for 0.05 s"]


async def test_what_a_stopped_run_left_is_given_up() -> None:
    stage = Stage(Fault("freeze", After(acked=50), "leader"))
    stage.director.give_up("the run was stopped")
    assert stage.problems() == ["never done: the run was stopped"]
    await directed(stage)


def test_a_cluster_that_cannot_is_asked_for_nothing() -> None:
    class Lame(Cluster):
        faults: frozenset[FaultKind] = frozenset({"freeze"})

    refuse_faults(Scenario(faults=(Fault("freeze", After(), "leader"),)), Lame())
    with pytest.raises(InputError, match="fault 2: slow: this apache cluster cannot do it"):
        refuse_faults(
            Scenario(faults=(Fault("freeze", After(), "leader"), Fault("slow", After(), "leader", ms=1))),
            Lame(),
        )


@pytest.mark.parametrize(
    ("view", "out", "why"),
    [
        (HEALTHY, (), None),
        (replace(HEALTHY, isr=(1, 2)), (3,), None),
        (replace(HEALTHY, leader=-1), (), "partition 0 has no leader"),
        (HEALTHY, (1,), "partition 0: its leader, broker 1, does not answer"),
        (replace(HEALTHY, isr=(1, 2)), (), "partition 0: replica 3 is not in sync"),
        (replace(HEALTHY, high_watermark=7), (), "partition 0: records from 7 to 9 are not replicated enough"),
        (replace(HEALTHY, log_end=-1), (), "partition 0: its leader, broker 1, does not tell its log end"),
    ],
)  # fmt: skip
def test_what_a_read_back_waits_for(view: PartitionView, out: tuple[int, ...], why: str | None) -> None:
    assert waiting_for(view, frozenset(out)) == why


async def test_a_cluster_that_does_not_settle_says_why() -> None:
    cluster = Cluster(replace(HEALTHY, leader=-1))
    assert (
        await settled(cluster, "t", frozenset(), partitions=1, patience_s=0.05)
        == "partition 0 has no leader after 0.05 s"
    )
    cluster = Cluster(HEALTHY)
    assert (
        await settled(cluster, "t", frozenset(), partitions=2, patience_s=0.05)
        == "no broker tells how the topic stands after 0.05 s"
    )


async def test_all_that_was_expected_ends_the_waiting() -> None:
    everything = Expected.of(frame(10, 10), {0: replace(HEALTHY, log_end=0)})
    assert await settled(Cluster(), "t", frozenset(), partitions=1, patience_s=0.05, expected=everything) == (
        HEALTHY,
    )
    unconfirmed = replace(frame(10), unconfirmed=10)
    there = Expected.of(unconfirmed, {0: replace(HEALTHY, log_end=0)})
    assert await settled(Cluster(), "t", frozenset(), partitions=1, patience_s=0.05, expected=there) == (
        HEALTHY,
    )
    more = Expected.of(unconfirmed, {0: replace(HEALTHY, log_end=1)})
    assert isinstance(
        await settled(Cluster(), "t", frozenset(), partitions=1, patience_s=0.05, expected=more), str
    )


def test_a_log_with_another_history_is_read_whole() -> None:
    views = (replace(HEALTHY, id=1, leader_epoch=5), HEALTHY, replace(HEALTHY, id=2))
    read = ranges(views, {0: HEALTHY, 1: replace(HEALTHY, id=1)})
    assert [(log.log_start, log.end, log.whole) for log in read] == [
        (0, 10, False),
        (0, 10, True),
        (0, 10, True),
    ]
