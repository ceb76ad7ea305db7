"""A config as it is written: in the names of either client, and what of it librdkafka runs."""

from collections.abc import Mapping

import msgspec

from workbench.producer_config import (
    Client,
    catalogue_name,
    counterpart,
    property_named,
    to_java,
    to_librdkafka,
)
from workbench.producer_config.translation import defaults_of

DEFAULTS = "defaults"
_SASL = ("SASL_PLAINTEXT", "SASL_SSL")


class Written(msgspec.Struct, frozen=True):
    """`config` is in the client's names. The run is librdkafka's, with `producer`."""

    client: Client
    config: dict[str, str]
    aside: dict[str, str] = {}
    """librdkafka's own, for which Java has no word: they stay in force."""
    origin: dict[str, str] | None = None
    """What it was translated from, as long as nothing of it was changed."""

    @property
    def producer(self) -> dict[str, str]:
        """For Java's names: what librdkafka is told instead, and Java's defaults for all the rest."""
        if self.client == "librdkafka":
            return self.config
        if self.origin is not None:
            return self.origin
        made = to_librdkafka(self.config)
        beside = {name: text for name, text in made.beside.items() if name == "max.block.ms"}
        return {DEFAULTS: "java", **made.config, **beside, **self.aside}

    def with_property(self, name: str, text: str | None) -> "Written":
        return self.with_properties({name: text})

    def with_properties(self, changes: Mapping[str, str | None]) -> "Written":
        """Changed, whatever name of a property stood there; None: back to the default."""
        if self.client == "librdkafka":
            return Written(self.client, _changed(self.config, changes))
        of_librdkafka = {name: text for name, text in changes.items() if not _is_javas(name)}
        of_java = {name: text for name, text in changes.items() if name not in of_librdkafka}
        return Written(self.client, _changed(self.config, of_java), _changed(self.aside, of_librdkafka))

    def in_names_of(self, client: Client) -> "Written":
        """The same config in the other client's names; what runs stays what it was."""
        if client == self.client:
            return self
        producer = self.producer
        if client == "librdkafka":
            return Written(client, producer)
        said = {name: text for name, text in producer.items() if name != DEFAULTS}
        java_defaults = producer.get(DEFAULTS) == "java"
        made = to_java(said, with_defaults=not java_defaults).config
        return Written(client, _without_unused(made, said), _untranslated(said), producer)


def _is_javas(name: str) -> bool:
    item = property_named(name)
    return item is not None and item.java is not None


def as_written(producer: Mapping[str, str]) -> Written:
    return Written("librdkafka", dict(producer))


def _changed(config: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    gone = {catalogue_name(name) for name in changes}
    kept = {name: text for name, text in config.items() if catalogue_name(name) not in gone}
    return {**kept, **{name: text for name, text in changes.items() if text is not None}}


def _untranslated(said: Mapping[str, str]) -> dict[str, str]:
    return {
        name: text
        for name, text in said.items()
        if not counterpart(catalogue_name(name), "librdkafka")
        and ((item := property_named(name)) is None or item.java is None)
    }


def _without_unused(made: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
    """Without defaults of a login that nobody asked for, and what is Java's default in other letters."""
    login = any(name.startswith("sasl.") for name in said)
    login = login or made.get("security.protocol", "").upper() in _SASL
    usual = defaults_of("java")
    return {
        name: text
        for name, text in made.items()
        if (login or not name.startswith("sasl."))
        and (text.lower() != usual.get(name, "").lower() or name in said)
    }
