"""A partitioner and interceptors of one's own, from a scenario to the lab's log."""

import asyncio

from own_code_runs import check_interceptors, check_partitioner


async def test_the_sample_s_partitioner_puts_records_where_it_says(lab):
    await asyncio.to_thread(check_partitioner, lab.bootstrap)


async def test_the_sample_s_interceptors_are_seen_by_a_consumer(lab):
    await asyncio.to_thread(check_interceptors, lab.bootstrap)
