"""Opening and saving scenarios from the screen."""

from pathlib import Path
from typing import TYPE_CHECKING

from workbench import resources
from workbench.errors import InputError
from workbench.ui.screens.pick_one import PickOne, Row
from workbench.ui.screens.question import Question

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.model.scenario import Scenario
    from workbench.run.scenario_documents import Document
    from workbench.ui.bench_like import MakeBench
    from workbench.ui.screens.bench import BenchScreen

_SAMPLE = "sample: "


class ScenarioDesk:
    """Its calls are for workers of the screen: they wait for the user's answers.

    `document`: the file that the scenario came from, None for one that nobody wrote.
    """

    def __init__(
        self, screen: "BenchScreen", document: "Document | None", new_bench: "Callable[[Scenario], MakeBench]"
    ) -> None:
        self._screen = screen
        self.document = document
        self._new_bench = new_bench
        self._saved: Scenario | None = screen.session.scenario

    def _say(self, text: str, *, title: str, wrong: bool = False) -> None:
        self._screen.notify(text, title=title, severity="error" if wrong else "information", timeout=8)

    async def open(self) -> None:
        from workbench.run import scenario_documents

        if self._screen.session.run_on:
            self._say("A run is on: stop it first (^G)", title="Not opened", wrong=True)
            return
        title = "Open a scenario: a path, or one of these"
        picked = await self._screen.app.push_screen_wait(
            PickOne(title, self._rows(), typed="open", typed_first=False)
        )
        if picked is None or not await self._may_leave():
            return
        try:
            document, scenario = scenario_documents.opened(self._path_of(picked.value))
        except InputError as error:
            self._say(str(error), title="Not opened", wrong=True)
            return
        self.document, self._saved = document, scenario
        await self._screen.show_scenario(scenario, self._new_bench(scenario))
        if scenario.note:  # its head is the title
            await self._screen.app.run_action("app.note")
        else:
            self._say(f"{scenario.title}\n{document.path}", title="Opened")

    async def _may_leave(self) -> bool:
        """What was edited and not saved is only given up when the user says so."""
        if self._screen.session.scenario == self._saved:
            return True
        question = Question(
            "What you changed in this scenario is not saved.", "Open another all the same", "Stay"
        )
        return await self._ask(question)

    def _rows(self) -> list[Row]:
        from workbench.run import scenario_documents

        here, samples = Path.cwd(), resources.folder("sample_payloads")
        path = self.document.path if self.document else None
        folders = [here, *([path.parent] if path else []), *([samples] if samples else [])]
        found = [(each, scenario_documents.title_of(each)) for each in scenario_documents.nearby(*folders)]
        rows = [Row(self._shown(each), title) for each, title in found]
        return sorted(rows, key=lambda row: not row.hint)  # what is no scenario, such as a theme, comes last

    def _shown(self, path: Path) -> str:
        samples = resources.folder("sample_payloads")
        for folder, before in ((Path.cwd(), ""), (samples, _SAMPLE)):
            if folder is not None and path.is_relative_to(folder):
                return f"{before}{path.relative_to(folder)}"
        return str(path)

    def _path_of(self, shown: str) -> Path:
        samples = resources.folder("sample_payloads")
        if samples is not None and shown.startswith(_SAMPLE):
            return samples / shown.removeprefix(_SAMPLE)
        return Path(shown).expanduser()

    async def save_as(self) -> None:
        from workbench.run import scenario_documents

        document = self.document or scenario_documents.untitled()
        rows = [Row(self._shown(path), "replace this one") for path in scenario_documents.nearby(Path.cwd())]
        proposed = self._proposed()
        picked = await self._screen.app.push_screen_wait(
            PickOne("Save the scenario as", rows, typed="save as", text=proposed, now=proposed)
        )
        if picked is None:
            return
        path = scenario_documents.named(picked.value, Path.cwd())
        if not await self._may_write(path, document):
            return
        scenario = self._screen.session.scenario
        try:
            self.document, secrets = scenario_documents.save(document, scenario, path)
        except InputError as error:
            self._say(str(error), title="Not saved", wrong=True)
            return
        self._saved = scenario
        held = f"; it holds {', '.join(secrets)} and only you may read it" if secrets else ""
        self._say(f"{path}{held}", title="Saved")

    def _proposed(self) -> str:
        """Where it came from; a sample's copy goes into the folder at hand."""
        samples = resources.folder("sample_payloads")
        path = self.document.path if self.document else None
        if path is None:
            return "scenario.toml"
        return path.name if samples is not None and path.is_relative_to(samples) else self._shown(path)

    async def _may_write(self, path: Path, document: "Document") -> bool:
        from workbench.run import scenario_documents

        if not scenario_documents.is_there(path):
            return True
        if path != document.path:
            question = Question(f"There is a file {path}. Replace it?", "Replace", "Keep it")
        elif scenario_documents.changed_on_disk(document):
            question = Question(
                f"{path} has been changed since it was opened. Replace it?", "Replace", "Keep it"
            )
        else:
            return True
        return await self._ask(question)

    async def _ask(self, question: Question) -> bool:
        return await self._screen.app.push_screen_wait(question) or False
