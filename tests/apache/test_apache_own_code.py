"""A partitioner and interceptors of one's own, from a scenario to Apache Kafka's log."""

import pytest
from own_code_runs import check_interceptors, check_partitioner

pytestmark = pytest.mark.apache


def test_the_sample_s_partitioner_puts_records_where_it_says(apache_bootstrap):
    check_partitioner(apache_bootstrap)


def test_the_sample_s_interceptors_are_seen_by_a_consumer(apache_bootstrap):
    check_interceptors(apache_bootstrap)
