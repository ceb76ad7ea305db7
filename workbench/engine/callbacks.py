"""Callbacks that confluent-kafka calls: what they raise must come out of `poll()` as what it is.

On Python 3.11 confluent-kafka 2.16 keeps only the value of an exception (`cfl_exception_fetch` in
confluent_kafka.h). One raised in C (an index out of range, a document that cannot be decoded) has a text
there and no instance yet, and comes out as `SystemError: _PyErr_SetObject: exception … is not a BaseException
subclass`, which names neither what happened nor where. Python makes the instance when a handler takes it.
"""

import functools
from collections.abc import Callable
from typing import ParamSpec

P = ParamSpec("P")


def named(callback: Callable[P, None]) -> Callable[P, None]:
    """For callbacks that are not called for every record; those that are have the handler inside."""

    @functools.wraps(callback)
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            callback(*args, **kwargs)
        except BaseException:  # noqa: TRY203  # taken, so that it is an instance
            raise

    return call


def lingering(callback: Callable[P, None], linger: Callable[[], None] | None) -> Callable[P, None]:
    """The callback, with `linger()` at its end."""
    if linger is None:
        return callback

    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        callback(*args, **kwargs)
        linger()

    return call
