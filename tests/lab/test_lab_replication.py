"""One follower's fetching is paused: its log end stays, acks=1 answers, acks=all does not."""

import asyncio

import pytest

from workbench.errors import ClusterError, InputError


async def test_a_paused_follower(lab):
    await lab.topic()
    assert {name for name, _ in await lab.produce([b"before"], acks="all")} == {None}
    await lab.cluster.pause_fetching(3)
    assert {name for name, _ in await lab.produce([b"one"], acks="1")} == {None}
    waiting = asyncio.create_task(lab.produce([b"all"], acks="all"))
    (state,) = await lab.until(lambda states: states[0].replica(2).log_end == 3)
    assert state.leader == 1
    assert state.replica(1).log_end == 3
    assert state.replica(3).log_end == 1
    assert state.replica(1).high_watermark == 1
    assert set(state.isr) == {1, 2, 3}
    assert await lab.seen() == [b"before"]
    assert not waiting.done()
    await lab.cluster.pause_fetching(3, paused=False)
    assert {name for name, _ in await waiting} == {None}
    (state,) = await lab.cluster.replicas("t")
    assert state.replica(3).log_end == 3
    assert [message.value() for message in await lab.consume(3)] == [b"before", b"one", b"all"]


async def test_acks_all_times_out_while_a_follower_is_paused(lab):
    await lab.topic()
    await lab.cluster.pause_fetching(2)
    reports = await lab.produce([b"x"], acks="all", message_timeout_ms=2000, request_timeout_ms=1000)
    assert {name for name, _ in reports} == {"_MSG_TIMED_OUT"}


async def test_an_acks_all_that_waits_holds_up_its_connection_only(lab):
    await lab.topic(partitions=1)
    await lab.topic("other", partitions=1, factor=1)
    await lab.cluster.pause_fetching(2)
    waiting = asyncio.create_task(lab.produce([b"x"], acks="all"))
    await lab.until(lambda states: states[0].replica(1).log_end == 1, "t")
    assert {name for name, _ in await lab.produce([b"y"], "other", acks="all")} == {None}
    assert not waiting.done()
    await lab.cluster.pause_fetching(2, paused=False)
    assert {name for name, _ in await waiting} == {None}


async def test_a_broker_that_is_not_there(lab):
    with pytest.raises(InputError, match="no broker 9"):
        await lab.cluster.pause_fetching(9)


async def test_a_lab_that_dies_is_noticed(lab):
    lost = asyncio.create_task(lab.cluster.lost())
    lab.cluster._child.kill()
    assert "the lab's process was ended by signal 9" in await lost
    with pytest.raises(ClusterError):
        await lab.cluster.replicas()


async def test_a_closed_lab_is_not_lost(lab_with):
    lab = await lab_with(brokers=1)
    lost = asyncio.create_task(lab.cluster.lost())
    await lab.cluster.close()
    await lab.cluster.close()
    await asyncio.sleep(0)
    assert not lost.done()
    lost.cancel()


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"brokers": 0}, InputError, "1 to 15 brokers"),
        ({"config": {"min.insync.replica": "2"}}, InputError, "did you mean 'min.insync.replicas'"),
        ({"config": {"num.partitions": "x"}}, InputError, "num.partitions"),
    ],
)
async def test_what_cannot_be_started(lab_with, arguments, error, words):
    with pytest.raises(error, match=words):
        await lab_with(**arguments)


async def test_a_port_that_is_taken(lab_with):
    first = await lab_with(brokers=1)
    port = int(first.bootstrap.rpartition(":")[2])
    with pytest.raises(ClusterError, match="in use"):
        await lab_with(brokers=1, port=port)
