"""What a setting is for, where its value comes from, and how the other client has it."""

from collections.abc import Mapping

from rich.text import Text

from workbench.producer_config import Client, Facts, Property, counterpart, property_named
from workbench.producer_config.known import unknown
from workbench.producer_config.translation import pair_of
from workbench.producer_config.values import letters, plain
from workbench.ui import config_view
from workbench.ui.config_digest import value_in_words
from workbench.ui.config_hints import translation_of
from workbench.ui.standing import stands, usual
from workbench.ui.theme import Roles
from workbench.ui.written import DEFAULTS, Written

_CLIENTS: Mapping[Client, str] = {"java": "Java", "librdkafka": "librdkafka"}
_KINDS = {"int": "whole number", "float": "number", "bool": "true or false", "class": "Java class",
          "password": "secret", "code": "set by a program", "list": "list, with commas"}  # fmt: skip
_COUNTLESS = 2**53
_OWN = {
    config_view.BOOTSTRAP: "Brokers to ask first. Chosen at the start: kwb -b HOST:PORT",
    DEFAULTS: "Whose defaults hold for what is not set: librdkafka's own, or Java's where librdkafka can.",
}


def setting_help(name: str, written: Written, roles: Roles) -> Text:
    """The most useful first: a low pane shows the beginning."""
    if not name:
        return Text("Enter or → opens the group, ← closes it.", roles.muted)
    item = property_named(name)
    text = Text.assemble((letters(name), f"bold {roles.accent}"))
    if own := _OWN.get(name):
        return text.append(f"\n{own}", roles.text)
    if item is None:
        return text.append("\nNeither client's producer has it.", roles.text)
    facts = item.of(written.client)
    kind = ", ".join(part for part in (_KINDS.get(item.kind, item.kind), item.unit) if part)
    text.append(f"  {kind}\n", roles.muted)
    _value(text, item, written, roles)
    text.append(f"\n{item.does}", roles.text)
    text.append(f"\n{item.goes_wrong}" if item.goes_wrong else "", roles.muted)
    if reason := _kept_out(name, written.client):
        text.append(f"\n{reason}", roles.warn)
    if facts is not None:
        text.append(_allowed(item, facts), roles.muted)
    _other(text, item, written, roles)
    text.append(f"\n{' · '.join(item.sources)}", roles.faint)
    return text


def _value(text: Text, item: Property, written: Written, roles: Roles) -> None:
    default = usual(written.client).get(item.name, "")
    text.append("default ", roles.muted).append(default or "none", roles.text)
    words = value_in_words(item, default)
    text.append(f" ({words})" if words else "", roles.muted)
    value = stands(written).get(item.name, "")
    if item.name in written.config:
        source = "set here" if written.origin is None else "as the run has it"
    elif any(config_view.same(name, item.name) for name in written.config):
        source = "set here, by another name"
    else:
        source = "by default" if value == default else "follows from other settings"
    text.append(f" · {source}", roles.muted)


def _kept_out(name: str, client: Client) -> str:
    if client == "java" or config_view.settable(name, client):
        return ""
    return (unknown(name) or "").partition(": ")[2].capitalize()


def _allowed(item: Property, facts: Facts) -> str:
    if item.choices and not item.closed:
        return f"\none of {', '.join(facts.choices or item.choices)}"
    if facts.low is None:
        return ""
    high = "∞" if facts.high is None or facts.high > _COUNTLESS else plain(facts.high)
    return f"\nrange {plain(facts.low)} … {high}"


def _other(text: Text, item: Property, written: Written, roles: Roles) -> None:
    """How the other client calls it, what its default is, and what is lost between the two."""
    client: Client = "librdkafka" if written.client == "java" else "java"
    name = counterpart(item.name, written.client)
    theirs = property_named(name) if name else None
    text.append(f"\n{_CLIENTS[client]} ", f"bold {roles.text}")
    facts = theirs.of(client) if theirs else None
    if theirs is not None and facts is not None:
        text.append(f"{theirs.name}, default {facts.default or 'none'}", roles.muted)
    elif item.emulated:
        text.append("has none; kwb itself waits for room as Java does", roles.muted)
        return
    else:
        text.append("has nothing like it", roles.muted)
    said = translation_of(written, item.name)
    pair = pair_of(item.name, written.client)
    if said is not None and said[0] != "mapped":
        text.append(f"\n{said[0]}: {said[1]}", roles.warn if said[0] == "impossible" else roles.muted)
    elif pair is not None and pair.kind != "mapped":
        sentence = pair.says if written.client == "java" else pair.back
        text.append(f"\n{pair.kind}: {sentence}" if sentence else "", roles.muted)
