"""Payload templates: Jinja2 in its sandbox, with randomness that belongs to the record.

What a template may name: `seq`, `run_id`, `now` (ISO 8601, UTC), `now_ms`, `uuid()`, `choice('a', 'b')`,
`random(low, high)` (whole numbers, both ends included). Draws depend on the scenario's seed, the part
of the record and `seq` alone, so record 17 is the same in the preview and in every run; `now` is not.
Jinja2 is loaded by the first text that needs rendering. Its sandbox bounds neither time nor memory: loops
can still run for long, so whoever renders what a person wrote sets a timer (an exception raised by one
ends the rendering as a TemplateError).
"""

from __future__ import annotations

import difflib
import time
import zlib
from collections.abc import Sized
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workbench.serde.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment

_MARKS = ("{{", "{%", "{#")
_NAMES = ("seq", "run_id", "now", "now_ms", "uuid", "choice", "random")
_TIMES = frozenset({"now", "now_ms"})
_LONGEST = 4_000_000
_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


class Draws:
    """SplitMix64 (Steele, Lea, Flood 2014): a few whole numbers a record, cheap to seed for each."""

    def __init__(self, seed: int, part: str) -> None:
        self._origin = _mixed((seed & _MASK) ^ (zlib.crc32(part.encode()) << 32))
        self._state = self._origin

    def start(self, seq: int) -> None:
        """From here on, what belongs to the record with this number."""
        self._state = _mixed(self._origin + (seq + 1) * _GOLDEN)

    def below(self, limit: int) -> int:
        """A whole number in 0 … limit-1; its bias is below limit / 2^64."""
        self._state = (self._state + _GOLDEN) & _MASK
        return _mixed(self._state) % limit

    def random(self, *bounds: Any) -> int:
        if len(bounds) != 2 or not all(isinstance(bound, int) for bound in bounds):
            raise TemplateError("random(low, high) takes two whole numbers")
        low, high = map(int, bounds)
        if low > high:
            raise TemplateError(f"random({low}, {high}): the first number is the larger")
        return low + self.below(high - low + 1)

    def choice(self, *options: Any) -> Any:
        if not options:
            raise TemplateError("choice() has nothing to choose from")
        return options[self.below(len(options))]

    def of(self, options: Any) -> Any:
        """Jinja2's own `random` filter, drawn from here so that it repeats too."""
        return self.choice(*options)

    def uuid(self) -> str:
        """A version 4 UUID, as text."""
        drawn = f"{self.below(1 << 64):016x}{self.below(1 << 64):016x}"
        variant = "89ab"[int(drawn[16], 16) & 3]
        return f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-{variant}{drawn[17:20]}-{drawn[20:]}"


def _mixed(number: int) -> int:
    number &= _MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _MASK
    return number ^ (number >> 31)


class Template:
    """A text, constant or rendered for each record; for one thread. Raises TemplateError only."""

    def __init__(self, text: str, render: Callable[[int], str] | None) -> None:
        self.text = text
        self._render = render

    @property
    def is_constant(self) -> bool:
        """Nothing in it is to be rendered: `text` is what every record gets."""
        return self._render is None

    def render(self, seq: int) -> str:
        return self.text if self._render is None else self._render(seq)


def compile_template(text: str, seed: int = 0, run_id: str = "", part: str = "") -> Template:
    """`part` keeps the draws of key, value and headers apart. Raises TemplateError with the line."""
    if not any(mark in text for mark in _MARKS):
        return Template(text, None)
    return Template(text, _renderer(text, Draws(seed, part), run_id))


def _renderer(text: str, draws: Draws, run_id: str) -> Callable[[int], str]:
    import jinja2
    from jinja2 import meta, nodes, runtime

    environment = _environment(draws, newline="\r\n" if "\r\n" in text else "\n")
    try:
        tree = environment.parse(text)
        template = environment.from_string(tree)
    except jinja2.TemplateSyntaxError as error:
        raise TemplateError(f"line {error.lineno}: {_one_line(error.message or '')}") from None
    wanted = meta.find_undeclared_variables(tree)
    draws_wanted = bool(wanted & {"uuid", "choice", "random"}) or any(
        node.name == "random" for node in tree.find_all(nodes.Filter)
    )
    times_wanted = bool(wanted & _TIMES)
    names: dict[str, Any] = dict(environment.globals, run_id=run_id)
    names.update(uuid=draws.uuid, choice=draws.choice, random=draws.random)
    pieces, name, blocks, start = template.root_render_func, template.name, template.blocks, draws.start
    context, join = runtime.Context, "".join

    def render(seq: int) -> str:
        names["seq"] = seq
        if draws_wanted:
            start(seq)
        if times_wanted:
            _set_times(names)
        try:
            return join(pieces(context(environment, names, name, blocks)))
        except TemplateError:
            raise
        except Exception as error:  # noqa: BLE001 - a template can raise whatever its expressions do
            raise TemplateError(_explained(error)) from None

    return render


def _environment(draws: Draws, newline: str) -> Environment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
        newline_sequence="\r\n" if newline == "\r\n" else "\n",
    )
    del environment.globals["lipsum"]  # random, and not by the record
    environment.filters["random"] = draws.of
    # not folded at compile time, and bounded: a slip such as 10**10**10 must not take the engine along
    environment.intercepted_binops = frozenset({"*", "**"})
    environment.binop_table.update({"*": _times, "**": _power})
    return environment


def _times(left: Any, right: Any) -> Any:
    for items, count in ((left, right), (right, left)):
        if isinstance(items, Sized) and isinstance(count, int) and len(items) * count > _LONGEST:
            raise TemplateError(f"* would make more than {_LONGEST:,} items")
    return left * right


def _power(base: Any, exponent: Any) -> Any:
    if isinstance(base, int) and isinstance(exponent, int) and base.bit_length() * exponent > _LONGEST:
        raise TemplateError(f"** would make a number of more than {_LONGEST:,} bits")
    return base**exponent


def _set_times(names: dict[str, Any]) -> None:
    now_ms = time.time_ns() // 1_000_000
    moment = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds")
    names["now_ms"] = now_ms
    names["now"] = f"{moment[:-6]}Z"


def _explained(error: Exception) -> str:
    import jinja2

    if isinstance(error, jinja2.UndefinedError):
        quoted = (error.message or "").split("'")
        if len(quoted) == 3 and quoted[2] == " is undefined":
            return _unknown(quoted[1])
    text = _one_line(str(error))
    if isinstance(error, jinja2.TemplateError | ValueError | TypeError | ArithmeticError) and text:
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, _NAMES, n=1)
    mend = f"did you mean {near[0]}?" if near else f"there are {', '.join(_NAMES)}"
    return f"unknown name {name}; {mend}"


def _one_line(text: str) -> str:
    return " ".join(text.split()) or "it cannot be rendered"
