"""The second engine: makes records for the composer, sends none, and may be killed at any time.

What a person writes runs in it first: with one GiB of memory, and for as long as its parent waits.
"""

import os
import resource
import sys

from workbench.children.child import Channel, die_with_parent
from workbench.engine import protocol
from workbench.model.record import MadeRecord
from workbench.serde.maker import RecordError, RecordMaker

_MEMORY = 1024 * 1024 * 1024


def made(message: protocol.Preview) -> MadeRecord:
    """The record, or why it cannot be made."""
    try:
        maker = RecordMaker(message.record, message.seed, message.run_id, message.value_bytes)
        key, value, headers = maker.make(message.seq)
    except RecordError as error:
        return MadeRecord(message.seq, error=error.reason, where=error.where)
    except MemoryError:
        return MadeRecord(message.seq, error="the record does not fit in memory (1 GiB)", where="value")
    return MadeRecord(message.seq, key, value, tuple(headers))


def main() -> None:
    die_with_parent(int(sys.argv[1]))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    channel = Channel(protocol.ToEngine)
    channel.write(protocol.Ready(os.getpid(), "", ""))
    while (message := channel.read()) is not None:
        if isinstance(message, protocol.Preview):
            channel.write(protocol.Previewed(message.id, made(message)))


if __name__ == "__main__":
    main()
