"""Offsets that consumers committed, by group, topic name and partition."""

from typing import NamedTuple


class Committed(NamedTuple):
    offset: int
    leader_epoch: int
    metadata: str | None


class CommittedOffsetStore:
    """What __consumer_offsets holds for a real broker."""

    def __init__(self) -> None:
        self._by_group: dict[str, dict[tuple[str, int], Committed]] = {}

    def commit(self, group: str, topic: str, partition: int, committed: Committed) -> None:
        self._by_group.setdefault(group, {})[topic, partition] = committed

    def committed(self, group: str, topic: str, partition: int) -> Committed | None:
        return self._by_group.get(group, {}).get((topic, partition))

    def partitions(self, group: str) -> dict[str, list[int]]:
        """All that the group committed: partitions by topic."""
        found: dict[str, list[int]] = {}
        for topic, partition in self._by_group.get(group, {}):
            found.setdefault(topic, []).append(partition)
        return found

    def forget_topic(self, topic: str) -> None:
        for offsets in self._by_group.values():
            for key in [key for key in offsets if key[0] == topic]:
                del offsets[key]

    def forget_partition(self, group: str, topic: str, partition: int) -> None:
        self._by_group.get(group, {}).pop((topic, partition), None)

    def forget_group(self, group: str) -> None:
        self._by_group.pop(group, None)
