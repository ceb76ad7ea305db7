"""What a leader makes of its followers' fetches: lag, the ISR it asks for, and the high watermark meanwhile."""

import pytest

from workbench.lab.in_sync import InSync

LAG_S = 30.0


class Led:
    """Partition led by broker 1; time and log end are what the test says."""

    def __init__(self, isr=(1, 2, 3), alive=(1, 2, 3)):
        self.alive = set(alive)
        self.in_sync = InSync(1, lambda broker: broker in self.alive, LAG_S)
        self.in_sync.begin((1, 2, 3), isr, 0.0)
        self.end = 0
        self.sessions = {}

    def fetch(self, follower, offset, now):
        self.sessions[follower] = now
        self.in_sync.followers[follower].asks(offset, self.end, now)

    def other_fetch(self, follower, now):
        """Of other partitions: this one had no news."""
        self.sessions[follower] = now

    def lowest(self, now=0.0):
        return self.in_sync.lowest_end(self.end, lambda: now)

    def shrunk(self, now):
        return self.in_sync.shrunk(self.end, now, self.sessions)


@pytest.fixture
def led():
    return Led()


def test_nothing_is_known_of_a_follower_before_its_first_fetch(led):
    led.end = 5
    led.fetch(2, 5, 1.0)
    assert led.lowest() == -1
    led.fetch(3, 4, 1.0)
    assert led.lowest() == 4


def test_a_follower_that_has_all_may_be_silent_for_ever(led):
    led.fetch(2, 0, 1.0)
    led.fetch(3, 0, 1.0)
    assert led.shrunk(10_000.0) is None


def test_a_follower_that_stops_fetching_leaves_after_the_lag(led):
    led.fetch(2, 0, 1.0)
    led.fetch(3, 0, 1.0)
    led.end = 10
    led.fetch(2, 10, 40.0)
    assert led.shrunk(1.0 + LAG_S) is None
    assert led.shrunk(1.1 + LAG_S) == (1, 2)


def test_a_follower_without_news_counts_from_its_last_fetch_of_anything(led):
    led.fetch(2, 0, 1.0)
    led.fetch(3, 0, 1.0)
    for now in range(2, 100):
        led.other_fetch(2, float(now))
        led.other_fetch(3, float(now))
    led.end = 10  # now there is news
    assert led.shrunk(99.5) is None
    assert led.shrunk(99.1 + LAG_S) == (1,)


def test_a_follower_that_is_always_a_fetch_behind_stays(led):
    """It has at each fetch what there was at the one before: Kafka's Replica.updateFetchStateOrThrow."""
    led.fetch(3, 0, 0.0)
    for now in range(0, 200, 10):
        led.fetch(2, led.end, float(now))
        led.end += 100
        led.fetch(2, led.end - 50, now + 5.0)
        led.fetch(3, led.end, now + 5.0)
        assert led.shrunk(now + 9.0) is None


def test_a_follower_that_falls_ever_further_behind_leaves(led):
    led.end = 1000
    led.fetch(3, 1000, 0.0)
    led.fetch(2, 0, 0.0)
    left = []
    for now in range(1, 60):
        led.end += 100
        led.fetch(2, 10 * now, float(now))
        led.fetch(3, led.end, float(now))
        left.append(led.shrunk(float(now)))
    assert left[29] is None
    assert left[-1] == (1, 3)


def test_until_the_controller_answers_the_larger_isr_counts(led):
    led.end = 10
    led.fetch(2, 10, 1.0)
    led.fetch(3, 4, 1.0)
    led.in_sync.ask((1, 2))
    assert led.lowest() == 4
    assert led.in_sync.size == 3
    assert led.shrunk(100.0) is None  # one question at a time
    led.in_sync.decided((1, 2))
    assert led.lowest(100.0) == 10
    assert led.in_sync.size == 2


def test_a_refusal_leaves_the_isr_as_it_was(led):
    led.end = 10
    led.fetch(2, 10, 1.0)
    led.in_sync.ask((1, 2))
    led.in_sync.refused()
    assert led.in_sync.isr == (1, 2, 3)
    assert led.shrunk(100.0) == (1, 2)


def test_who_reaches_the_high_watermark_comes_back():
    led = Led(isr=(1, 2))
    led.end = 10
    led.fetch(3, 7, 1.0)
    assert led.in_sync.grown(8) is None
    led.fetch(3, 8, 2.0)
    assert led.in_sync.grown(8) == (1, 2, 3)
    led.in_sync.ask((1, 2, 3))
    assert led.in_sync.grown(8) is None
    led.fetch(2, 10, 3.0)
    assert led.lowest() == 8  # it counts from the moment that it is asked for


def test_a_fenced_follower_does_not_come_back():
    led = Led(isr=(1, 2), alive=(1, 2))
    led.end = 10
    led.fetch(3, 10, 1.0)
    assert led.in_sync.grown(5) is None
    led.alive.add(3)
    assert led.in_sync.grown(5) == (1, 2, 3)


def test_the_high_watermark_waits_for_one_about_to_come_back():
    led = Led(isr=(1, 2))
    led.end = 10
    led.fetch(2, 10, 1.0)
    led.fetch(3, 10, 1.0)
    led.end = 20
    led.fetch(2, 20, 2.0)
    assert led.lowest(2.0) == 10
    assert led.lowest(2.0 + LAG_S) == 20
    led.alive.discard(3)
    assert led.lowest(2.0) == 20


def test_a_new_leader_begins_anew():
    led = Led()
    led.end = 10
    led.fetch(2, 10, 1.0)
    led.fetch(3, 10, 1.0)
    led.in_sync.begin((1, 2, 3), (1, 2), 100.0)
    led.end = 20
    led.sessions.clear()
    assert led.lowest(100.0) == -1
    assert led.shrunk(100.0 + LAG_S) is None
    assert led.shrunk(100.1 + LAG_S) == (1,)
