"""Changes to a scenario's text that leave comments, order and layout as their author made them."""

from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.container import Container, OutOfOrderTableProxy
from tomlkit.items import AoT, Bool, InlineTable, Integer, Item, String, StringType, Table, item

from workbench.model.scenario_keys import PROPERTIES, property_table

TableLike = Container | OutOfOrderTableProxy | Table | InlineTable
_TABLES = (Container, OutOfOrderTableProxy, Table, InlineTable)
_BOM = "\ufeff"
_LISTS = ("fault", "expect")


def edited(text: str, changes: Mapping[str, Any]) -> str:
    """The text with each dotted name at its new value; None takes the key out."""
    body = text.removeprefix(_BOM)
    windows = "\r\n" in body and body.count("\n") == body.count("\r\n")
    document = tomlkit.parse(body)
    added: list[tuple[TableLike, str]] = []
    for name, value in changes.items():
        if name in _LISTS:
            continue
        if found := _find(document, name):
            table, key = found
            if value is None:
                del table[key]
            else:
                table[key] = _item(value, table[key], windows=windows)
        elif value is not None:
            table, key = _table_for(document, name, added)
            table[key] = _item(value, None, windows=windows)
            added.append((table, key))
    for name in _LISTS:
        if name in changes:
            _set_list(document, name, changes[name])
    for table, key in added:
        _move_to_the_keys(table, key)
    result = document.as_string()
    if windows:
        result = result.replace("\r\n", "\n").replace("\n", "\r\n")
    return text[: len(text) - len(body)] + result


def _move_to_the_keys(table: TableLike, key: str) -> None:
    """Put a new key under the last one of its table, above the comment that introduces the next table."""
    if isinstance(table, InlineTable | OutOfOrderTableProxy):
        return
    body = table.value.body if isinstance(table, Table) else table.body
    new = next(index for index, (each, _) in enumerate(body) if each is not None and each.key == key)
    entry = body.pop(new)
    if isinstance(entry[1], Table):
        body.insert(new, entry)
        return
    keys = [
        index
        for index, (each, entry) in enumerate(body)
        if each and (each.is_dotted() or not isinstance(entry, Table | AoT))
    ]
    body.insert(keys[-1] + 1 if keys else new, entry)


def _find(table: TableLike, name: str) -> tuple[TableLike, str] | None:
    """Where a dotted name stands, however its author cut it into tables and quoted keys."""
    for key in table:
        if key == name:
            return table, key
        inner = table[key]
        if name.startswith(f"{key}.") and isinstance(inner, _TABLES):
            found = _find(inner, name[len(key) + 1 :])
            if found:
                return found
    return None


def _table_for(document: TableLike, name: str, added: list[tuple[TableLike, str]]) -> tuple[TableLike, str]:
    """The table that a new key goes to, made where there is none, and its key there."""
    path = property_table(name) or name.rpartition(".")[0]
    table = document
    for part in path.split(".") if path else []:
        if part not in table:
            nested = table is not document and path in PROPERTIES
            table[part] = tomlkit.inline_table() if nested else tomlkit.table()
            added.append((table, part))
        inner = table[part]
        assert isinstance(inner, _TABLES)
        table = inner
    return table, name.removeprefix(f"{path}.")


def _item(value: Any, before: object, *, windows: bool) -> Item:
    """As TOML; a text keeps its kind of quotes, so that a long value stays a block of lines."""
    if not isinstance(value, str):
        plain: Item = item(value)
        return plain
    if isinstance(before, Integer) and value.isdecimal():
        return item(int(value))
    if isinstance(before, bool | Bool) and value in {"true", "false"}:
        return item(value == "true")
    kind = before.type if isinstance(before, String) else StringType.SLB
    if "\n" in value and "\r" not in value and kind.is_multiline() and not windows:
        return _block(value, kind)
    literal = kind in (StringType.SLL, StringType.MLL) and "'" not in value and value.isprintable()
    return tomlkit.string(value, literal=literal)


def _block(value: str, kind: StringType) -> String:
    literal = kind is StringType.MLL and "'''" not in value and not value.endswith("'")
    string = tomlkit.string(value, literal=literal, multiline=True)
    if value.startswith("\n"):
        return string
    quotes = 3
    return String(string.type, value, "\n" + string.as_string()[quotes:-quotes], string.trivia)


def _set_list(document: tomlkit.TOMLDocument, name: str, tables: list[dict[str, Any]]) -> None:
    """Write a list of tables anew; a table in one of them stands on one line."""
    if name in document:
        del document[name]
    if not tables:
        return
    array = tomlkit.aot()
    for table in tables:
        entry = tomlkit.table()
        for key, value in table.items():
            if isinstance(value, dict):
                inline = tomlkit.inline_table()
                inline.update(value)
                entry[key] = inline
            else:
                entry[key] = value
        array.append(entry)
    document[name] = array
