"""The lab's process: `python -P -m workbench.lab.main PARENT_PID`, told by messages what to be."""

import asyncio
import ctypes
import gc
import logging
import sys
import threading

import msgspec

from workbench.children.child import Channel, Writer, die_with_parent
from workbench.errors import InputError
from workbench.lab import protocol
from workbench.lab.fetching import FATAL
from workbench.lab.lab import Lab, StartError

log = logging.getLogger(__name__)
_M_TRIM_THRESHOLD = -1  # malloc.h
_MOST_FILES = 16384


def main() -> int:
    die_with_parent(int(sys.argv[1]))
    _give_memory_back()
    _take_many_connections()
    channel = Channel(protocol.ToLab)
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    writer = Writer(channel, lambda: None, tick=60)
    writer.start()
    try:
        return asyncio.run(_serve(channel, writer))
    finally:
        writer.finish()


def _give_memory_back() -> None:
    """Keep glibc's mmap threshold where it is: it rises with every large batch freed, and holes stay.

    Measured with 256 MiB retained: 240-300 MB resident instead of 510 MB.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(_M_TRIM_THRESHOLD, 1 << 20)


def _take_many_connections() -> None:
    """Each is an open file, of which a process may often have but 1,024 unless it asks for more."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _serve(channel: Channel, writer: Writer) -> int:
    loop = asyncio.get_running_loop()
    inbox: asyncio.Queue[object | None] = asyncio.Queue()

    def read() -> None:
        while True:
            message = channel.read()
            loop.call_soon_threadsafe(inbox.put_nowait, message)
            if message is None:
                return

    status = 0

    def failed(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        nonlocal status
        loop.default_exception_handler(context)
        if context.get(FATAL):  # better no lab than one that no longer replicates
            status = 1
            inbox.put_nowait(None)

    loop.set_exception_handler(failed)
    threading.Thread(target=read, name="reader", daemon=True).start()
    start = await inbox.get()
    if not isinstance(start, protocol.Start):
        return 1
    try:
        lab = Lab(start)
        await lab.open()
    except InputError as error:
        writer.send(protocol.StartFailed("input", str(error)))
        return 1
    except StartError as error:
        writer.send(protocol.StartFailed("cluster", str(error)))
        return 1
    lab.happenings.on_add = lambda one: writer.send(protocol.News(one))
    gc.freeze()
    writer.send(protocol.Started(lab.bootstrap_servers, lab.cluster_id))
    try:
        while (message := await inbox.get()) is not None:
            writer.send(await _answer(lab, message))
    finally:
        await lab.close()
    return status


async def _answer(lab: Lab, message: object) -> msgspec.Struct:
    try:
        match message:
            case protocol.Do(id=number, action=action):
                await lab.do(action)
                return protocol.Done(number)
            case protocol.PauseFetching(id=number, broker=broker, paused=paused):
                lab.pause_fetching(broker, paused)
                return protocol.Done(number)
            case protocol.Describe():
                return lab.describe(message)
            case protocol.AskStations():
                return lab.stations(message)
    except InputError as error:
        return protocol.Failed(number, str(error))
    raise TypeError(f"not a message for a lab that runs: {message!r}")


if __name__ == "__main__":
    sys.exit(main())
