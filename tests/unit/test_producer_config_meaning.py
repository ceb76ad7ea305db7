"""What a config comes to: time, tries, memory, by client. Figures from the clients' documentation."""

import itertools

import pytest

from workbench.producer_config.meaning import TopicFacts, meaning

TOPIC = TopicFacts(replication_factor=3, min_insync_replicas=2, brokers=3)


def _budget(client="librdkafka", **config):
    return meaning({name.replace("_", "."): text for name, text in config.items()}, TOPIC, client).budget


def _kinds(budget):
    return [segment.kind for segment in budget.segments]


def test_librdkafka_by_its_defaults_tries_five_times_within_five_minutes():
    budget = _budget()
    assert (budget.delivery_ms, budget.block_ms, budget.longest_ms) == (300_000, 60_000, 360_000)
    assert (budget.linger_ms, budget.answer_ms) == (5, 60_000)
    assert budget.tries == 5
    assert budget.retry_fits
    assert budget.over_ms == 0
    assert budget.gives_up_ms == 300_000
    assert budget.refused_ms is None
    last = budget.segments[-1]
    assert (last.kind, last.number, last.end_ms, last.whole) == ("try", 5, 300_000, False)


def test_java_by_its_defaults_tries_four_times_within_two_minutes():
    budget = _budget("java")
    assert (budget.delivery_ms, budget.answer_ms, budget.tries) == (120_000, 30_000, 4)
    assert budget.longest_ms == 180_000


def test_the_segments_lie_end_to_end_and_fill_the_window():
    for config in ({}, {"retry_backoff_ms": "1000", "socket_timeout_ms": "7000"}, {"linger_ms": "0"}):
        segments = _budget(**config).segments
        assert segments[0].start_ms == 0
        assert all(a.end_ms == b.start_ms for a, b in itertools.pairwise(segments))
        assert segments[-1].end_ms == 300_000


def test_a_backoff_doubles_up_to_its_maximum():
    budget = _budget(retry_backoff_ms="300", retry_backoff_max_ms="1000", socket_timeout_ms="10")
    waits = [round(s.end_ms - s.start_ms) for s in budget.segments if s.kind == "backoff"]
    assert waits[:4] == [300, 600, 1000, 1000]


def test_a_window_shorter_than_one_try_is_overrun_and_leaves_no_retry():
    budget = _budget(delivery_timeout_ms="1000", linger_ms="500")
    assert _kinds(budget) == ["linger", "try"]
    assert not budget.segments[-1].whole
    assert not budget.retry_fits
    assert budget.over_ms == 59_500
    assert budget.longest_ms == 61_000


def test_a_window_that_linger_fills_has_no_try():
    budget = _budget("java", delivery_timeout_ms="100", linger_ms="200")
    assert _kinds(budget) == ["linger"]
    assert budget.tries == 0


def test_java_without_a_delivery_timeout_makes_room_for_linger_and_request():
    budget = _budget("java", linger_ms="100000", request_timeout_ms="50000")
    assert budget.delivery_ms == 150_000
    assert budget.tries == 1
    assert budget.over_ms == 0


def test_few_retries_give_up_before_the_time_is_up():
    budget = _budget(retries="2")
    assert budget.tries == 3
    assert budget.gives_up_ms == 5 + 3 * 60_000 + 100 + 200
    assert budget.refused_ms == 5 + 100 + 200
    assert budget.longest_ms == 360_000


def test_no_retries_are_one_try():
    budget = _budget(retries="0")
    assert _kinds(budget) == ["linger", "try"]
    assert budget.gives_up_ms == 60_005
    assert not budget.retry_fits


def test_acks_0_waits_for_no_answer():
    budget = _budget(acks="0")
    assert not budget.answered
    assert (budget.tries, budget.over_ms, budget.refused_ms) == (1, 0, None)
    assert budget.gives_up_ms == 300_000


@pytest.mark.parametrize("text", ["0", "2147483647"])
def test_librdkafka_may_try_for_ever(text):
    budget = _budget(delivery_timeout_ms=text)
    assert budget.delivery_ms is None
    assert budget.longest_ms is None
    assert budget.over_ms == 0
    assert budget.segments


def test_very_many_tries_are_counted_and_not_all_listed():
    budget = _budget(socket_timeout_ms="10", retry_backoff_ms="1", retry_backoff_max_ms="1")
    assert budget.tries == 27_273  # (300,000 - 5) / 11, begun
    assert len(budget.segments) < 250


def test_javas_defaults_in_librdkafka_are_javas_times():
    assert _budget(defaults="java").segments == _budget("java").segments


def test_what_cannot_be_read_counts_as_the_default():
    assert _budget(linger_ms="soon", delivery_timeout_ms="-3") == _budget()


def test_memory_and_what_is_on_the_way_at_most():
    found = meaning({}, TOPIC).limits
    assert (found.memory_bytes, found.records, found.request_bytes) == (2**30, 100_000, 1_000_000)
    assert found.in_flight_bytes == 2**30  # a million requests of 1 MB: the memory ends first
    found = meaning({"enable.idempotence": "true"}, TOPIC).limits
    assert (found.requests, found.in_flight_bytes) == (5, 15_000_000)
    found = meaning({"queue.buffering.max.messages": "0"}, TOPIC).limits
    assert found.records is None
    found = meaning({}, TOPIC, "java").limits
    assert (found.memory_bytes, found.records, found.requests) == (32 * 2**20, None, 5)
    assert found.in_flight_bytes == 3 * 5 * 2**20


def test_the_promise_is_of_the_client_that_is_asked_for():
    assert not meaning({}, TOPIC).promise.ordered
    assert meaning({}, TOPIC, "java").promise.ordered
    assert not meaning({"acks": "1"}, TOPIC, "java").promise.once  # idempotence gives way
    assert not meaning({"acks": "1"}, TOPIC, "java").promise.survives
