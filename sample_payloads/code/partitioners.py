"""Partitioners to try and to copy. A partitioner is a function of five arguments that returns a partition.

`topic` is the topic's name; `key` and `value` are bytes or None, as the serializers made them; `partitions`
is how many the topic has; `available` are those of them that have a leader just now.

In a scenario:

    [send]
    partitioner = "partitioners:vip_first"
"""

import zlib


def vip_first(topic, key, value, partitions, available):
    """Partition 0 is for keys that begin with "vip"; all others share the rest, by hash."""
    if key is not None and key.startswith(b"vip"):
        return 0
    if partitions == 1:
        return 0
    return 1 + zlib.crc32(key or b"") % (partitions - 1)


class LongestIdle:
    """To the partition that got nothing for longest: an object, because it remembers."""

    def __init__(self):
        self._last = {}
        self._turn = 0

    def __call__(self, topic, key, value, partitions, available):
        chosen = min(available or range(partitions), key=lambda partition: self._last.get(partition, -1))
        self._last[chosen] = self._turn
        self._turn += 1
        return chosen
