"""The same scenarios on Apache Kafka: what each expects holds, and it is what docs/agreement.md says.

One after another on one cluster, each with a topic of its own; the conductor waits between two of them until the
cluster is whole again.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from workbench.clusters.apache.jars import need_jars
from workbench.clusters.apache.java import find_java
from workbench.dev.agreement import (
    bench_for,
    disappointments,
    names,
    read_measured,
    run_on,
    scenario_of,
    scenario_with_faults,
    verdict_of,
)
from workbench.errors import KwbError
from workbench.model.report import Report
from workbench.run.bench import Bench

FOLDER = Path(__file__).parent
NAMES = names(FOLDER)
pytestmark = [pytest.mark.apache, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(150)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench() -> AsyncIterator[Bench]:
    try:
        await find_java()
        need_jars()
    except KwbError as error:
        pytest.skip(str(error))
    made = bench_for(scenario_with_faults(scenario_of(FOLDER, name, "apache") for name in NAMES))
    try:
        await made.open()
        yield made
    finally:
        await made.close()


@pytest.mark.parametrize("name", NAMES)
async def test_apache_kafka_says_what_the_page_says(name: str, bench: Bench) -> None:
    scenario = scenario_of(FOLDER, name, "apache")
    outcome = await run_on(bench, scenario)
    assert disappointments(outcome) == []
    if isinstance(outcome, Report):
        assert outcome.ledger.broken_equations() == []
    assert verdict_of(scenario, outcome) == read_measured(FOLDER)["apache"][name]
