"""`pytest -p tests.shared.shaken --shake SEED`: messages of Textual's are handled later than asked for, by lot.

Each widget has a queue of its own, and which of two is served first is nobody's promise: what holds only in
the usual order fails here. `make shaken` runs tests/ui so.
"""

import asyncio
import random
from collections.abc import MutableMapping
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from textual.message_pump import MessagePump

_TURNS = (0, 0, 0, 0, 2, 10, 40)
"""Of the event loop, that all messages to a widget wait: some widgets are slow ones."""
_MORE_TURNS = (0, 0, 0, 1, 2, 5, 20)
"""That a message waits by its own lot."""
_LATE = 0.02
"""The share of messages that wait for a moment of the clock's too."""
_LATE_S = 0.005


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--shake", type=int, default=0, help="the seed of the lots that say how late messages come"
    )


def pytest_configure(config: pytest.Config) -> None:
    lots = random.Random(config.getoption("--shake"))
    handled = MessagePump._dispatch_message
    turns: MutableMapping[MessagePump, int] = WeakKeyDictionary()

    async def late(pump: MessagePump, message: Any) -> None:
        for _ in range(turns.setdefault(pump, lots.choice(_TURNS)) + lots.choice(_MORE_TURNS)):
            await asyncio.sleep(0)
        if lots.random() < _LATE:
            await asyncio.sleep(_LATE_S)
        await handled(pump, message)

    MessagePump._dispatch_message = late  # type: ignore[method-assign]
