"""Record after record from a plan: templates rendered, serializers applied, constants made once."""

from collections.abc import Callable

from workbench.model.record import Header, RecordPlan
from workbench.serde.errors import Part, RecordError, SerdeError, TemplateError
from workbench.serde.registry import Serializer, serializer
from workbench.serde.templates import compile_template

__all__ = ["RecordError", "RecordMaker"]

Headers = list[tuple[str, bytes | None]]
_MakePart = Callable[[int], bytes]


class RecordMaker:
    """Makes the record with any sequence number, in any order, always the same (but for `now`).

    `value_bytes` stands for the value where the plan's `value_file` is for the bytes serializer; text
    of a value file has been put into `plan.value`. For one thread. Raises RecordError at once for
    what no record could get past: an unknown serializer, a template's syntax, a constant refused.
    """

    def __init__(self, plan: RecordPlan, seed: int, run_id: str, value_bytes: bytes | None = None) -> None:
        self._seed, self._run_id = seed, run_id
        self._key: bytes | None = None
        self._value: bytes | None = value_bytes
        self._make_key: _MakePart | None = None
        self._make_value: _MakePart | None = None
        if plan.key is not None:
            self._key, self._make_key = self._part("key", plan.key, plan.key_serializer)
        if plan.value is not None and value_bytes is None:
            self._value, self._make_value = self._part("value", plan.value, plan.value_serializer)
        made = [self._header(at, header) for at, header in enumerate(plan.headers)]
        self._headers: Headers = [(name, value) for name, value, _ in made]
        self._make_headers = [(at, name, make) for at, (name, _, make) in enumerate(made) if make]
        self.is_constant = not (self._make_key or self._make_value or self._make_headers)
        """Every record is the same, and costs nothing to make."""

    def make(self, seq: int) -> tuple[bytes | None, bytes | None, Headers]:
        """Key, value and headers; the list is the caller's own. Raises RecordError."""
        key = self._key if self._make_key is None else self._make_key(seq)
        value = self._value if self._make_value is None else self._make_value(seq)
        headers = self._headers[:]
        for at, name, make in self._make_headers:
            headers[at] = (name, make(seq))
        return key, value, headers

    def _header(self, at: int, header: Header) -> tuple[str, bytes | None, _MakePart | None]:
        if header.value is None:
            return header.name, None, None
        return (header.name, *self._part("headers", header.value, "string", f"headers/{at}"))

    def _part(
        self, where: Part, text: str, serializer_name: str, draws: str = ""
    ) -> tuple[bytes | None, _MakePart | None]:
        """The bytes of a constant, or how to make those of a record."""
        try:
            serialize = serializer(serializer_name)
            template = compile_template(text, self._seed, self._run_id, draws or where)
            if template.is_constant:
                return serialize(text), None
        except SerdeError as error:
            raise RecordError(where, "serializer", str(error)) from None
        except TemplateError as error:
            raise RecordError(where, "template", str(error)) from None
        return None, _making(where, template.render, serialize)


def _making(where: Part, render: Callable[[int], str], serialize: Serializer) -> _MakePart:
    def make(seq: int) -> bytes:
        try:
            return serialize(render(seq))
        except SerdeError as error:
            raise RecordError(where, "serializer", str(error)) from None
        except TemplateError as error:
            raise RecordError(where, "template", str(error)) from None

    return make
