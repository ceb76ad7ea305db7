"""What a plan's templates get from the rest of the plan: rows of a file, the key, samples of a schema."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workbench.model.record import WITH_SCHEMA, RecordPlan
from workbench.serde.errors import Part, RecordError, SerdeError, TemplateError
from workbench.serde.rows import Rows
from workbench.serde.schemas import languages
from workbench.serde.schemas.schema import read_source
from workbench.serde.template_names import Beside

if TYPE_CHECKING:
    from workbench.serde.draws import Draws
    from workbench.serde.schemas.schema import Schema


class PlanBeside:
    """Called with a part of the record; `key` is set once the key's template is there."""

    def __init__(self, plan: RecordPlan) -> None:
        """Raises RecordError where the file of rows cannot be read."""
        self._plan = plan
        self.key: Callable[[int], str | None] | None = None
        try:
            self._rows = None if plan.rows_file is None else Rows(plan.rows_file)
        except TemplateError as error:
            raise RecordError.of("value", error) from None

    def __call__(self, part: Part) -> Beside:
        key = None if part == "key" else self.key
        return Beside(self._rows, key, self._sampler(part))

    def _sampler(self, part: Part) -> Callable[["Draws"], Any] | None:
        plan = self._plan
        is_key = part == "key"
        file = plan.key_schema_file if is_key else plan.value_schema_file
        name = plan.key_serializer if is_key else plan.value_serializer
        if part not in {"key", "value"} or file is None or name not in WITH_SCHEMA:
            return None
        type_ = (plan.key_type if is_key else plan.value_type) or ""
        loaded: list[Schema] = []

        def sample(draws: "Draws") -> Any:
            try:
                if not loaded:
                    loaded.append(languages.load(WITH_SCHEMA[name], read_source(file), type_))
                return loaded[0].sample(draws)
            except SerdeError as error:
                raise TemplateError(str(error)) from None

        return sample


def beside_of(plan: RecordPlan) -> PlanBeside:
    """Raises RecordError."""
    return PlanBeside(plan)
