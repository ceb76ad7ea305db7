"""Histogram buckets: three significant digits, percentiles that never flatter, exact differences."""

import random

from workbench.model.histogram import bucket_of, merged, percentiles, since, us_of


def test_a_bucket_is_never_wider_than_a_thousandth_of_its_value() -> None:
    for us in [*range(5000), *(int(1.01**n) for n in range(900, 2030))]:
        top = us_of(bucket_of(us))
        assert us <= top <= us * 1.001 + 1 or us > 600_000_000


def test_buckets_rise_with_the_value() -> None:
    values = sorted(random.Random(1).randrange(600_000_000) for _ in range(5000))
    buckets = [bucket_of(us) for us in values]
    assert buckets == sorted(buckets)
    assert bucket_of(-5) == 0
    assert bucket_of(10**12) == bucket_of(600_000_000)


def test_percentiles_are_those_of_the_sorted_values() -> None:
    values = [random.Random(2).randrange(1, 2000) for _ in range(1)] + list(range(1000))
    counted: dict[int, int] = {}
    for us in values:
        counted[bucket_of(us)] = counted.get(bucket_of(us), 0) + 1
    ordered = sorted(values)
    p50, p99, p100 = percentiles(counted, (50, 99, 100))
    assert p50 == ordered[-(-len(values) * 50 // 100) - 1] / 1000
    assert p99 == ordered[-(-len(values) * 99 // 100) - 1] / 1000
    assert p100 == ordered[-1] / 1000


def test_nothing_counted_has_no_percentile() -> None:
    assert percentiles({}, (50, 99)) == [None, None]


def test_a_difference_and_a_sum_are_inverse() -> None:
    before, now = {1: 2, 5: 1}, {1: 2, 5: 4, 9: 1}
    more = since(now, before)
    assert more == {5: 3, 9: 1}
    assert merged([before, more]) == now
