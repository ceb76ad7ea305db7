"""Random faults on a lab in virtual time, with producers that retry: what must hold whatever happens.

A failing seed is in the test's name; the lab's happenings are in the message.
"""

import asyncio
from random import Random

import pytest

from tests.shared.numbered_batch import batch_of, number_of
from tests.shared.virtual_time import run
from workbench.errors import InputError
from workbench.lab.lab import Lab
from workbench.lab.protocol import Start, TopicSpec
from workbench.lab.record_batch import Rejected
from workbench.model.fault import Action

REQUEST_S = 3.0


class Storm:
    def __init__(self, seed, topic, *, wild):
        self.random = Random(seed)
        self.wild = wild
        config = {"broker.session.timeout.ms": "3000", "broker.heartbeat.interval.ms": "1000"}
        config |= {"replica.lag.time.max.ms": "4000"}
        self.lab = Lab(Start(3, 0, (TopicSpec("t", 1, 3, topic),), config))
        self.brokers = self.lab._cluster.brokers
        self.acked: list[int] = []
        self.seen: dict[int, int] = {}
        self.over = False

    @property
    def partition(self):
        return self.lab._controller.topics["t"].partitions[0]

    def replica(self, number):
        return self.brokers[number].replicas.get(self.partition.key)

    def leader(self):
        """The replica that leads by the controller's word, where its broker knows that and runs."""
        found = self.replica(self.partition.leader) if self.partition.leader > 0 else None
        return (
            found if found and found.is_leader and not self.brokers[found.broker].condition.frozen else None
        )

    # ── clients ───────────────────────────────────────────────────────────────────────────────────

    async def produce(self, first, *, acks, idempotent):
        """One record in flight; each is sent again until it is acknowledged."""
        pid, seq = (first, 0) if idempotent else (-1, -1)
        number = first
        while not self.over:
            raw = batch_of(number, pid, seq)
            while not await self.send(raw, acks):
                await asyncio.sleep(0.1)
                if self.over:
                    return
            self.acked.append(number)
            number, seq = number + 1, seq + idempotent
            await asyncio.sleep(self.random.uniform(0.02, 0.4))

    async def send(self, raw, acks):
        asked = [b for b in self.brokers.values() if b.condition.up and not b.condition.frozen]
        if not asked:
            return False
        image = self.random.choice(asked).image
        topic = image.topics.get("t")
        if topic is None or topic.partitions[0].leader < 0:
            return False
        request = asyncio.create_task(self.request(topic.partitions[0].leader, raw, acks))
        self.requests.add(request)
        request.add_done_callback(self.requests.discard)
        done, _ = await asyncio.wait({request}, timeout=REQUEST_S)  # it may still be served later
        return bool(done) and request.result()

    async def request(self, number, raw, acks):
        """As a connection to that broker would carry it."""
        condition = self.brokers[number].condition
        if not condition.up:
            return False
        life = self.brokers[number].replicas
        await condition.thawed()
        replica = life.get(self.partition.key)
        if not condition.up or self.brokers[number].replicas is not life or replica is None:
            return False
        if not replica.is_leader:
            return False
        try:
            appended = replica.append_from_producer(raw, acks)
        except Rejected:
            return False
        waiter = replica.replicated(appended.next_offset) if acks == -1 else None
        if waiter is None:
            return True
        done, _ = await asyncio.wait({waiter}, timeout=REQUEST_S)
        await condition.thawed()
        return bool(done) and waiter.result() == 0 and condition.up

    async def consume(self):
        """What is below the leader's high watermark, and never anything else in its place."""
        while not self.over:
            leader = self.leader()
            if leader is not None:
                assert leader.high_watermark <= leader.log.end
                for batch in reversed(list(leader.log)):
                    if batch.base_offset in self.seen:
                        break
                    if batch.next_offset <= leader.high_watermark:
                        self.seen[batch.base_offset] = number_of(batch)
            await asyncio.sleep(0.5)

    # ── faults ────────────────────────────────────────────────────────────────────────────────────

    async def rage(self, rounds):
        for _ in range(rounds):
            await self.harm()
            if self.wild:
                await asyncio.sleep(self.random.uniform(0, 4))
                if self.random.random() < 0.6:
                    continue
            await self.heal()
            if not self.wild:
                await self.until_whole()

    async def harm(self):
        number = self.random.randint(1, 3)
        kinds = ["freeze", "kill", "stop", "isolate", "slow"]
        kind = self.random.choice([*kinds, "wipe", "restart", "thaw"] if self.wild else kinds)
        try:
            await self.lab.do(Action(kind, (number,), ms=self.random.randint(0, 2000)))
        except InputError:
            if not self.wild:
                raise
        await asyncio.sleep(self.random.uniform(0, 8))

    async def heal(self):
        await self.lab.do(Action("restart"))
        await self.lab.do(Action("thaw"))

    async def until_whole(self):
        for _ in range(1200):
            if self.is_whole():
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"not whole after two minutes: {self.story()}")

    def is_whole(self):
        replicas = [self.replica(number) for number in self.partition.replicas]
        return (
            not any(life.starting for life in self.lab._brokers.values())
            and set(self.partition.isr) == {1, 2, 3}
            and self.leader() is not None
            and all(replica is not None for replica in replicas)
            and {replica.partition.epoch for replica in replicas} == {self.partition.epoch}
        )

    # ── in the end ────────────────────────────────────────────────────────────────────────────────

    async def through(self, producers, rounds):
        self.requests: set[asyncio.Task] = set()
        await self.lab.open()
        clients = [asyncio.create_task(self.produce(**one)) for one in producers]
        clients.append(asyncio.create_task(self.consume()))
        try:
            await self.rage(rounds)
            await self.heal()
            await self.until_whole()
            self.over = True
            await asyncio.gather(*clients, *self.requests)
            await asyncio.sleep(20)
            self.check_replicas()
        finally:
            self.over = True
            for task in (*clients, *self.requests):
                task.cancel()
            await asyncio.gather(*clients, *self.requests, return_exceptions=True)
            await self.lab.close()

    def check_replicas(self):
        logs = [list(self.replica(number).log) for number in (1, 2, 3)]
        assert [b.raw for b in logs[0]] == [b.raw for b in logs[1]] == [b.raw for b in logs[2]], self.story()
        assert [b.leader_epoch for b in logs[0]] == [b.leader_epoch for b in logs[1]], self.story()
        ends = [(self.replica(n).high_watermark, self.replica(n).log.end) for n in (1, 2, 3)]
        assert len({value for pair in ends for value in pair}) == 1, f"{ends} {self.story()}"
        epochs = [batch.leader_epoch for batch in logs[0]]
        assert epochs == sorted(epochs), self.story()
        self.kept = [number_of(batch) for batch in logs[0]]

    def story(self):
        happened = self.lab.happenings.since(0)
        return "\n".join(f"{one.kind} {one.broker} {one.brokers or ''} {one.count or ''}" for one in happened)


@pytest.mark.parametrize("seed", range(12))
def test_one_broker_at_a_time_loses_nothing_that_acks_all_acknowledged(seed):
    storm = Storm(seed, {"min.insync.replicas": "2"}, wild=False)
    every = {"acks": -1, "idempotent": False}
    once = {"acks": -1, "idempotent": True}
    run(storm.through([{"first": 1_000_000, **every}, {"first": 2_000_000, **once}], 8))
    assert len(storm.acked) > 20
    assert set(storm.acked) <= set(storm.kept), storm.story()
    assert all(storm.kept[offset] == number for offset, number in storm.seen.items()), storm.story()
    mine = [number for number in storm.kept if number >= 2_000_000]
    assert mine == sorted(set(mine)), storm.story()


@pytest.mark.parametrize("seed", range(12))
def test_acks_1_loses_only_what_a_truncation_cut(seed):
    storm = Storm(seed, {}, wild=False)
    run(storm.through([{"first": 1_000_000, "acks": 1, "idempotent": False}], 8))
    cut = sum(one.count for one in storm.lab.happenings.since(0) if one.kind == "truncated")
    assert len(set(storm.acked) - set(storm.kept)) <= cut, storm.story()


@pytest.mark.parametrize("unclean", ["true", "false"])
@pytest.mark.parametrize("seed", range(12))
def test_after_any_storm_the_replicas_are_equal_again(seed, unclean):
    topic = {"unclean.leader.election.enable": unclean, "min.insync.replicas": str(1 + seed % 3)}
    storm = Storm(seed, topic, wild=True)
    every = {"first": 1_000_000, "acks": -1, "idempotent": True}
    run(storm.through([every, {"first": 2_000_000, "acks": 1, "idempotent": False}], 15))
    mine = [number for number in storm.kept if number < 2_000_000]
    assert len(mine) == len(set(mine)), storm.story()
