"""Text pasted into the config: one property, or a whole .properties file in either client's names."""

import msgspec

from workbench.producer_config import Client, property_named
from workbench.ui.written import Written

_ELSEWHERE = ("bootstrap.servers", "metadata.broker.list")
_SEPARATORS = "=:"


class Pasted(msgspec.Struct, frozen=True):
    written: Written
    said: str
    """What became of it, in a sentence."""
    wrong: bool = False


def paste(written: Written, text: str) -> Pasted:
    """One property joins the config; a file takes its place."""
    found, unread = properties(text)
    elsewhere = [found.pop(name) for name in _ELSEWHERE if name in found]
    if not found:
        said = "there is no line name=value in it" if not elsewhere else "the cluster is said in [cluster]"
        return Pasted(written, said, wrong=True)
    client = _client_of(found) or written.client
    if len(found) == 1 and client == written.client:
        changed = written.with_properties(dict(found))
        said = f"{next(iter(found))} is set"
    else:
        changed = Written(client, found)
        said = f"{len(found)} {'properties' if len(found) > 1 else 'property'} take the config's place"
        said += ", in Java's names" if client == "java" and written.client != "java" else ""
        said += "; u takes that back"
    if elsewhere:
        said += ". The cluster stays: it is said in [cluster]"
    if unread:
        said += f". Line {unread[0]} is no property"
    return Pasted(changed, said, wrong=bool(unread))


def _client_of(found: dict[str, str]) -> Client | None:
    """Whose names they are, where one client alone has some of them and more than the other."""
    items = [item for name in found if (item := property_named(name))]
    java = sum(item.librdkafka is None and not item.emulated for item in items)
    librdkafka = sum(item.java is None for item in items)
    return "java" if java > librdkafka else "librdkafka" if librdkafka > java else None


def properties(text: str) -> tuple[dict[str, str], list[int]]:
    """Names and values, the last of a name; and the numbers of lines that hold no property."""
    found: dict[str, str] = {}
    unread: list[int] = []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    number = 0
    while number < len(lines):
        line, begun = lines[number].strip(), number + 1
        number += 1
        if not line or line[0] in "#!":
            continue
        while line.endswith("\\") and number < len(lines):
            line = line[:-1] + lines[number].strip()
            number += 1
        at = next((at for at, letter in enumerate(line) if letter in _SEPARATORS), 0)
        if at:
            found[line[:at].strip()] = line[at + 1 :].strip()
        else:
            unread.append(begun)
    return found, unread
