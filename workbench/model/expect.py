"""Expectations: paths into the report, what may be wanted there, and how both are written.

A path names fields by name and list items by index: "ledger.lost", "partitions.0.acked". What follows
the name of a table of properties is one key, dots and all: "config.linger.ms".
"""

import difflib
import re
import types
from typing import Literal, Union, cast, get_args, get_origin, get_type_hints

import msgspec

from workbench.model.report import Report
from workbench.model.scenario import Expectation

Operator = Literal["==", "!=", "<", "<=", ">", ">="]
Value = int | float | str | bool | None
_WRITTEN = re.compile(r"\s*(==|!=|<=|>=|<|>)\s*(.*?)\s*", re.DOTALL)
_ORDERING = ("<", "<=", ">", ">=")
_NULL = "null"
_BOOLEANS = {"true": True, "false": False}
_ITSELF = "expect"
_MOST_DIGITS = 9


def parse_expectation(path: str, written: object) -> Expectation:
    """What a scenario writes as `"path" = ">= 1"`; a bare number or boolean means "==".

    Raises ValueError, whose text says what is wrong and the mend.
    """
    kinds = kinds_at(path)
    text = f"== {_shown(written)}" if isinstance(written, bool | int | float) else written
    match = _WRITTEN.fullmatch(text) if isinstance(text, str) else None
    if match is None or not match[2]:
        raise ValueError(
            f'{_shown(written)} is not an expectation; write an operator and a value, such as ">= 1"'
        )
    operator, wanted = cast("Operator", match[1]), _value(match[2], kinds)
    if not _fits(wanted, kinds):
        raise ValueError(f"{_named(kinds)} stands there; {_shown(wanted)} can never hold")
    if operator in _ORDERING and (isinstance(wanted, bool | str) or wanted is None):
        raise ValueError(f"{operator} compares numbers; use == or != for {_shown(wanted)}")
    return Expectation(path, operator, wanted)


def kinds_at(path: str) -> tuple[type, ...]:
    """The types a report can have at a path: int, float, str, bool, NoneType.

    Raises ValueError for a path that no report has, with the nearest one.
    """
    here: object = Report
    parts = path.split(".")
    for position, part in enumerate(parts):
        if isinstance(here, type) and issubclass(here, msgspec.Struct):
            hints = get_type_hints(here)
            if part not in hints or part == _ITSELF:
                raise ValueError(_unknown(path))
            here = hints[part]
        elif get_origin(here) is tuple:
            if not part.isdecimal():
                raise ValueError(f"{'.'.join(parts[:position])} is a list; write an index, such as 0")
            here = get_args(here)[0]
        elif get_origin(here) is dict:
            return (get_args(here)[1],)
        else:
            raise ValueError(_unknown(path))
    if get_origin(here) is Literal:
        return tuple({type(each) for each in get_args(here)})
    kinds = get_args(here) if get_origin(here) in (Union, types.UnionType) else (here,)
    if not all(kind in (int, float, str, bool, types.NoneType) for kind in kinds):
        raise ValueError(_unknown(path))
    return cast("tuple[type, ...]", kinds)


def value_at(report: Report, path: str) -> Value:
    """What the report says at a path; None where it says nothing (an index or property it has not)."""
    here: object = report
    parts = path.split(".")
    for position, part in enumerate(parts):
        if isinstance(here, dict):
            return cast("Value", here.get(".".join(parts[position:])))
        if isinstance(here, tuple):
            is_index = part.isdecimal() and len(part) <= _MOST_DIGITS and int(part) < len(here)
            here = here[int(part)] if is_index else None
        else:
            here = getattr(here, part, None)
    return cast("Value", here)


def written(expectation: Expectation) -> str:
    """The text of what is wanted, e.g. ">= 1"."""
    wanted = expectation.wanted
    bare = isinstance(wanted, str) and wanted not in ("", _NULL) and wanted == wanted.strip("\"' ")
    return f"{expectation.operator} {wanted if bare else _shown(wanted)}"


def _value(text: str, kinds: tuple[type, ...]) -> Value:
    """As what stands at the path would be written: where that is text, 5 and true are text too."""
    if text == _NULL:
        return None
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    if quoted or str in kinds:
        return text[1:-1] if quoted else text
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text


def _fits(wanted: Value, kinds: tuple[type, ...]) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, bool):
        return bool in kinds
    if isinstance(wanted, str):
        return str in kinds
    return int in kinds or float in kinds


def _named(kinds: tuple[type, ...]) -> str:
    names = {int: "a number", float: "a number", str: "text", bool: "true or false"}
    return next(names[kind] for kind in kinds if kind in names)


def _shown(value: object) -> str:
    return _NULL if value is None else str(value).lower() if isinstance(value, bool) else repr(value)


def _unknown(path: str) -> str:
    near = difflib.get_close_matches(path, _all_paths(Report, ""), n=1, cutoff=0.5)
    return "the report has no such path" + (f"; did you mean {near[0]}?" if near else "")


def _all_paths(struct: type[msgspec.Struct], prefix: str) -> list[str]:
    paths: list[str] = []
    for name, kind in get_type_hints(struct).items():
        inner = get_args(kind)[0] if get_origin(kind) is tuple else kind
        here = f"{prefix}{name}" + (".0" if inner is not kind else "")
        if here.startswith(_ITSELF):
            continue
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            paths += _all_paths(inner, f"{here}.")
        else:
            paths.append(here)
    return paths
