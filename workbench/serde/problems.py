"""What is wrong with a key or value, and where in the text that a person wrote."""

import re

from workbench.model.record import Problem
from workbench.serde.errors import SerdeError, TemplateError
from workbench.serde.registry import Serializer
from workbench.serde.template_names import Beside
from workbench.serde.template_places import Places, line_and_column, marked, offset, unmarked
from workbench.serde.templates import compile_template

_AT = re.compile(r" at line \d+, column \d+")
_LINE = re.compile(r"^line \d+: ")
_MARK = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]')
_LARGEST = 1_000_000
_ALONE = Beside()


def problems(
    text: str,
    serialize: Serializer,
    *,
    seed: int,
    run_id: str,
    part: str,
    seq: int,
    beside: Beside = _ALONE,
) -> tuple[Problem, ...]:
    """() where nothing is wrong. `part`: whose draws these are, see `compile_template`. Never raises."""
    try:
        rendered = compile_template(text, seed, run_id, part, beside).render(seq)
    except TemplateError as error:
        reason = _LINE.sub("", str(error))
        return (Problem(error.line, 1, "", reason),) if error.line else ()
    try:
        serialize(rendered)
    except SerdeError as error:
        places = _places(text, rendered, seed=seed, run_id=run_id, part=part, seq=seq, beside=beside)
        if places is None and text != rendered:
            return ()
        return tuple(_written(problem, text, rendered, places) for problem in error.problems)
    return ()


def _places(
    text: str, rendered: str, *, seed: int, run_id: str, part: str, seq: int, beside: Beside
) -> Places | None:
    with_marks = marked(text)
    if with_marks is None or text == rendered:
        return None
    try:
        again, places = unmarked(compile_template(with_marks, seed, run_id, part, beside).render(seq), text)
    except TemplateError:
        return None
    return places if len(again) == len(rendered) else None  # `now` goes on; its length does not


def _written(problem: Problem, text: str, rendered: str, places: Places | None) -> Problem:
    at = offset(rendered, problem.line, problem.column)
    line, column = line_and_column(text, at if places is None else places.back(at))
    field = problem.field or ("" if len(rendered) > _LARGEST else field_at(rendered, at))
    return Problem(line, column, field, _AT.sub("", problem.text))


def field_at(text: str, at: int) -> str:
    """The path (`items[2].price`) of the JSON value that begins or breaks off at an offset."""
    stack: list[str | int] = []
    name = ""
    for match in _MARK.finditer(text, 0, at):
        mark = match[0]
        if mark == "{":
            stack.append("")
        elif mark == "[":
            stack.append(0)
        elif mark in "]}" and stack:
            stack.pop()
        elif mark == "," and stack:
            stack[-1] = stack[-1] + 1 if isinstance(stack[-1], int) else ""
        elif mark == ":" and stack and isinstance(stack[-1], str):
            stack[-1] = name
        elif mark[0] == '"':
            name = mark[1:-1]
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in stack if step != "")
    return path.removeprefix(".")
