"""A mergeable latency histogram: integer buckets, three significant digits, 1 µs to 10 min.

The bucket rule is HdrHistogram's idea (log-linear): values below 2048 µs have a bucket each; above,
every doubling is divided into 1024 buckets, so a bucket is never wider than a thousandth of its value.
Histograms are plain `dict[int, int]` (bucket to count), so frames carry and merge them as they are.
"""

from collections.abc import Iterable, Mapping

MAX_US = 600_000_000
_LINEAR = 2048
_HALF = 1024


def bucket_of(us: int) -> int:
    """The bucket of a latency in whole microseconds, clamped to 0 … 10 min."""
    if us < _LINEAR:
        return max(us, 0)
    us = min(us, MAX_US)
    shift = us.bit_length() - 11
    return shift * _HALF + (us >> shift)


def us_of(bucket: int) -> int:
    """The highest latency in µs that falls into the bucket (percentiles never flatter)."""
    if bucket < _LINEAR:
        return bucket
    shift = bucket // _HALF - 1
    return ((bucket - shift * _HALF + 1) << shift) - 1


def percentiles(histogram: Mapping[int, int], wanted: Iterable[float]) -> list[float | None]:
    """Latencies in ms at the wanted percentages (0 … 100), None where nothing was counted."""
    total = sum(histogram.values())
    if not total:
        return [None for _ in wanted]
    ordered = sorted(histogram.items())
    result: list[float | None] = []
    for percent in wanted:
        threshold = max(1, -(-total * percent // 100))
        seen = 0
        for bucket, count in ordered:
            seen += count
            if seen >= threshold:
                result.append(us_of(bucket) / 1000)
                break
    return result


def since(now: Mapping[int, int], before: Mapping[int, int]) -> dict[int, int]:
    """What was counted between two totals of one run."""
    return {bucket: more for bucket, count in now.items() if (more := count - before.get(bucket, 0)) > 0}


def merged(histograms: Iterable[Mapping[int, int]]) -> dict[int, int]:
    result: dict[int, int] = {}
    for histogram in histograms:
        for bucket, count in histogram.items():
            result[bucket] = result.get(bucket, 0) + count
    return result
