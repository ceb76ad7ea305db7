"""A serializer of a person's own, `module:attribute`: loaded with their consent, its answers looked at."""

from collections.abc import Callable
from typing import Any

from workbench.serde.errors import SerdeError
from workbench.serde.setting import Setting


def own_serializer(name: str, setting: Setting) -> Callable[[str], bytes | None]:
    """What is called with a record's text: a function of it, or an object with `serialize(topic, text)`.

    The second is the shape of Java's Serializer. What it raises, and what is neither bytes nor None, rejects
    the record; one that hangs is ended by whoever makes the record. Raises SerdeError where it is neither.
    """
    own = setting.own
    method: Any = getattr(own, "serialize", None)
    if callable(method):
        topic = setting.topic

        def call(text: str) -> Any:
            return method(topic, text)

    elif callable(own):
        call = own
    else:
        kind = type(own).__name__
        raise SerdeError(f"{name} is {kind}: neither a function of a text nor has it serialize()")

    def serialize(text: str) -> bytes | None:
        try:
            made = call(text)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - theirs may raise anything
            said = " ".join(str(error).split())[:200]
            raise SerdeError(f"{name} raised {type(error).__name__}{': ' if said else ''}{said}") from None
        if isinstance(made, bytes | bytearray | memoryview):
            return bytes(made)
        if made is None:
            return None
        kind = type(made).__name__
        raise SerdeError(f"{name} returned {kind}; a serializer returns bytes, or None for null")

    serialize.is_own = True  # type: ignore[attr-defined]  # asked for each record, even where the text is one
    return serialize
