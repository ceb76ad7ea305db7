"""Where a key goes: the partitioners of librdkafka and Java, computed without a client."""

from workbench.partitioning.partitioners import PARTITIONERS, Partitioner, describe, predict

__all__ = ["PARTITIONERS", "Partitioner", "describe", "predict"]
