"""Where the time of one record goes while no broker answers, until its client gives up on it.

Java 4.1.0 (KIP-91): send() may block for max.block.ms; from then delivery.timeout.ms runs, through
linger, every try (request.timeout.ms each) and the backoff after it (KIP-580: doubled each time, up to
retry.backoff.max.ms). librdkafka 2.16.0: the same with socket.timeout.ms for each try (a ProduceRequest
waits no longer than its first record still has), and kwb does the blocking. Jitter is left out.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from workbench.producer_config.catalogue import Client, property_named
from workbench.producer_config.values import number

_MOST_DRAWN = 200
_NO_LIMIT_MS = 2.0**31 - 1
ANSWER_WITHIN: dict[Client, str] = {"java": "request.timeout.ms", "librdkafka": "socket.timeout.ms"}
Kind = Literal["linger", "try", "backoff"]


class Segment(msgspec.Struct, frozen=True):
    """A stretch of the delivery window, in ms since send() took the record."""

    kind: Kind
    start_ms: float
    end_ms: float
    number: int = 0
    """Of the try, from 1; a backoff has that of the try before it."""
    whole: bool = True
    """False: the window ends before it would."""


class Budget(msgspec.Struct, frozen=True):
    client: Client
    block_ms: float
    """The longest send() itself may take."""
    delivery_ms: float | None
    """From then on; None: for ever."""
    linger_ms: float
    answer_ms: float
    """How long one try waits for its answer."""
    answered: bool
    """False with acks=0: no answer is waited for, nor tried again once it is on its way."""
    tries: int
    """How many are begun if every answer is lost; with no end in sight, those of the first segments."""
    segments: tuple[Segment, ...]
    """While every answer is lost; the first of them where there are very many."""
    gives_up_ms: float | None
    """When the record is reported failed, since send() took it, if every answer is lost."""
    refused_ms: float | None
    """The same if brokers refuse every try at once, where retries end before the time does."""

    @property
    def retry_fits(self) -> bool:
        """There is time for a second try after a lost answer."""
        return self.tries > 1

    @property
    def over_ms(self) -> float:
        """By how much linger and one try outlast the window; 0 where they fit."""
        if self.delivery_ms is None or not self.answered:
            return 0.0
        return max(0.0, self.linger_ms + self.answer_ms - self.delivery_ms)

    @property
    def longest_ms(self) -> float | None:
        """From the call of send() to its report, whatever happens; None: for ever."""
        return None if self.delivery_ms is None else self.block_ms + self.delivery_ms


def budget(stands: Mapping[str, str], client: Client) -> Budget:
    """`stands`: every property of the client, see `standing`."""
    delivery: float | None = _ms(stands, "delivery.timeout.ms", client)
    if client == "librdkafka" and (not delivery or delivery >= _NO_LIMIT_MS):
        delivery = None
    linger, answer = _ms(stands, "linger.ms", client), _ms(stands, ANSWER_WITHIN[client], client)
    answered = _acks(stands) != "0"
    backoffs = _Backoffs(_ms(stands, "retry.backoff.ms", client), _ms(stands, "retry.backoff.max.ms", client))
    retries = int(_ms(stands, "retries", client)) if answered else 0
    segments = _segments(linger, answer if answered else None, delivery, backoffs, retries)
    tries = sum(segment.kind == "try" for segment in segments)
    ended_by_retries = answered and tries > retries and segments[-1].whole
    refused = linger + backoffs.total(retries)
    within = _NO_LIMIT_MS if delivery is None else delivery
    return Budget(
        client=client,
        block_ms=_ms(stands, "max.block.ms", client),
        delivery_ms=delivery,
        linger_ms=linger,
        answer_ms=answer,
        answered=answered,
        tries=_count(linger, answer, delivery, backoffs, retries) if len(segments) >= _MOST_DRAWN else tries,
        segments=segments,
        gives_up_ms=segments[-1].end_ms if ended_by_retries else delivery,
        refused_ms=refused if answered and refused < within else None,
    )


class _Backoffs(msgspec.Struct, frozen=True):
    first_ms: float
    most_ms: float

    def after(self, tries: int) -> float:
        return min(self.first_ms * 2.0 ** min(tries - 1, 60), self.most_ms)

    def total(self, tries: int) -> float:
        growing = [self.after(count) for count in range(1, min(tries, 64) + 1)]
        return sum(growing) + max(0, tries - 64) * self.most_ms


def _segments(
    linger: float, answer: float | None, delivery: float | None, backoffs: _Backoffs, retries: int
) -> tuple[Segment, ...]:
    """`answer` None: the one try is there until the end."""
    end = float("inf") if delivery is None else delivery
    found = [Segment("linger", 0.0, min(linger, end), whole=linger <= end)] if linger else []
    at = min(linger, end)
    if answer is None:
        return (*found, Segment("try", at, max(at, min(end, at + 1)) if delivery is None else end, 1))
    for count in range(1, retries + 2):
        if at >= end or len(found) >= _MOST_DRAWN:
            break
        found.append(Segment("try", at, min(at + answer, end), count, whole=at + answer <= end))
        at += answer
        if at >= end or count > retries:
            break
        wait = backoffs.after(count)
        if wait:
            found.append(Segment("backoff", at, min(at + wait, end), count, whole=at + wait <= end))
        at += wait
    return tuple(found)


def _count(linger: float, answer: float, delivery: float | None, backoffs: _Backoffs, retries: int) -> int:
    """How many tries are begun, where there are too many to list."""
    if delivery is None:
        return retries + 1
    spent, count = linger, 0
    while spent < delivery and count <= min(retries, 64):
        count += 1
        spent += answer + backoffs.after(count)
    each = answer + backoffs.most_ms
    more = int(-(-(delivery - spent) // each)) if spent < delivery and each else 0
    return min(count + max(0, more), retries + 1)


def _acks(stands: Mapping[str, str]) -> str:
    return stands.get("acks", "").strip()


def _ms(stands: Mapping[str, str], name: str, client: Client) -> float:
    value = number(stands.get(name, ""))
    if value is None or value < 0:
        item = property_named(name)
        facts = item.of(client) if item else None
        value = number((facts and facts.default) or (item.default if item else "") or "0")
    return value or 0.0
