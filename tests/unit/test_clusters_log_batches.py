"""The heads of record batches, as they come in a Fetch answer."""

import struct

from workbench.clusters.log_batches import Batch, batches_in


def batch(base: int, records: int, body: int = 30) -> bytes:
    head = struct.pack(">qiibIhiqqqhii", base, 49 + body, 0, 2, 0, 0, records - 1, 0, 0, -1, -1, -1, records)
    assert len(head) == 61
    return head + b"x" * body


def test_each_batch_begins_where_the_one_before_it_ends_and_a_cut_one_is_told_by_its_head() -> None:
    data = batch(40, 3) + batch(43, 1) + batch(44, 100)
    assert batches_in(data) == [Batch(40, 3), Batch(43, 1), Batch(44, 100)]
    assert batches_in(data[:-29]) == [Batch(40, 3), Batch(43, 1), Batch(44, 100)]
    assert batches_in(data[:-31]) == [Batch(40, 3), Batch(43, 1)], "its head is cut"
    assert batches_in(b"") == []


def test_what_is_no_batch_ends_it() -> None:
    assert batches_in(batch(0, 2) + b"\0" * 80) == [Batch(0, 2)]
