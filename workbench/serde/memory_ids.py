"""A registry of one preview's own, in memory: numbers from 1, as the engine's `mock://` gives them."""

from workbench.model.record import SubjectNameStrategy
from workbench.serde.errors import RegistryError
from workbench.serde.schemas.schema import Reference
from workbench.serde.setting import Registered


class MemoryIds:
    """Each schema of each subject has the next number; what one refers to comes before it."""

    use_latest = False

    def __init__(self, strategy: SubjectNameStrategy = "topic") -> None:
        self.strategy = strategy
        self._ids: dict[tuple[str, str], int] = {}

    def id_of(self, subject: str, language: str, text: str, references: tuple[Reference, ...]) -> int:
        for name, inner, more in references:
            self.id_of(name, language, inner, more)
        return self._ids.setdefault((subject, text), len(self._ids) + 1)

    def latest(self, subject: str) -> Registered:
        raise RegistryError(f"nothing is registered for {subject}: a mock:// registry begins empty")
