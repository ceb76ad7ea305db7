"""Where a key goes: the partitioners of librdkafka and Java, computed without a client."""

from workbench.partitioning.partitioners import (
    EMULATED,
    JAVA,
    PARTITIONERS,
    ROUND_ROBIN,
    Partitioner,
    describe,
    named,
    predict,
)
from workbench.partitioning.what_if import Placed, Placing, WhatIf, expected_share_moved, what_if

__all__ = [
    "EMULATED",
    "JAVA",
    "PARTITIONERS",
    "ROUND_ROBIN",
    "Partitioner",
    "Placed",
    "Placing",
    "WhatIf",
    "describe",
    "expected_share_moved",
    "named",
    "predict",
    "what_if",
]
