"""Code of a person's own that a scenario names as `module:attribute`: what it is and where it is named."""

import re

import msgspec

from workbench.model.scenario import Scenario

_NAMES = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_REFERENCE = re.compile(f"{_NAMES}:{_NAMES}")


class NamedCode(msgspec.Struct, frozen=True):
    """A reference, and the scenario's key that it stands under."""

    key: str
    reference: str


class Code(msgspec.Struct, frozen=True):
    """A reference found in a file, as it was then: whoever runs it runs these bytes or none."""

    key: str
    reference: str
    path: str
    sha256: str

    @property
    def module(self) -> str:
        return self.reference.partition(":")[0]

    @property
    def attribute(self) -> str:
        return self.reference.partition(":")[2]


def is_code(text: str) -> bool:
    """Whether it is a reference, and no name that kwb knows by itself (none of those has a colon)."""
    return _REFERENCE.fullmatch(text) is not None


def code_named(scenario: Scenario) -> tuple[NamedCode, ...]:
    """Everything that a run of the scenario would load, in the order in which a record meets it."""
    record, send = scenario.record, scenario.send
    places = (
        *(("send.interceptors", each) for each in send.interceptors),
        ("record.key_serializer", record.key_serializer),
        ("record.value_serializer", record.value_serializer),
        ("send.partitioner", send.partitioner or ""),
    )
    return tuple(NamedCode(key, text) for key, text in places if is_code(text))
