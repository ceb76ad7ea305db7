"""Payload templates: Jinja2 in its sandbox, with randomness that belongs to the record.

What a template may name: `seq`, `run_id`, `now` (ISO 8601, UTC), `now_ms`, and what `template_names` has.
Draws depend on the scenario's seed, the part of the record and `seq` alone, so record 17 is the same in the
preview and in every run; `now` is not.
Jinja2 is loaded by the first text that needs rendering. Its sandbox bounds neither time nor memory: loops
can still run for long, so whoever renders what a person wrote sets a timer (an exception raised by one
ends the rendering as a TemplateError).
"""

from __future__ import annotations

import difflib
import time
from collections.abc import Sized
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workbench.serde.draws import Draws
from workbench.serde.errors import TemplateError
from workbench.serde.template_names import DRAWN, NAMES, Beside, Names

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment

_MARKS = ("{{", "{%", "{#")
_TIMES = frozenset({"now", "now_ms"})
_STARTED = DRAWN | {"counter", "key", "row"}
_ALONE = Beside()
_LONGEST = 4_000_000


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


def compile_template(
    text: str, seed: int = 0, run_id: str = "", part: str = "", beside: Beside = _ALONE
) -> Template:
    """`part` keeps the draws of key, value and headers apart. Raises TemplateError with the line."""
    if not any(mark in text for mark in _MARKS):
        return Template(text, None)
    return Template(text, _renderer(text, Draws(seed, part), run_id, beside))


def _renderer(text: str, draws: Draws, run_id: str, beside: Beside) -> Callable[[int], str]:
    import jinja2
    from jinja2 import meta, nodes, runtime

    from workbench.serde.plain_templates import compiled

    environment = _environment(draws, newline="\r\n" if "\r\n" in text else "\n")
    try:
        tree = environment.parse(text)
        template = environment.from_string(tree)
    except jinja2.TemplateSyntaxError as error:
        reason = f"line {error.lineno}: {_one_line(error.message or '')}"
        raise TemplateError(reason, error.lineno) from None
    wanted = meta.find_undeclared_variables(tree)
    starts = bool(wanted & _STARTED) or any(node.name == "random" for node in tree.find_all(nodes.Filter))
    times_wanted = bool(wanted & _TIMES)
    own = Names(draws, beside)
    lazy = [(each, getattr(own, each)) for each in ("key", "row") if each in wanted]
    names: dict[str, Any] = dict(environment.globals, run_id=run_id, **own.functions())
    pieces, name, blocks, start = template.root_render_func, template.name, template.blocks, own.start
    context, join = runtime.Context, "".join

    def render(seq: int) -> str:
        names["seq"] = seq
        if starts:
            start(seq)
        if times_wanted:
            _set_times(names)
        try:
            for each, value in lazy:
                names[each] = value()
            return join(pieces(context(environment, names, name, blocks)))
        except TemplateError as error:
            raise TemplateError(str(error), _line_of(error)) from None
        except Exception as error:  # noqa: BLE001 - a template can raise whatever its expressions do
            raise TemplateError(_explained(error), _line_of(error)) from None

    plain = compiled(tree, own.functions(), run_id)
    return render if plain is None else _plainly(plain, start if starts else None, render)


def _plainly(
    plain: Callable[[int], str], start: Callable[[int], None] | None, render: Callable[[int], str]
) -> Callable[[int], str]:
    """Quickly; where that goes wrong, `render` says what is wrong with it."""

    def render_plain(seq: int) -> str:
        try:
            if start is not None:
                start(seq)
            return plain(seq)
        except Exception:  # noqa: BLE001  # told by the other way, with its line
            return render(seq)

    return render_plain


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


def _line_of(error: BaseException) -> int | None:
    """Of the template: Jinja2 compiles it to Python, and knows which line came from which."""
    from jinja2 import Template as Compiled

    line = None
    trace = error.__traceback__
    while trace is not None:
        compiled = trace.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(compiled, Compiled):
            line = compiled.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return line


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
    near = difflib.get_close_matches(name, NAMES, n=1, cutoff=0.7)
    mend = f"did you mean {near[0]}?" if near else f"there are {', '.join(NAMES)}"
    return f"unknown name {name}; {mend}"


def _one_line(text: str) -> str:
    return " ".join(text.split()) or "it cannot be rendered"
