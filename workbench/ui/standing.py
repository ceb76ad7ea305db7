"""What each property of a config comes to, written or not, and what a config differs from another in."""

from collections.abc import Mapping
from functools import lru_cache

from workbench.producer_config import Client, canonical, catalogue_name, effective, essentials, mask_secrets
from workbench.producer_config.meaning import standing
from workbench.producer_config.values import letters
from workbench.ui.glyphs import ARROW
from workbench.ui.written import DEFAULTS, Written, as_written

_Items = tuple[tuple[str, str], ...]
_NOT_SET = "not set"


def stands(written: Written) -> Mapping[str, str]:
    """Every property of the client as it comes to stand, in the catalogue's names."""
    return _standing(written.client, tuple(written.config.items()))


def usual(client: Client) -> Mapping[str, str]:
    """The same where nothing is set."""
    return _standing(client, ())


@lru_cache(maxsize=32)
def _standing(client: Client, items: _Items) -> Mapping[str, str]:
    config = dict(items)
    if client == "java":
        return standing(config, "java")
    typed = {name: text for name, text in canonical(config).items() if not text.strip()}
    return {"max.block.ms": "60000", **standing(config, client), **effective(config), **typed}


def translated(written: Written, client: Client) -> Written:
    """What runs, in the client's names."""
    return written if written.client == client else _translated(client, tuple(written.producer.items()))


@lru_cache(maxsize=2)
def _translated(client: Client, items: _Items) -> Written:
    return as_written(dict(items)).in_names_of(client)


def changes(before: Written, after: Written) -> list[str]:
    """`linger.ms 5 → 100` for each property that comes to another value, in the names of `after`.

    What somebody wrote comes first, then what follows from it among the essentials. A spelled-out
    default changes nothing; of a secret only that it changed is told.
    """
    before = translated(before, after.client)
    old, new = _all_of(before), _all_of(after)
    said = {catalogue_name(name) for each in (before, after) for name in (*each.config, *each.aside)}
    differ = [name for name in dict.fromkeys((*new, *old)) if old.get(name) != new.get(name)]
    written = [name for name in differ if name in said]
    follow = [item.name for item in essentials() if item.name in differ and item.name not in said]
    return [_change(name, old.get(name, ""), new.get(name, "")) for name in (*written, *follow)]


def _all_of(written: Written) -> dict[str, str]:
    whose = {DEFAULTS: written.config.get(DEFAULTS, "librdkafka")} if written.client == "librdkafka" else {}
    return {**whose, **stands(written), **written.aside}


def _change(name: str, old: str, new: str) -> str:
    one, other = (letters(mask_secrets({name: text})[name]) or _NOT_SET for text in (old, new))
    if one == other:
        return f"{name} changed"
    return f"{name} {one} {ARROW} {other}"
