"""Children and those who wait for their answers end, whatever is cancelled or left unread."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest

from workbench.children.framing import Codec
from workbench.children.supervisor import Child
from workbench.clusters.lab import LabCluster
from workbench.lab import protocol

_ECHOES = "import sys; print('here', file=sys.stderr, flush=True); sys.stdin.read()"
_FLOODS = "import sys; sys.stdout.buffer.write(bytes(10**6)); print('never', file=sys.stderr)"


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def until(true: Callable[[], object]) -> None:
    """The test's time limit bounds it."""
    while not true():  # noqa: ASYNC110  # nothing tells of it
        await asyncio.sleep(0.01)


async def python(code: str) -> Child:
    """One that speaks over both its pipes."""
    command = [sys.executable, "-P", "-c", code]
    return await Child._start("it", command, Codec(protocol.FromLab), stdin=True)


@contextlib.asynccontextmanager
async def started(code: str) -> AsyncIterator[Child]:
    child = await python(code)
    try:
        yield child
    finally:
        child.kill()
        await child.end()


@pytest.mark.timeout(20)
async def test_one_whose_words_nobody_reads_is_ended() -> None:
    """A full pipe is never read to its end, and Process.wait waits for that (Python 3.11)."""
    child = await python(_FLOODS)
    assert await child.end(patience=0.2) == -signal.SIGTERM
    assert gone(child.pid)


@pytest.mark.timeout(20)
async def test_one_whose_pipe_lives_on_in_another_is_lost_all_the_same() -> None:
    child = await Child.start_command("sh", ["sh", "-c", "sleep 30 & echo $! >&2; exec sleep 30"])
    await until(lambda: child.last_words)
    child.kill()
    await child.lost.wait()
    assert child.ending == "was ended by signal 9"
    assert await child.end() == -signal.SIGKILL
    os.kill(int(child.last_words[0]), signal.SIGKILL)


@pytest.mark.timeout(20)
def test_all_tasks_cancelled_at_once_end_it_too() -> None:
    """As asyncio.run does after ^C: whoever ends the child then has no other task to count on."""
    ended: list[int] = []

    async def owner() -> None:
        child = await python(_ECHOES)
        try:
            await until(lambda: child.last_words)
            raise KeyboardInterrupt
        finally:
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            await asyncio.sleep(0)
            await child.end()
            ended.append(child.pid)

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(owner())
    assert gone(ended[0])


@pytest.mark.timeout(20)
async def test_an_ending_that_is_cancelled_kills() -> None:
    stubborn = "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    async with started(stubborn + "print('here', file=sys.stderr, flush=True); time.sleep(60)") as child:
        await until(lambda: child.last_words)
        ending = asyncio.create_task(child.end(patience=60))
        await asyncio.sleep(0)
        ending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await ending
        await child.lost.wait()
        assert child.ending == "was ended by signal 9"


async def test_its_last_words_are_there_when_it_is_lost() -> None:
    async with started("import sys; sys.exit('\\n'.join(map(str, range(5000))))") as child:
        await child.lost.wait()
        assert child.ending == "ended with status 1"
        assert child.last_words[-1] == "4999"


async def cancelled_with_its_answer(asking: Coroutine[Any, Any, object], lab: LabCluster) -> None:
    task = asyncio.create_task(asking)
    await until(lambda: lab._waiting)
    (waiter,) = lab._waiting.values()
    waiter.set_result(protocol.Replicas(1, (), (), ()))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_who_is_cancelled_as_the_answer_comes_is_cancelled() -> None:
    """Python 3.11's wait_for would return the answer, and a watching that looks for ever go on."""
    lab = LabCluster()
    await lab.start()
    try:
        assert lab._receiver is not None
        lab._receiver.cancel()
        await asyncio.gather(lab._receiver, return_exceptions=True)
        await cancelled_with_its_answer(lab.replicas(), lab)
    finally:
        await lab.close()
