"""Which offsets of a partition to show record by record, where not all of them have room."""

from collections.abc import Iterator

from workbench.model.cluster_state import PartitionState


def window(partition: PartitionState, columns: int) -> tuple[int | None, ...]:
    """Offsets in rising order, None for those left out between two; at most `columns` of both.

    What lies next to a high watermark or to the end of a log comes first, then its neighbours.
    """
    replicas = [replica for replica in partition.replicas if replica.is_seen]
    start = min((replica.log_start for replica in replicas), default=0)
    end = max((replica.log_end for replica in replicas), default=0)
    leader = next((replica for replica in replicas if replica.broker == partition.leader), None)
    mark = leader.high_watermark if leader else max((r.high_watermark for r in replicas), default=0)
    edges = list(dict.fromkeys((mark, end, *sorted((r.log_end for r in replicas), reverse=True))))
    chosen: set[int] = set()
    runs = 0
    for offset in _outwards(edges, start, end):
        joins = (offset - 1 in chosen) + (offset + 1 in chosen)
        if offset not in chosen and len(chosen) + 1 + runs - joins <= columns:
            chosen.add(offset)
            runs += 1 - joins
            if len(chosen) + runs > columns:  # the runs and a gap between each two fill the room
                break
    return _with_gaps(sorted(chosen))


def _outwards(edges: list[int], start: int, end: int) -> Iterator[int]:
    """The offsets below and above each edge, one step further from all of them at a time."""
    for distance in range(end - start):
        for edge in edges:
            for offset in (edge - 1 - distance, edge + distance):
                if start <= offset < end:
                    yield offset
        if distance > _FARTHEST:
            return


_FARTHEST = 60  # more columns than the widest terminal shows


def _with_gaps(offsets: list[int]) -> tuple[int | None, ...]:
    """A gap of one offset shows that offset: it takes no more room."""
    shown: list[int | None] = []
    before = None
    for offset in offsets:
        if before is not None and offset - before > 1:
            shown.append(offset - 1 if offset - before == 2 else None)
        shown.append(offset)
        before = offset
    return tuple(shown)
