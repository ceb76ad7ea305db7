"""A record's moments add up to its latency, in the order of time; what no broker told is called an average."""

from hypothesis import given
from hypothesis import strategies as st

from workbench.insight.ack_moments import average_words, batch_words, headline, moments
from workbench.insight.pipeline import Split
from workbench.model.frame import Sample
from workbench.model.stations import Stations

ACKED = Sample(7, 1.0, 1.010, 4, 635)
ALL = Stations(3, 1.005, 1.0051, ((1, 1.0061), (2, 1.0062)), 1.0063, 1.0064, base=633, records=3)


def test_with_acks_all_the_ack_leaves_behind_the_high_watermark() -> None:
    found = moments(ACKED, ALL)
    assert [moment.short for moment in found] == [
        "client",
        "leader 3",
        "broker 1",
        "broker 2",
        "hwm",
        "ack",
        "report",
    ]
    assert [round(moment.took_ms, 3) for moment in found] == [5.0, 0.1, 1.0, 0.1, 0.1, 0.1, 3.6]


TIMES = st.floats(0.9, 1.1)


@given(TIMES, TIMES, st.lists(TIMES, max_size=4), TIMES, TIMES, TIMES)
def test_moments_add_up_to_the_last_of_them(
    taken: float, appended: float, followers: list[float], committed: float, answered: float, reported: float
) -> None:
    stations = Stations(1, taken, appended, tuple(enumerate(followers, 2)), committed, answered)
    found = moments(Sample(1, 1.0, reported, 0, 0), stations)
    last = max(taken, appended, *followers, committed, answered, reported, 1.0)
    assert abs(sum(moment.took_ms for moment in found) - (last - 1.0) * 1000) < 1e-6
    assert all(moment.took_ms >= 0 for moment in found)


def test_the_headline_says_what_became_of_it() -> None:
    assert headline(ACKED, False) == "p4@635 · seq 7 · acked after 10.0 ms"
    assert headline(Sample(0, 1.0, 1.5, 0, 0, warm_up=True), False).endswith(
        "acked after 500.0 ms, the warm-up"
    )
    assert (
        headline(Sample(8, 1.0, 1.01, 2, None), True)
        == "p2 · seq 8 · report (nobody confirmed it) after 10.0 ms"
    )
    late = headline(Sample(9, 1.0, 2.0, None, None, "_MSG_TIMED_OUT"), False)
    assert late == "seq 9 · _MSG_TIMED_OUT after 1,000 ms: delivery.timeout.ms ran out: maybe stored"


def test_the_batch_is_named_by_its_offsets_and_by_what_came_again() -> None:
    assert batch_words(None) == batch_words(Stations(1, 1.0, 1.0)) == ""
    assert batch_words(ALL) == "batch of 3: 633-635"
    assert (
        batch_words(Stations(1, 1.0, 1.0, base=5, records=1, came_again=1))
        == "alone in its batch, sent once more, known again"
    )


def test_what_no_broker_told_is_of_the_clients_statistics() -> None:
    words = average_words(Split(4.0, 0.1, 2.0, 1.0))
    assert words[-1] == "waits 4.00 · broker 2.00 · report 1.00 ms"
    assert "by the client's statistics" in words[0]
    assert average_words(Split(4.0, 0.1, None, 1.0))[-1] == average_words(None)[-1] == "not known yet"
