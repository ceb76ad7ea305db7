"""When each of the newest batches was where; kept only while somebody asks for it."""

from bisect import bisect_right
from collections import deque
from time import monotonic

from workbench.model.stations import Stations

_KEPT = 2048
"""Batches a partition."""
_INTEREST_S = 5.0


class _Moment:
    __slots__ = ("again", "answered", "appended", "base", "committed", "followers", "leader", "next", "taken")

    def __init__(self, leader: int, base: int, next_: int, taken: float) -> None:
        self.leader = leader
        self.base = base
        self.next = next_
        self.taken = taken
        self.appended = monotonic()
        self.followers: dict[int, float] = {}
        self.committed: float | None = None
        self.answered: float | None = None
        self.again = 0


class _Ring:
    def __init__(self) -> None:
        self.kept: deque[_Moment] = deque(maxlen=_KEPT)
        self.awaited: deque[_Moment] = deque(maxlen=_KEPT)
        """Above the high watermark."""

    def holding(self, offset: int) -> _Moment | None:
        at = bisect_right(self.kept, offset, key=lambda moment: moment.base) - 1
        found = self.kept[at] if at >= 0 else None
        return found if found is not None and offset < found.next else None


class Moments:
    """By the controller's key of a partition. `on` is looked at before anything is told."""

    def __init__(self) -> None:
        self.on = False
        self._asked = 0.0
        self._rings: dict[str, _Ring] = {}

    def appended(self, key: str, leader: int, base: int, next_: int, taken: float) -> None:
        ring = self._rings.setdefault(key, _Ring())
        if ring.kept and base < ring.kept[-1].next:  # the log was cut: this is another history
            ring.kept = deque((one for one in ring.kept if one.next <= base), maxlen=_KEPT)
            ring.awaited = deque((one for one in ring.awaited if one.next <= base), maxlen=_KEPT)
        moment = _Moment(leader, base, next_, taken)
        ring.kept.append(moment)
        ring.awaited.append(moment)
        if moment.appended - self._asked > _INTEREST_S:
            self.on = False
            self._rings.clear()

    def followed(self, key: str, broker: int, base: int) -> None:
        ring = self._rings.get(key)
        moment = ring.holding(base) if ring else None
        if moment is not None:
            moment.followers.setdefault(broker, monotonic())

    def committed(self, key: str, high_watermark: int) -> None:
        ring = self._rings.get(key)
        while ring and ring.awaited and ring.awaited[0].next <= high_watermark:
            ring.awaited.popleft().committed = monotonic()

    def answered(self, key: str, base: int) -> None:
        ring = self._rings.get(key)
        moment = ring.holding(base) if ring else None
        if moment is not None and moment.answered is None:
            moment.answered = monotonic()

    def came_again(self, key: str, base: int) -> None:
        """A producer sent a batch that the leader has."""
        ring = self._rings.get(key)
        moment = ring.holding(base) if ring else None
        if moment is not None:
            moment.again += 1

    def of(self, key: str, offset: int) -> Stations | None:
        """Of the batch that holds an offset, as far as it has come; None where nobody noted it."""
        ring = self._rings.get(key)
        found = ring.holding(offset) if ring else None
        if found is None:
            return None
        followers = tuple(sorted(found.followers.items(), key=lambda item: item[1]))
        return Stations(
            found.leader,
            found.taken,
            found.appended,
            followers,
            found.committed,
            found.answered,
            base=found.base,
            records=found.next - found.base,
            came_again=found.again,
        )

    def asked(self) -> None:
        """Somebody looks: note what comes, for the next seconds."""
        self.on = True
        self._asked = monotonic()
