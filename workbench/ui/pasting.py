"""Text pasted into the config: one property, or a whole .properties file in either client's names."""

import msgspec

from workbench.producer_config import Client, property_named
from workbench.producer_config.properties_file import MalformedEscapeError, parse
from workbench.ui.written import Written

_CLUSTER_STAYS = "The cluster stays as it was chosen: kwb -b HOST:PORT chooses another"
_NO_LINE = "There is no line name=value in it"
_MOST_TOLD = 60
_ELSEWHERE = ("bootstrap.servers", "metadata.broker.list")


class Pasted(msgspec.Struct, frozen=True):
    written: Written
    said: str
    """What became of it, in a sentence."""
    wrong: bool = False


def paste(written: Written, text: str) -> Pasted:
    """One property joins the config; a file takes its place."""
    try:
        found = properties(text)
    except MalformedEscapeError as error:
        return Pasted(written, f"line {error.line}: {error}", wrong=True)
    if "=" not in text and ":" not in text:
        found = {}  # words, which Java too would read as a name and its value
    elsewhere = [found.pop(name) for name in _ELSEWHERE if name in found]
    if not found:
        said = _NO_LINE if not elsewhere else _CLUSTER_STAYS
        return Pasted(written, said, wrong=True)
    client = _client_of(found) or written.client
    if len(found) == 1 and client == written.client:
        changed = written.with_properties(dict(found))
        said = f"{_told(next(iter(found)))} is set"
    else:
        changed = Written(client, found)
        said = f"{len(found)} {'properties' if len(found) > 1 else 'property'} take the config's place"
        said += ", in Java's names" if client == "java" and written.client != "java" else ""
        said += "; u takes that back"
    if elsewhere:
        said += f". {_CLUSTER_STAYS}"
    return Pasted(changed, said)


def _told(name: str) -> str:
    return name if len(name) <= _MOST_TOLD else f"{name[: _MOST_TOLD - 1]}…"


def _client_of(found: dict[str, str]) -> Client | None:
    """Whose names they are, where one client alone has some of them and more than the other."""
    items = [item for name in found if (item := property_named(name))]
    java = sum(item.librdkafka is None and not item.emulated for item in items)
    librdkafka = sum(item.java is None for item in items)
    return "java" if java > librdkafka else "librdkafka" if librdkafka > java else None


def properties(text: str) -> dict[str, str]:
    """As Java reads a .properties file; of a name that stands there twice, the last.

    Raises MalformedEscapeError.
    """
    return {entry.name: entry.text for entry in parse(text)}
