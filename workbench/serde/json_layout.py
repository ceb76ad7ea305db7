"""JSON with templates in it, laid out anew: two spaces a level, nothing else changed."""

import json
import re
from typing import Any

from workbench.serde.errors import SerdeError

_OPEN, _CLOSE = "\ue000", "\ue001"  # private use: no text means them
_TOKEN = re.compile(r'"(?:[^"\\{]|\\.|\{\{.*?\}\}|\{)*"|\{\{.*?\}\}|-?\d[\d.eE+-]*', re.DOTALL)
_KEPT = re.compile(f'"{_OPEN}([0-9]+){_CLOSE}"')


def laid_out(text: str) -> str:
    """Strings, numbers and templates stay as they are. Raises SerdeError where they cannot be told apart."""
    if "{%" in text or "{#" in text:
        raise SerdeError("a text with {% %} or {# #} in it is laid out by hand")
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f'"{_OPEN}{len(kept) - 1}{_CLOSE}"'

    try:
        value = json.loads(_TOKEN.sub(keep, text), object_pairs_hook=_Pairs)
        plain = _written(value, "\n")
    except json.JSONDecodeError as error:
        raise SerdeError(f"not JSON: {error.msg[0].lower()}{error.msg[1:]}") from None
    except RecursionError:
        raise SerdeError("nested too deep to be laid out") from None
    return _KEPT.sub(lambda match: kept[int(match[1])], plain)


class _Pairs(list[tuple[str, Any]]):
    """An object's, a name that stands there twice among them."""


def _written(value: Any, line: str) -> str:
    inner = f"{line}  "
    if isinstance(value, _Pairs):
        items = [f'"{name}": {_written(item, inner)}' for name, item in value]
        return f"{{{inner}{f',{inner}'.join(items)}{line}}}" if items else "{}"
    if isinstance(value, list):
        items = [_written(item, inner) for item in value]
        return f"[{inner}{f',{inner}'.join(items)}{line}]" if items else "[]"
    return f'"{value}"' if isinstance(value, str) else json.dumps(value)
