"""Foreign clients go on through a leader's death and its return; what was acknowledged can be read."""

import asyncio
import itertools
import json
import shutil
import sys
import threading
from pathlib import Path

import pytest

from workbench.lab.protocol import TopicSpec

pytestmark = pytest.mark.timeout(120)
PHASE = 100  # records acknowledged before, during and after the leader's death
CONFIG = {"broker.session.timeout.ms": "1000", "broker.heartbeat.interval.ms": "200"}


@pytest.fixture
async def quick(lab_with):
    return await lab_with(config=CONFIG, topics=[TopicSpec("t", 1, 3, {"min.insync.replicas": "2"})])


async def through_death(lab, acked):
    """The leader is killed, another leads, it comes back; PHASE more are acknowledged each time."""

    async def more(count):
        await lab.until(lambda _: acked() >= count)
        return acked()

    count = await more(PHASE)
    (state,) = await lab.cluster.replicas("t")
    dead = state.leader
    await lab.do("kill", dead)
    await lab.until(lambda states: states[0].leader not in {dead, -1})
    count = await more(count + PHASE)
    await lab.do("restart", dead)
    await lab.until(lambda states: len(states[0].isr) == 3)
    await more(count + PHASE)


async def stored(lab):
    (state,) = await lab.until(
        lambda states: (
            states[0].replica(states[0].leader).high_watermark == states[0].replica(states[0].leader).log_end
        )
    )
    return [message.value() for message in await lab.consume(state.replica(state.leader).log_end)]


class Client:
    """Sends one record after another and reads the topic in a group, each in a thread of its own."""

    def __init__(self):
        self.acked, self.failed, self.read = [], [], []
        self.going = threading.Event()
        self.going.set()
        self.until = None
        """How many records the reader is to have, once that is known."""

    async def run(self, lab):
        sending = asyncio.create_task(asyncio.to_thread(self.send, lab.bootstrap))
        reading = asyncio.create_task(asyncio.to_thread(self.consume, lab.bootstrap))
        through = asyncio.create_task(through_death(lab, lambda: len(self.acked)))
        await asyncio.wait({sending, reading, through}, return_when=asyncio.FIRST_COMPLETED)
        self.going.clear()
        await sending
        await through
        self.until = set(self.acked)
        await reading
        assert self.failed == []
        assert set(self.acked) <= set(await stored(lab))

    def finished(self):
        return self.until is not None and self.until <= set(self.read)


class ConfluentKafka(Client):
    def send(self, bootstrap):
        from confluent_kafka import Producer

        producer = Producer({"bootstrap.servers": bootstrap, "acks": "all", "linger.ms": 0})

        def report(error, message):
            (self.failed if error else self.acked).append(message.value())

        for number in itertools.count():
            if not self.going.is_set():
                break
            producer.produce("t", b"%d" % number, on_delivery=report)
            producer.poll(0)
            threading.Event().wait(0.005)
        assert producer.flush(30) == 0

    def consume(self, bootstrap):
        from confluent_kafka import Consumer

        consumer = Consumer(
            {"bootstrap.servers": bootstrap, "group.id": "g", "auto.offset.reset": "earliest"}
        )
        consumer.subscribe(["t"])
        try:
            while not self.finished():
                message = consumer.poll(0.1)
                if message is not None and message.error() is None:
                    self.read.append(message.value())
        finally:
            consumer.close()


async def test_confluent_kafka(quick):
    await ConfluentKafka().run(quick)


async def test_a_group_whose_coordinator_dies(quick):
    """The broker that coordinates the group and leads nothing is killed: the group goes on elsewhere."""
    lab, client = quick, ConfluentKafka()
    sending = asyncio.create_task(asyncio.to_thread(client.send, lab.bootstrap))
    reading = asyncio.create_task(asyncio.to_thread(client.consume, lab.bootstrap))
    await lab.until(lambda _: len(client.read) > PHASE)

    def coordinator():
        """Asked by a client of its own: one that knows the dead broker as coordinator waits for it (librdkafka)."""
        from confluent_kafka.admin import AdminClient

        admin = AdminClient({"bootstrap.servers": lab.bootstrap})
        return admin.describe_consumer_groups(["g"])["g"].result(15).coordinator.id

    dead = await asyncio.to_thread(coordinator)
    await lab.do("kill", dead)
    await lab.until(lambda states: dead not in states[0].isr and states[0].leader > 0)
    count = len(client.read)
    await lab.until(lambda _: len(client.read) > count + PHASE)
    client.going.clear()
    await sending
    client.until = set(client.acked)
    await reading
    assert client.failed == []
    assert await asyncio.to_thread(coordinator) != dead
    await lab.do("restart", dead)


@pytest.mark.kcat
@pytest.mark.parametrize("reads", [("-C", "-t", "t"), ("-G", "g", "t")], ids=["assigned", "in a group"])
async def test_kcat(quick, reads):
    if shutil.which("kcat") is None:
        pytest.skip("needs kcat")
    lab, read = quick, []

    def kcat(*arguments, **pipes):
        return asyncio.create_subprocess_exec("kcat", "-b", lab.bootstrap, *arguments, **pipes)

    pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    producer = await kcat("-P", "-t", "t", "-X", "acks=all", "-X", "linger.ms=0", stdin=pipe, stderr=null)
    options = ("-u", "-X", "auto.offset.reset=earliest") + (("-o", "beginning") if reads[0] == "-C" else ())
    consumer = await kcat(*options, *reads, stdout=pipe, stderr=null)
    written = itertools.count()

    async def write():
        while True:
            producer.stdin.write(b"%d\n" % next(written))
            await producer.stdin.drain()
            await asyncio.sleep(0.005)

    async def follow():
        while line := await consumer.stdout.readline():
            read.append(int(line))

    writing, following = asyncio.create_task(write()), asyncio.create_task(follow())
    try:
        await through_death(
            lab, lambda: len(read)
        )  # kcat names no record that is acknowledged: what is read was
        writing.cancel()
        producer.stdin.close()
        assert await asyncio.wait_for(producer.wait(), 30) == 0  # all were acknowledged
        everything = set(range(next(written)))
        await lab.until(lambda _: everything <= set(read))
    finally:
        writing.cancel()
        for process in (producer, consumer):
            if process.returncode is None:
                process.terminate()
                await process.wait()
        await asyncio.gather(writing, following, return_exceptions=True)
    assert everything <= {int(value) for value in await stored(lab)}


class Programs:
    """A producer and a consumer in processes of their own; `ack` and `value` read a line of each."""

    def __init__(self, producer, consumer, ack, value):
        self.processes = producer, consumer
        self.acked, self.failed, self.read = set(), [], set()
        self.hearing = [
            asyncio.create_task(self._hear(producer, ack)),
            asyncio.create_task(self._follow(consumer, value)),
        ]

    async def _hear(self, producer, ack):
        async for line in producer.stdout:
            if (said := ack(line)) is not None:
                self.acked.add(said) if isinstance(said, bytes) else self.failed.append(said)

    async def _follow(self, consumer, value):
        async for line in consumer.stdout:
            self.read.add(value(line))

    async def run(self, lab):
        try:
            await through_death(lab, lambda: len(self.acked))
            self.processes[0].terminate()
            await self.hearing[0]  # it ends when what it has sent is acknowledged
            # terminate() polls, and may take the exit status away from asyncio: not where it is just ending
            await self.processes[0].wait()
            await lab.until(lambda _: self.acked <= self.read)
        finally:
            for process in self.processes:
                if process.returncode is None:
                    process.terminate()
                    await process.wait()
            await asyncio.gather(*self.hearing, return_exceptions=True)
        assert self.acked <= set(await stored(lab))


PIPES = {
    "stdin": asyncio.subprocess.DEVNULL,
    "stdout": asyncio.subprocess.PIPE,
    "stderr": asyncio.subprocess.DEVNULL,
}


async def test_kafka_python(quick, tmp_path):
    said = tmp_path / "said"
    with said.open("wb") as words:

        def program(does):
            script = Path(__file__).parents[1] / "shared" / "kafka_python_program.py"
            pipes = {**PIPES, "stderr": words}
            return asyncio.create_subprocess_exec(sys.executable, str(script), does, quick.bootstrap, **pipes)

        def ack(line):
            return line.decode() if line.startswith(b"failed") else line.strip()

        programs = Programs(await program("send"), await program("read"), ack, bytes.strip)
        await programs.run(quick)
    assert [process.returncode for process in programs.processes] == [0, 0], said.read_text()
    assert programs.failed == []


@pytest.mark.java_tools
async def test_java(quick, kafka_libs):
    """VerifiableProducer, which does not retry, says what was acknowledged; the console consumer reads it."""

    def java(tool, *arguments):
        memory = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
        return asyncio.create_subprocess_exec(
            *("java", *memory, "-cp", str(kafka_libs / "*"), f"org.apache.kafka.tools.{tool}"),
            *("--bootstrap-server", quick.bootstrap, "--topic", "t", *arguments),
            **PIPES,
        )

    def ack(line):
        said = json.loads(line)
        if said["name"] == "producer_send_success":
            return said["value"].encode()
        return said if said["name"] == "producer_send_error" else None

    producer = await java("VerifiableProducer", "--throughput", "100", "--acks", "-1")
    consumer = await java("consumer.ConsoleConsumer", "--group", "g", "--from-beginning")
    await Programs(producer, consumer, ack, bytes.strip).run(quick)
