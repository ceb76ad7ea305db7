"""`kwb apache` as a user types it, on real nodes."""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from workbench.clusters.apache import ApacheCluster, processes, state
from workbench.clusters.apache.jars import find_jars, installed_dir, is_whole
from workbench.errors import InputError
from workbench.model.fault import Action

pytestmark = pytest.mark.apache
Kwb = Callable[..., subprocess.CompletedProcess[str]]


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("kwb")), "apache", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)


@pytest.fixture
def kwb(own_cache: Path) -> Iterator[Kwb]:
    """`kwb apache …`; what it left running is ended after the test."""
    yield _run
    _run("down", "--delete")


def _pids(status: str) -> dict[str, int]:
    return {
        name: int(pid)
        for name, pid in re.findall(r"^(controller|broker \d+) .*pid (\d+)", status, re.MULTILINE)
    }


def _alive(pid: int) -> bool:
    return processes.identity(pid) is not None


@pytest.mark.timeout(300)
def test_install_by_maven_then_up(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("mvn") is None:
        pytest.skip("needs Maven")
    for name in ("KWB_KAFKA_LIBS", "KAFKA_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert find_jars() is None
    refused = _run("up")
    assert refused.returncode == 3
    assert "kwb apache install" in refused.stderr
    done = _run("install")
    assert done.returncode == 0, done.stderr
    assert is_whole(installed_dir())
    assert done.stdout.startswith("Apache Kafka 4.1.0: ")
    assert list(installed_dir().glob("classes-*.jsa"))
    assert [path.name for path in own_cache.iterdir() if path.is_dir() and any(path.iterdir())] == [
        "libs-4.1.0"
    ]
    again = _run("install")
    assert (again.returncode, again.stderr) == (0, "")


@pytest.mark.timeout(180)
def test_up_status_down_and_the_records_are_still_there(kwb: Kwb, own_cache: Path) -> None:
    never = kwb("status")
    assert never.returncode == 3
    assert never.stdout.startswith("down: never started")
    first = kwb("up", "--brokers", "2", "--set", "log.retention.ms=600000")
    assert first.returncode == 0, first.stderr
    bootstrap = re.fullmatch(r"bootstrap\.servers=(127\.0\.0\.1:\d+,127\.0\.0\.1:\d+)\n", first.stdout)
    assert bootstrap
    servers = bootstrap.group(1)

    again = kwb("up")
    assert (again.returncode, again.stdout) == (0, first.stdout)
    assert "up already" in again.stderr
    other = kwb("up", "--brokers", "3")
    assert other.returncode == 2
    assert other.stderr == "kwb: Apache Kafka runs already, with 2 brokers: `kwb apache down` first\n"

    status = kwb("status")
    assert status.returncode == 0
    assert status.stdout.startswith("up · Apache Kafka ")
    assert "log.retention.ms=600000\n" in status.stdout
    pids = _pids(status.stdout)
    assert sorted(pids) == ["broker 1", "broker 2", "controller"]
    assert all(_alive(pid) for pid in pids.values())
    _write_one(servers)

    stopped = kwb("down")
    assert stopped.returncode == 0
    assert stopped.stdout.startswith("stopped; the records are kept in ")
    assert stopped.stderr == ""
    assert not any(_alive(pid) for pid in pids.values())
    assert kwb("status").stdout.startswith("down · ")
    refused = kwb("up", "--brokers", "3")
    assert refused.returncode == 2
    assert "--delete" in refused.stderr

    assert kwb("up").stdout == first.stdout
    assert _read_one(servers) == b"kept"
    assert kwb("down", "--delete").returncode == 0
    assert not (own_cache / "up").exists()


def _write_one(servers: str) -> None:
    admin = AdminClient({"bootstrap.servers": servers})
    admin.create_topics([NewTopic("orders", 1, 2)])["orders"].result(20)
    producer = Producer({"bootstrap.servers": servers, "acks": "all"})
    producer.produce("orders", b"kept", partition=0)
    assert producer.flush(20) == 0


def _read_one(servers: str) -> bytes | None:
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "g", "enable.auto.commit": False})
    consumer.assign([TopicPartition("orders", 0, 0)])
    message = consumer.poll(30)
    consumer.close()
    assert message is not None
    assert message.error() is None
    return message.value()


@pytest.mark.timeout(180)
async def test_killed_nodes_are_recognised_and_mended(kwb: Kwb) -> None:
    first = await asyncio.to_thread(kwb, "up", "--brokers", "1")
    assert first.returncode == 0, first.stderr
    pids = _pids((await asyncio.to_thread(kwb, "status")).stdout)

    # a run takes them, and only one at a time
    async with _started(ApacheCluster(brokers=1)) as run:
        assert f"bootstrap.servers={run.bootstrap_servers}\n" == first.stdout
        assert run.pids == pids
        assert "kill" not in run.faults, "nodes that outlive the run are left alone"
        with pytest.raises(InputError, match="the nodes of `kwb apache up` are left alone"):
            await run.do(Action("kill", (1,)))
        busy = await asyncio.to_thread(kwb, "down")
        assert busy.returncode == 3
        assert f"pid {os.getpid()}" in busy.stderr
        async with _started(ApacheCluster(brokers=1)) as second:
            assert not set(second.pids.values()) & set(pids.values())
            assert "kill" in second.faults
        os.kill(pids["broker 1"], signal.SIGKILL)
        assert "broker 1" in await run.lost()

    os.kill(pids["controller"], signal.SIGKILL)
    broken = await asyncio.to_thread(kwb, "status")
    assert broken.returncode == 3
    assert broken.stdout.startswith("broken: ")
    mended = await asyncio.to_thread(kwb, "up")
    assert (mended.returncode, mended.stdout) == (0, first.stdout)
    status = await asyncio.to_thread(kwb, "status")
    assert status.returncode == 0
    assert not set(_pids(status.stdout).values()) & set(pids.values())


class _started:  # noqa: N801 - used like contextlib's own
    def __init__(self, cluster: ApacheCluster) -> None:
        self.cluster = cluster

    async def __aenter__(self) -> ApacheCluster:
        await self.cluster.start()
        return self.cluster

    async def __aexit__(self, *_: object) -> None:
        await self.cluster.close()


@pytest.mark.timeout(120)
def test_bad_input_has_its_exit_status_and_leaves_nothing(kwb: Kwb, own_cache: Path) -> None:
    tried = [
        (("--set", "num.io.threads=many"), 2, '"num.io.threads"'),
        (("--set", "log.retentoin.ms=1"), 2, 'did you mean "log.retention.ms"?'),
        (("--set", "nonsense"), 2, "NAME=VALUE"),
        (("--brokers", "99"), 2, "99"),
    ]
    for arguments, exit_status, said in tried:
        done = kwb("up", *arguments)
        assert (done.returncode, done.stdout) == (exit_status, "")
        reason = done.stderr.splitlines()[-1]
        assert reason.startswith("kwb: ")
        assert said in reason
        assert "Traceback" not in done.stderr
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = kwb("up", "--port", str(port))
        assert done.returncode == 3
        assert f"port {port} is taken" in done.stderr
    assert state.load(own_cache / "up") is None
    assert kwb("down").stdout.startswith("nothing was running")
