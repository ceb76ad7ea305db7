"""Keys and commands for the record and the scenario as a whole; what they do stands in the two desks."""

from functools import cached_property
from typing import TYPE_CHECKING, Protocol, cast

from textual import on

from workbench.errors import KwbError
from workbench.ui.screens.record_editing import RecordEditing
from workbench.ui.widgets.composer import Composer
from workbench.ui.widgets.part_editor import PartEditor
from workbench.ui.widgets.send_pane import SendPane

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from workbench.model.scenario import Scenario
    from workbench.run.scenario_documents import Document
    from workbench.ui.bench_like import MakeBench
    from workbench.ui.screens.bench import BenchScreen
    from workbench.ui.screens.record_desk import RecordDesk
    from workbench.ui.screens.scenario_desk import ScenarioDesk


class DeskApp(Protocol):
    """`KwbApp`, as far as the desks need it."""

    data_dir: "Path"
    document: "Document | None"
    new_bench: "Callable[[Scenario], MakeBench]"


class DeskActions(RecordEditing):
    """The bench, as far as whole records and scenarios come and go."""

    @cached_property
    def record_desk(self) -> "RecordDesk":
        from workbench.ui.screens.record_desk import RecordDesk

        return RecordDesk(cast("BenchScreen", self), cast("DeskApp", self.app).data_dir)

    @cached_property
    def scenario_desk(self) -> "ScenarioDesk":
        from workbench.ui.screens.scenario_desk import ScenarioDesk

        app = cast("DeskApp", self.app)
        return ScenarioDesk(cast("BenchScreen", self), app.document, app.new_bench)

    def _at_desk(self, work: "Callable[[], Awaitable[None]]") -> None:
        """One thing at a time; what is still being typed counts."""
        if self.complete:
            self._take_edits()
            self.run_worker(work, group="desk", exclusive=True)

    def _take_edits(self) -> None:
        raise NotImplementedError

    def open_bench(self) -> object:
        raise NotImplementedError

    @on(Composer.Pasted)
    def _record_pasted(self, event: Composer.Pasted) -> None:
        self.run_worker(self.record_desk.pasted(event.payload, event.text), group="desk", exclusive=True)

    @on(PartEditor.SchemaWanted)
    def _schema_wanted(self, event: PartEditor.SchemaWanted) -> None:
        event.stop()
        self.run_worker(self.record_desk.find_schema(event.editor), group="desk", exclusive=True)

    @on(Composer.TakenBack)
    def _taken_back(self) -> None:
        self.notify("The record that stood here before is back", title="Record")

    def action_next_part(self) -> None:
        composer = self.query_one(Composer)
        if composer.is_on_screen:
            composer.next_part()
        else:
            self.action_tab("compose", composer.next_part)

    def action_saved_records(self) -> None:
        self._at_desk(self.record_desk.open_saved)

    def action_save_record(self) -> None:
        self._at_desk(self.record_desk.save_as)

    def action_copy_record(self, kind: str) -> None:
        self.record_desk.copy(kind)

    def action_read_line(self) -> None:
        self._at_desk(self.record_desk.read_line)

    def action_edit_outside(self) -> None:
        self._at_desk(self.record_desk.edit_outside)

    def action_choose_registry(self) -> None:
        self._at_desk(self.record_desk.choose_registry)

    def action_lay_out(self) -> None:
        self.record_desk.lay_out()

    def action_value_from_file(self) -> None:
        self._at_desk(self.record_desk.value_from_file)

    def action_take_back(self) -> None:
        self._at_desk(self._take_back)

    async def _take_back(self) -> None:
        if not await self.query_one(Composer).take_back():
            self.notify("No other record has taken this one's place", title="Record")

    def action_open_scenario(self) -> None:
        self._at_desk(self.scenario_desk.open)

    def action_save_scenario(self) -> None:
        self._at_desk(self.scenario_desk.save_as)

    async def show_scenario(self, scenario: "Scenario", make_bench: "MakeBench") -> None:
        """Another scenario in this one's place, on another cluster where it wants one."""
        session = self.session
        opens = False
        try:
            opens = await session.adopt(scenario, make_bench)
        except KwbError as error:
            self.notify(str(error), title="No topic", severity="error", timeout=10)
        self._problems.clear()
        self._made = None
        self.query_one(SendPane).show_plan(scenario.send)
        await self.query_one(Composer).start_over(scenario.record, scenario.topic.name)
        self.show()
        if opens:
            self.open_bench()
        else:
            self._preview()
