"""The engine process: producer loop, admin, read-back; commands come over a pipe.

Threads: main sends and reads back (a record's guard is a signal, which Python gives to the main thread
only), one reads commands, one asks metadata, one writes.
"""

import gc
import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable

import msgspec

from workbench.children.child import Channel, Writer, die_with_parent
from workbench.engine import protocol
from workbench.engine.runs import Runs
from workbench.errors import ClusterError, InputError
from workbench.model.frame import Frame


class Engine:
    """Dispatches commands; owns the current run."""

    def __init__(self) -> None:
        self._channel = Channel(protocol.ToEngine)
        self._writer = Writer(self._channel, self._snapshot)
        self._main: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._asking: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._snapshot_of_run: Callable[[], Frame] | None = None
        self._heard = time.monotonic()
        self._runs = Runs(self._writer.send, self._watch)

    def serve(self) -> None:
        """Run until the parent closes its end."""
        threading.excepthook = _crash
        self._writer.start()
        threading.Thread(target=self._read, name="reader", daemon=True).start()
        threading.Thread(target=self._ask, name="admin", daemon=True).start()
        self._writer.send(self._runs.ready(os.getpid()))
        while True:
            self._main.get()()

    def _read(self) -> None:
        while (message := self._channel.read()) is not None:
            self._dispatch(message)
        os._exit(0)  # nobody is left to tell, and librdkafka's threads would hold the process

    def _dispatch(self, message: object) -> None:  # noqa: C901  # one case a message
        runs = self._runs
        match message:
            case protocol.Pause():
                runs.control.pause()
            case protocol.Resume():
                runs.control.resume()
            case protocol.Go():
                runs.control.go(message.number)
            case protocol.Stop():
                runs.control.stop(message.grace_s)
            case protocol.Connect():
                self._asking.put(lambda: self._answer(message.id, lambda: runs.connect(message)))
            case protocol.DescribeTopic():
                self._asking.put(lambda: self._answer(message.id, lambda: runs.describe(message)))
            case protocol.CreateTopic():
                self._asking.put(lambda: self._answer(message.id, lambda: runs.create(message)))
            case protocol.AddPartitions():
                self._asking.put(lambda: self._answer(message.id, lambda: runs.add_partitions(message)))
            case protocol.AskAcked():
                self._main.put(lambda: self._answer(message.id, lambda: runs.acked(message)))
            case protocol.AskKeys():
                self._asking.put(lambda: self._answer(message.id, lambda: runs.keys(message)))
            case protocol.Start():
                runs.prepare()
                self._main.put(lambda: self._answer(message.id, lambda: runs.start(message)))
            case protocol.ReadBack():
                self._main.put(lambda: self._answer(message.id, lambda: runs.read_back(message)))

    def _ask(self) -> None:
        while True:
            self._asking.get()()

    def _answer(self, command: int, work: Callable[[], None]) -> None:
        try:
            work()
        except InputError as error:
            self._writer.send(protocol.Failed(command, "input", str(error)))
        except ClusterError as error:
            self._writer.send(protocol.Failed(command, "cluster", str(error)))

    def _watch(self, snapshot: Callable[[], Frame] | None) -> None:
        self._snapshot_of_run = snapshot

    def _snapshot(self) -> msgspec.Struct | None:
        snapshot = self._snapshot_of_run
        now = time.monotonic()
        if snapshot is not None:
            self._heard = now
            return protocol.Running(snapshot())
        if now - self._heard >= 1:
            self._heard = now
            return protocol.Heartbeat(now)
        return None


def _crash(problem: threading.ExceptHookArgs) -> None:
    """End the process when one of its threads fails: the parent sees the end and the last words."""
    traceback.print_exception(problem.exc_value)
    sys.stderr.flush()
    os._exit(1)


def collect_rarely() -> None:
    """Tens of thousands of records in flight are no garbage: looking through them costs 0.4 µs a record."""
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


def main() -> None:
    die_with_parent(int(sys.argv[1]))
    collect_rarely()
    Engine().serve()


if __name__ == "__main__":
    main()
