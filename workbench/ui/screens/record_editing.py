"""What the bench does about the record: edit it, have it made for the preview, say where it would go."""

import asyncio
from typing import TYPE_CHECKING

import msgspec
from textual import on, work

from workbench.errors import KwbError
from workbench.producer_config import effective
from workbench.ui.route_view import way_of
from workbench.ui.screens.config_editing import ConfigEditing
from workbench.ui.session import Session
from workbench.ui.widgets.composer import Composer
from workbench.ui.widgets.route import Route

if TYPE_CHECKING:
    from workbench.model.record import MadeRecord, RecordPlan
    from workbench.serde.batch_size import BatchSize

_PREVIEW_WAIT_S = 0.15
_WRONG_FIELDS = "Composer Field.-wrong, SendPane Field.-wrong"


class RecordEditing(ConfigEditing):
    """The bench, as far as it is about the record."""

    def __init__(self, session: Session, classes: str) -> None:
        super().__init__(session, classes=classes)
        self._problems: dict[str, str | None] = {}
        self._made: MadeRecord | None = None
        self._made_of: RecordPlan | None = None
        self._sized_by = ""
        """The compression by which its size is shown."""

    @property
    def made(self) -> "MadeRecord | None":
        """The next record as it was made last."""
        return self._made

    @property
    def _compression(self) -> str:
        return effective(self.session.scenario.producer).get("compression.type", "none").strip().lower()

    def _show_route(self) -> None:
        if self._made is not None and self._compression != self._sized_by:
            self._preview()
        self.query_one(Route).way = way_of(self.session, self._made)

    @property
    def _record_problem(self) -> str | None:
        """Why the record as it stands cannot be made, or has no partition to go to."""
        record, partitions = self.session.scenario.record, self.session.partitions
        if record.partition is not None and record.partition >= partitions:
            return f"partition {record.partition} is not there: the topic has 0 to {partitions - 1}"
        made = self._made
        if made is None or made.error is None or self._made_of != record:
            return None
        if made.problems:
            first = made.problems[0]
            return f"{made.where}, line {first.line}{f' {first.field}' if first.field else ''}: {first.text}"
        return f"{made.where}: {made.error}"

    def _go_to_problem(self) -> None:
        """Put the cursor into the wrong field, where the record goes wrong, or into the refused setting."""
        if self._record_problem is None and not self.query(_WRONG_FIELDS):
            self._go_to_refused()
        else:
            self.action_tab("compose", self._focus_problem)

    def _focus_problem(self) -> None:
        if fields := self.query(_WRONG_FIELDS):
            fields.first().focus()
        elif not self.query_one(Composer).go_to_problem():
            self.query_one("#partition").focus()  # one that the topic does not have

    @on(Composer.Edited)
    def _record_edited(self, event: Composer.Edited) -> None:
        before = self.session.scenario
        topic = msgspec.structs.replace(before.topic, name=event.topic)
        self._problems["record"] = event.problem
        self.session.edit(msgspec.structs.replace(before, topic=topic, record=event.record))
        self.show()
        if self.session.scenario != before:
            self._preview()

    def ask_preview(self) -> None:
        """Have the next record made anew: what it depends on has changed."""
        self._preview()

    @work(exclusive=True, group="preview", exit_on_error=False)
    async def _preview(self) -> None:
        await asyncio.sleep(_PREVIEW_WAIT_S)
        composer = self.query_one(Composer)
        record, self._sized_by = self.session.scenario.record, self._compression
        try:
            self._made = await self.session.preview(record, self.session.next_seq)
            self._made_of = record
        except KwbError as error:
            self._made = None
            composer.show_made(None, str(error))
        else:
            composer.show_made(self._made, self._problems.get("record"), await self._batch_of_one())
        self._show_route()
        self.show()

    async def _batch_of_one(self) -> "BatchSize | None":
        """In a thread: a value of megabytes takes its time to compress."""
        made = self._made
        if made is None or made.error is not None:
            return None
        from workbench.serde.batch_size import batch_size

        return await asyncio.to_thread(batch_size, made, self._sized_by)
