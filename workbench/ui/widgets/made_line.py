"""How large the next record is, before and after compression; or what is wrong with it, and where."""

from typing import TYPE_CHECKING

from rich.text import Text

from workbench.model.record import MadeRecord
from workbench.ui.glyphs import FAILED, fit, number, pick
from workbench.ui.theme import Roles, palette
from workbench.ui.widgets.said import Said

if TYPE_CHECKING:
    from workbench.serde.batch_size import BatchSize

_TIP = (
    "Sizes of the record above, without the header kwb adds to know it again. A batch of one is the "
    "smallest batch: where more records share one, they share its 61 bytes, and compress better"
)


class MadeLine(Said):
    """A click on what is wrong leads there."""

    DEFAULT_CSS = "MadeLine { height: auto; max-height: 2; }"

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__("", id=id)
        self.tooltip = _TIP
        self._told: tuple[MadeRecord | None, str | None, BatchSize | None] = (None, None, None)

    def on_resize(self) -> None:
        self.draw()

    def show(self, made: MadeRecord | None, problem: str | None, size: "BatchSize | None") -> None:
        """`problem`: why nothing is known of it."""
        self._told = made, problem, size
        self.draw()

    def draw(self) -> None:
        made, problem, size = self._told
        roles = palette(self.app)
        if made is None:
            self.say(Text(problem or "", roles.muted))
        elif made.error is not None:
            self.say(_wrong(made, roles))
        else:
            room = self.size.width
            lines = [_sizes(made, roles, room), *([_batch(size, roles, room)] if size else [])]
            self.say(Text("\n").join(lines))


def _wrong(made: MadeRecord, roles: Roles) -> Text:
    """The first problem, with its line and field, and how many more there are."""
    where = made.where or "record"
    if not made.problems:
        return Text.assemble((f"{FAILED} {where}: ", f"bold {roles.bad}"), (made.error or "", roles.bad))
    first, more = made.problems[0], len(made.problems) - 1
    field = f" {first.field}" if first.field else ""
    rest = f"  and {more} more" if more else ""
    return Text.assemble(
        (f"{FAILED} {where}, line {first.line}{field}: ", f"bold {roles.bad}"), (first.text, roles.bad),
        (rest, roles.muted),
    )  # fmt: skip


def _sizes(made: MadeRecord, roles: Roles, room: int) -> Text:
    key, value = len(made.key or b""), len(made.value or b"")
    headers = sum(len(name.encode()) + len(data or b"") for name, data in made.headers)
    total = (f"{number(key + value + headers)} B", f"bold {roles.text}")
    parts = [("key", key, made.key is None), ("value", value, made.value is None)]
    shown = " · ".join(f"{name} null" if null else f"{name} {number(size)}" for name, size, null in parts)
    if made.headers:
        shown += f" · headers {number(headers)}"
    return Text.assemble(*fit(room, [[total, (f"  {shown} B", roles.muted)], [total]]), no_wrap=True)


def _batch(size: "BatchSize", roles: Roles, room: int) -> Text:
    """In a batch of one, as it goes over the wire."""
    plain, kind = f"{number(size.plain)} B", size.compression
    if kind == "none":
        forms = (f"a batch of one is {plain}, not compressed", f"batch of one {plain}, not compressed",
                 f"batch of one {plain}")  # fmt: skip
    elif size.compressed is None:
        forms = (f"a batch of one is {plain}, by {kind} not measured",
                 f"batch of one {plain}, {kind} not measured", f"batch of one {plain}")  # fmt: skip
    else:
        after = f"{number(size.compressed)} B"
        said = "" if size.compressed <= size.plain else ": larger, so it goes as it is"
        forms = (f"a batch of one is {plain}, by {kind} {after}{said}",
                 f"batch of one {plain}, {kind} {after}", f"{plain}, {kind} {after}")  # fmt: skip
    return Text(pick(room, *forms), roles.muted, no_wrap=True)
