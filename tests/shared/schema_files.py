"""The sample schemas, and schemas made of text."""

import functools
import json
from pathlib import Path

from hypothesis import HealthCheck, settings

from workbench.serde.draws import Draws
from workbench.serde.schemas import languages
from workbench.serde.schemas.schema import Source

SCHEMAS = Path(__file__).parents[2] / "sample_payloads" / "schemas"
FILES = sorted(path.name for path in SCHEMAS.iterdir())
QUICK = settings(max_examples=25, deadline=None, database=None, derandomize=True,
                 suppress_health_check=[HealthCheck.too_slow])  # fmt: skip


def load(text, language="AVRO", **how):
    return languages.load(language, Source(text if isinstance(text, str) else json.dumps(text)), **how)


@functools.cache
def from_file(name):
    return languages.load(languages.language_of(name), Source((SCHEMAS / name).read_text(), SCHEMAS, name))


def draws(number):
    made = Draws(3, "value")
    made.start(number)
    return made
