"""What is done with the composer's record as a whole: kept by name, copied, pasted, opened in an editor."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from workbench import resources
from workbench.errors import InputError
from workbench.model.scenario_keys import registry_url
from workbench.serde.errors import SerdeError
from workbench.serde.json_layout import laid_out
from workbench.serde.record_texts import console_producer, envelope, kcat
from workbench.serde.record_texts.told import FormatError, Told
from workbench.ui.screens.pick_one import PickOne, Row
from workbench.ui.screens.question import Question
from workbench.ui.widgets.composer import Composer
from workbench.ui.widgets.part_editor import PartEditor

if TYPE_CHECKING:
    from workbench.ui.screens.bench import BenchScreen
    from workbench.ui.widgets.payload import Payload

_SCHEMAS = frozenset({".avsc", ".proto", ".thrift", ".json"})
_SUFFIXES = {"json": ".json", "bytes": ".txt", "string": ".txt"}
_IN_MEMORY = "mock://"
_KEPT = "its ^Z takes that back"
_MOST_SHOWN = 44


class RecordDesk:
    """Its calls are for workers of the screen: they wait for the user's answers."""

    def __init__(self, screen: "BenchScreen", data_dir: Path) -> None:
        self._screen = screen
        self._folder = data_dir / "records"

    @property
    def _composer(self) -> Composer:
        return self._screen.query_one(Composer)

    def _say(self, text: str, *, wrong: bool = False, title: str = "Record") -> None:
        self._screen.notify(text, title=title, severity="error" if wrong else "information")

    # ---- kept by name

    async def open_saved(self) -> None:
        """Choose one of those kept; ^D in the list deletes one."""
        from workbench.run import saved_records

        while names := saved_records.names(self._folder):
            rows = [self._row(name) for name in names]
            picked = await self._screen.app.push_screen_wait(
                PickOne("Saved records", rows, deletes=True)
            )  # fmt: skip
            if picked is None:
                return
            if not picked.delete:
                await self._load(picked.value)
                return
            question = Question(f"Delete the saved record “{picked.value}”?", "Delete", "Keep")
            if await self._screen.app.push_screen_wait(question):
                self._try(partial(saved_records.delete, self._folder, picked.value))
        self._say("No record is saved yet: ^P “Save the record as…” keeps this one")

    def _row(self, name: str) -> Row:
        from workbench.run import saved_records

        try:
            topic, record = saved_records.load(self._folder, name)
        except InputError as error:
            return Row(name, f"cannot be read: {error}")
        value = "null" if record.value is None else " ".join(record.value.split())
        return Row(name, f"{topic} · {value if len(value) <= _MOST_SHOWN else value[:_MOST_SHOWN] + '…'}")

    async def _load(self, name: str) -> None:
        from workbench.run import saved_records

        try:
            topic, record = saved_records.load(self._folder, name)
        except InputError as error:
            self._say(str(error), wrong=True)
            return
        await self._composer.replace(record, topic)
        self._say(f"“{name}” took the record's place; {_KEPT}")

    async def save_as(self) -> None:
        from workbench.run import saved_records

        names = saved_records.names(self._folder)
        rows = [Row(name, "replace this one") for name in names]
        picked = await self._screen.app.push_screen_wait(
            PickOne("Save the record as", rows, typed="save as")
        )  # fmt: skip
        if picked is None:
            return
        name = picked.value
        if name in names:
            question = Question(f"There is a record “{name}”. Replace it?", "Replace", "Keep it")
            if not await self._screen.app.push_screen_wait(question):
                return
        scenario = self._screen.session.scenario
        if self._try(lambda: saved_records.save(self._folder, name, scenario.topic.name, scenario.record)):
            self._say(f"Saved as “{name}”; ^L finds it again")

    def _try(self, do: Callable[[], None]) -> bool:
        try:
            do()
        except InputError as error:
            self._say(str(error), wrong=True)
            return False
        return True

    # ---- copied and pasted

    def copy(self, kind: str) -> None:
        """plan, envelope, kcat or console: to the terminal's clipboard, by OSC 52."""
        try:
            text, what = self._copied(kind)
        except FormatError as error:
            self._say(str(error), wrong=True, title="Not copied")
            return
        self._screen.app.copy_to_clipboard(text)
        self._say(
            f"{what}, {len(text):,} characters, if the terminal lets programs copy (OSC 52)", title="Copied"
        )

    def _copied(self, kind: str) -> tuple[str, str]:
        session = self._screen.session
        scenario = session.scenario
        if kind == "plan":
            return envelope.of_plan(scenario.record, scenario.topic.name), "The record with its templates"
        told = self._told()
        servers = session.bootstrap_servers or "localhost:9092"
        if kind == "kcat":
            return kcat.command(told, servers), "A kcat command"
        if kind == "console":
            return console_producer.command(told, servers), "A kafka-console-producer command"
        return envelope.of_record(told), "The next record as an envelope"

    def _told(self) -> Told:
        """The record as it was made last. Raises FormatError where there is none."""
        made, scenario = self._screen.made, self._screen.session.scenario
        if made is None or made.error is not None:
            raise FormatError("the next record cannot be made; what is wrong stands under it")
        return Told(
            made.key, made.value, made.headers, scenario.topic.name, scenario.record.partition, made.timestamp
        )

    async def pasted(self, payload: "Payload", text: str) -> None:
        """A whole record takes the record's place; everything else goes into the text."""
        if not envelope.looks_like(text):
            payload.take(text)
            return
        try:
            found = envelope.read(text)
        except FormatError as error:
            payload.take(text)
            self._say(f"Pasted as text: it looks like a record, but {error}")
            return
        await self._composer.replace(found.record, found.topic)
        self._say(f"The pasted record took this one's place; {_KEPT}", title="Pasted")

    async def read_line(self) -> None:
        """The value's text is what kafka-console-producer would read: headers, key and value."""
        try:
            read = console_producer.read(self._composer.query_one("#value-part", PartEditor).payload.whole)
        except FormatError as error:
            self._say(str(error), wrong=True, title="Not a line")
            return
        record = self._screen.session.scenario.record
        changes = {"key": read.key, "value": read.value, "value_file": None, "headers": read.headers}
        await self._composer.replace(msgspec.structs.replace(record, **changes))
        self._say(f"Headers, key and value are as the line says; {_KEPT}")

    # ---- an editor outside

    async def edit_outside(self) -> None:
        """The key where the focus is in it, else the value."""
        from workbench.ui.outside_editor import edited

        part = self._part
        before = part.payload.whole
        try:
            text = await edited(self._screen.app, before, _SUFFIXES.get(part.serializer, ".txt"))
        except InputError as error:
            self._say(str(error), wrong=True, title="Not edited")
            return
        if text.removesuffix("\n") == before:
            return  # editors put a line break at the end
        part.payload.change(text if before.endswith("\n") else text.removesuffix("\n"))

    def lay_out(self) -> None:
        """The JSON that the focus is in, else the value's; ^Z takes it back."""
        part = self._part
        try:
            part.payload.change(laid_out(part.payload.whole))
        except SerdeError as error:
            self._say(str(error), wrong=True, title="Not laid out")

    @property
    def _part(self) -> PartEditor:
        """The key where the focus is in it, else the value."""
        focused = self._screen.focused
        inside = focused.ancestors if focused else ()
        value = self._composer.query_one("#value-part", PartEditor)
        return next((node for node in inside if isinstance(node, PartEditor)), value)

    async def find_schema(self, part: PartEditor) -> None:
        """Schema files in the folder at hand, beside the scenario, and the samples."""
        rows = [Row(str(path)) for path in _schemas(self._screen.session.scenario.folder)]
        title = f"The schema of the {part.part}"
        picked = await self._screen.app.push_screen_wait(
            PickOne(title, rows, typed="file", typed_first=False)
        )  # fmt: skip
        if picked is not None:
            part.take_schema(picked.value)

    async def choose_registry(self) -> None:
        """Of the serializers that write a schema's id; for the scenario as a whole."""
        session = self._screen.session
        now = session.scenario.registry.url or ""
        rows = [Row(_IN_MEMORY, "in the engine's memory: nobody else can look its ids up")]
        if now and now != _IN_MEMORY:
            rows.insert(0, Row(now, "as it is"))
        picked = await self._screen.app.push_screen_wait(
            PickOne("Schema registry, such as http://localhost:8081", rows, typed="use")
        )
        if picked is None:
            return
        try:
            url = registry_url(picked.value)
        except ValueError as error:
            self._say(f"registry.url: {error}", wrong=True)
            return
        registry = msgspec.structs.replace(session.scenario.registry, url=url)
        session.edit(msgspec.structs.replace(session.scenario, registry=registry))
        self._screen.ask_preview()
        self._say(f"Schema ids come from {url}", title="Schema registry")

    async def value_from_file(self) -> None:
        """The value becomes what stands in a file, read anew for each run."""
        picked = await self._screen.app.push_screen_wait(
            PickOne("The value is what stands in this file", self._files(), typed="file", typed_first=False)
        )
        if picked is None:
            return
        path = _file(picked.value)
        if path is None:
            self._say(f"{picked.value} is no file", wrong=True)
            return
        record = self._screen.session.scenario.record
        await self._composer.replace(msgspec.structs.replace(record, value=None, value_file=str(path)))

    def _files(self) -> list[Row]:
        return [Row(str(path), "") for path in sorted(Path.cwd().iterdir()) if path.is_file()][:200]


def _file(text: str) -> Path | None:
    path = Path(text).expanduser().absolute()
    return path if path.is_file() else None


def _schemas(beside: str) -> list[Path]:
    samples = resources.folder("sample_payloads")
    folders = [Path.cwd(), *([Path(beside)] if beside else []), *([samples] if samples else [])]
    found = (path for folder in folders for depth in ("", "*/") for path in folder.glob(f"{depth}*.*"))
    return list(dict.fromkeys(path for path in sorted(found) if path.suffix in _SCHEMAS))[:200]
