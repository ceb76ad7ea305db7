"""`kwb lab`: the command as a user starts it."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient

from workbench.dev.processes import is_running


class Started:
    def __init__(self, process):
        self.process = process
        self.bootstrap = None

    async def first_line(self):
        line = (await self.process.stdout.readline()).decode()
        name, _, self.bootstrap = line.rstrip().partition("=")
        assert name == "bootstrap.servers", (line, await self.process.stderr.read())

    async def metadata(self):
        admin = AdminClient({"bootstrap.servers": self.bootstrap})
        return await asyncio.to_thread(admin.list_topics, timeout=10)

    def children(self):
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture
async def kwb_lab():
    started = []

    async def start(*arguments):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-c", "import sys; from workbench.cli import main; sys.exit(main())"),
            *("lab", *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        started.append(process)
        return Started(process)

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_runs_until_it_is_told_to_stop(kwb_lab, number):
    lab = await kwb_lab("--topic", "orders:6:3", "--topic", "payments:2:1")
    await lab.first_line()
    metadata = await lab.metadata()
    assert {name: len(topic.partitions) for name, topic in metadata.topics.items()} == {
        "orders": 6,
        "payments": 2,
    }
    assert len(metadata.topics["orders"].partitions[0].replicas) == 3
    (child,) = lab.children()
    lab.process.send_signal(number)
    out, errors = await lab.process.communicate()
    assert (lab.process.returncode, out, errors) == (0, b"", b"")
    assert not is_running(child)


async def test_brokers_on_ports_of_choice(kwb_lab):
    free = await kwb_lab("--brokers", "1")
    await free.first_line()
    port = int(free.bootstrap.rpartition(":")[2])
    taken = await kwb_lab("--brokers", "1", "--port", str(port))
    out, errors = await taken.process.communicate()
    assert (taken.process.returncode, out) == (3, b"")
    (line,) = errors.decode().splitlines()
    assert f"127.0.0.1:{port}: the port is in use" in line
    free.process.terminate()
    await free.process.communicate()
    again = await kwb_lab("--brokers", "1", "--port", str(port))
    await again.first_line()
    assert again.bootstrap == f"127.0.0.1:{port}"
    assert len((await again.metadata()).brokers) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--topic", "orders"), "is not NAME:PARTITIONS:RF"),
        (("--topic", "orders:x:3"), "is not NAME:PARTITIONS:RF"),
        (("--topic", "orders:0:3"), "is not NAME:PARTITIONS:RF"),
        (("--topic", "orders:1:4"), "only 3 broker(s)"),
        (("--topic", "bad name!:1:1"), "Topic name is invalid"),
        (("--topic", "a:1:1", "--topic", "a:1:1"), "already exists"),
        (("--port", "70000"), "is not a port"),
        (("--port", "-1"), "port"),
        (("--brokers", "0"), "1 to 15 brokers"),
        (("--brokers", "three"), "invalid int value"),
    ],
)
async def test_wrong_arguments(kwb_lab, arguments, words):
    lab = await kwb_lab(*arguments)
    out, errors = await lab.process.communicate()
    assert (lab.process.returncode, out) == (2, b"")
    assert words in errors.decode().splitlines()[-1]


async def test_killed_it_leaves_nothing_behind(kwb_lab):
    lab = await kwb_lab()
    await lab.first_line()
    (child,) = lab.children()
    lab.process.kill()
    await lab.process.communicate()
    while is_running(child):  # noqa: ASYNC110 (bounded by the test's time limit)
        await asyncio.sleep(0.01)


async def test_a_lab_that_dies_under_it(kwb_lab):
    lab = await kwb_lab()
    await lab.first_line()
    (child,) = lab.children()
    os.kill(child, signal.SIGKILL)
    _, errors = await lab.process.communicate()
    assert lab.process.returncode == 3
    (line,) = errors.decode().splitlines()
    assert "the lab's process was ended by signal 9" in line


async def test_it_says_when_it_deletes_the_oldest_records(kwb_lab):
    from confluent_kafka import Producer

    lab = await kwb_lab("--topic", "orders:1:1", "--memory", "2")
    await lab.first_line()

    def produce():
        producer = Producer({"bootstrap.servers": lab.bootstrap})
        for _ in range(600):
            producer.produce("orders", bytes(10_000))
        return producer.flush(20)

    assert await asyncio.to_thread(produce) == 0
    said = (await lab.process.stderr.readline()).decode()
    assert re.fullmatch(
        r"kwb lab: its memory is full; the oldest records were deleted: \d+ of orders\n", said
    ), said


def test_the_default_memory_is_the_labs():
    from workbench.cli.lab import RETAINED_MIB
    from workbench.lab.protocol import RETAINED_BYTES

    assert RETAINED_MIB * 1024 * 1024 == RETAINED_BYTES
