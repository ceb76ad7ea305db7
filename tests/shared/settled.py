"""When a Textual app has handled all that it was told.

Textual's own pilot goes on when its process takes no processor time, and that a starved one does not either:
a key pressed after another might then be typed where the focus still was.
"""

import asyncio
import time

from textual._context import active_app
from textual._wait import wait_for_idle
from textual.app import App
from textual.message_pump import MessagePump

_TURNS = 5
"""So many turns of the event loop without anything to do: what another thread posts takes two."""
_AT_MOST_S = 2.0
"""Where something goes on without end, a test has conditions of its own to wait for."""


def _is_busy(pump: MessagePump) -> bool:
    """It does not wait for a message, or something is to come after the last one."""
    queue = pump._message_queue
    return not queue.empty() or not queue.ready_event._waiters or bool(pump._next_callbacks)


def _paints(app: App) -> bool:
    if not app._running or not app._screen_stack:
        return False
    screen = app.screen
    wanted = screen._layout_required, screen._scroll_required, screen._repaint_required, screen._dirty_widgets
    return bool(screen._callbacks) or any(wanted)


async def settled(app: App) -> None:
    end, quiet = time.monotonic() + _AT_MOST_S, 0
    while quiet < _TURNS and time.monotonic() < end:
        busy = any(_is_busy(pump) for pump in (app, *app._registry) if pump._running) or _paints(app)
        quiet = 0 if busy else quiet + 1
        await asyncio.sleep(0)


async def idle(min_sleep: float = 1 / 50, max_sleep: float = 1) -> None:
    """In the place of Textual's `wait_for_idle`, which it awaits first."""
    await wait_for_idle(min_sleep, max_sleep)
    await settled(active_app.get())
