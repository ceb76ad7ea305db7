"""The Cluster screen's charts, without an app: what stands where, in words and without colour."""

import msgspec
import pytest

from workbench.insight.happenings import Timeouts
from workbench.model.cluster_state import BrokerState, ClusterState, PartitionState, ReplicaState
from workbench.model.events import Event
from workbench.ui.glyphs import FOCUS_BAR
from workbench.ui.screens.cluster import _possible
from workbench.ui.theme import load
from workbench.ui.widgets.cluster.forecast_lines import ForecastLines
from workbench.ui.widgets.cluster.partition_strip import PartitionStrip
from workbench.ui.widgets.cluster.record_matrix import RecordMatrix
from workbench.ui.widgets.cluster.replica_grid import ReplicaGrid
from workbench.ui.widgets.event_log import EventLog

ROLES = load(())[0]["kwb-dark"].roles
FROZEN = BrokerState(3, 9093, "frozen", session_left_s=4.0, since=95.0)


def cluster(*changed, ends=(105, 105, 105), mark=105, isr=(1, 2, 3), brokers=3, partitions=1):
    """Partitions on brokers 1 to 3, led by 1."""
    replicas = tuple(
        ReplicaState(n, 0, end, min(mark, end), "leader" if n == 1 else "follower", 4, n in isr)
        for n, end in enumerate(ends, 1)
    )
    led = tuple(PartitionState("orders", p, 1, 4, isr, replicas, minimum_isr=2) for p in range(partitions))
    known = {broker.id: broker for broker in changed}
    numbers = range(1, brokers + 1)
    return ClusterState(100.0, tuple(known.get(n, BrokerState(n, 9090 + n)) for n in numbers), led)


def text(chart, width, height):
    lines = chart.lines(ROLES, width, height)
    return ["".join(segment.text for segment in line) for line in lines]


def matrix(state, width=138, acks="1"):
    chart = RecordMatrix()
    chart.show(state, 0, acks)
    return text(chart, width, 14)


@pytest.mark.parametrize("stuck", [FROZEN, BrokerState(3, 9093, "dead", session_left_s=4.0)])
@pytest.mark.parametrize("width", [118, 138, 198])
def test_a_replica_that_has_everything_holds_no_high_watermark_back(stuck, width):
    assert "holds" not in "\n".join(matrix(cluster(stuck), width))


@pytest.mark.parametrize("width", [118, 138, 198])
def test_one_in_the_isr_that_lacks_records_holds_it_back(width):
    lines = matrix(cluster(FROZEN, ends=(110, 110, 105)), width)
    (held,) = [line for line in lines if "holds" in line]
    assert held.strip().startswith("3 ")


def test_the_next_leader_may_be_the_one_that_holds_it_back():
    frozen = BrokerState(2, 9092, "frozen", session_left_s=4.0)
    lines = matrix(cluster(frozen, FROZEN, ends=(110, 105, 107)), 198)
    assert [line.rsplit("  ", 1)[-1].strip() for line in lines if "holds" in line] == [
        "holds the HW; leads if 1 dies"
    ]


def test_what_acks_all_would_say_is_a_refusal_where_too_few_are_in_sync():
    enough = matrix(cluster(FROZEN, ends=(110, 108, 105)))
    few = matrix(cluster(FROZEN, ends=(1110, 1108, 1105), mark=1105, isr=(1,)), 198)
    assert any("waits" in line for line in enough)
    assert not any("waits" in line for line in few)
    (refused,) = [line for line in few if line.startswith("acks=all")]
    assert refused.rstrip().endswith("refused: ISR 1 < min.insync 2")


@pytest.mark.parametrize("width", [78, 118, 198])
def test_records_of_another_history_are_not_drawn_as_copies(width):
    dead = BrokerState(1, 9091, "dead", fenced=True)
    (partition,) = cluster(dead, ends=(140, 110, 110), mark=110, isr=(2, 3)).partitions
    first = msgspec.structs.replace(partition.replicas[0], parts_at=105, role="none")
    led = msgspec.structs.replace(partition, leader=2, replicas=(first, *partition.replicas[1:]))
    state = msgspec.structs.replace(cluster(dead), partitions=(led,))
    lines = matrix(state, width)
    offsets = [int(word) for word in lines[1].split() if word.isdecimal()]
    assert any(105 <= offset < 110 for offset in offsets)
    (row,) = [line for line in lines if line.startswith(" 1 ")]
    cells = row.partition("other history from 105 on")[0]
    assert cells.count("other") == sum(offset >= 105 for offset in offsets)
    assert (cells == row) == (width < 110)


@pytest.mark.parametrize(("brokers", "width"), [(3, 118), (3, 138), (9, 118), (9, 138), (9, 198)])
def test_the_broker_that_the_keys_act_on_is_marked_without_colour(brokers, width):
    for at in range(brokers):
        grid = ReplicaGrid()
        grid.show(cluster(brokers=brokers), Timeouts(), (0, at))
        head, below = text(grid, width, 12)[:2]
        assert head.count(FOCUS_BAR) == below.count(FOCUS_BAR) == 1
        assert head.split(FOCUS_BAR)[1].startswith(f" {at + 1} ")


@pytest.mark.parametrize("width", [118, 138, 198])
def test_how_a_broker_stands_is_never_cut_in_narrow_columns(width):
    grid = ReplicaGrid()
    dead = BrokerState(2, 9092, "dead", session_left_s=7.5, since=99.0)
    cut_off = BrokerState(4, 9094, isolated=True, session_left_s=7.5, since=99.0)
    slow = BrokerState(5, 9095, delay_ms=10_000)
    grid.show(cluster(FROZEN, dead, cut_off, slow, brokers=9), Timeouts(), (0, 0))
    head, below = text(grid, width, 12)[:2]
    assert "frozen" in head
    assert "dead" in head
    assert "slow" in head
    assert "isolated" in head or "cut off" in head
    assert "…" not in head + below


def test_a_dead_leader_s_successor_is_told_while_the_controller_does_not_know():
    dead = BrokerState(1, 9091, "dead", session_left_s=7.1, since=98.0)
    lines = ForecastLines()
    lines.show(cluster(dead, ends=(110, 107, 107)), 0, 0, Timeouts(), can_break=True)
    said = text(lines, 138, 2)[0]
    assert said.startswith("Broker 1 is dead  after 7.1 s: broker 2 leads; its log ends at 107")
    assert "3 acked records lost" in said


@pytest.mark.parametrize(
    ("stands", "offered"),
    [
        ({}, {"freeze", "kill", "stop", "slow", "isolate"}),
        ({"isolated": True}, {"freeze", "kill", "slow", "thaw"}),
        ({"condition": "starting"}, {"freeze", "kill", "slow", "isolate"}),
        ({"condition": "stopping"}, {"kill"}),
        ({"condition": "frozen"}, {"thaw", "kill"}),
        ({"condition": "dead"}, {"restart", "wipe"}),
    ],
)
def test_only_keys_that_can_do_something_are_offered(stands, offered):
    """As the lab refuses the others (`workbench/lab/faults.py`)."""
    assert {kind for kind, *_ in _possible(BrokerState(1, 9091, **stands))} == offered


def test_an_emptied_partition_without_a_leader_awaits_no_first_record():
    empty = cluster(ends=(0, 0, 0), mark=0)
    (partition,) = empty.partitions
    led_by_nobody = msgspec.structs.replace(partition, leader=-1, isr=())
    wiped = msgspec.structs.replace(empty, partitions=(led_by_nobody,))
    assert "no record is in it yet — ^S sends" in "".join(matrix(empty))
    assert [line.strip() for line in matrix(wiped) if line] == ["no record is in it"]


def test_partitions_that_do_not_fit_are_hinted_at():
    strip = PartitionStrip()
    for at, cut in ((0, (False, True)), (20, (True, True)), (49, (True, False))):
        strip.show(cluster(partitions=50), (at, 0))
        (line,) = text(strip, 80, 1)
        cells = line.split("●")[0].strip()
        assert f"p{at}" in cells
        assert (cells.startswith("…"), cells.endswith("…")) == cut


def test_an_event_says_nothing_twice_and_has_its_own_word_at_the_head():
    log = EventLog()
    log.show(
        [
            Event(0.0, "cluster ready", "ok", what="9 brokers at " + ",".join(["127.0.0.1:40000"] * 9)),
            Event(1.0, "fault", "warn", "broker 2", "frozen", "it answers nobody"),
            Event(2.0, "isr shrank", "warn", "p0", "ISR shrank to {1,3}", "acks=all waits for these only"),
            Event(3.0, "note", "bad", "p0", "truncated", "broker 3 cut 52 records"),
        ]
    )
    told = [line[10:].split() for line in text(log, 100, 4)]
    assert told[1] == ["†", "frozen", "broker", "2", "→", "it", "answers", "nobody"]
    assert told[2][:6] == ["▼", "ISR", "shrank", "p0", "to", "{1,3}"]
    assert told[3][:4] == ["●", "truncated", "p0", "→"]
