"""Each scenario on a lab of its own: what it expects holds, and it is what docs/agreement.md says."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from workbench.dev.agreement import (
    LABS_AT_ONCE,
    Outcome,
    differing,
    disappointments,
    longest_first,
    names,
    page_of,
    read_measured,
    run_alone,
    scenario_of,
    scenario_with_faults,
    verdict_of,
)
from workbench.model.report import Report
from workbench.model.scenario import Scenario

FOLDER = Path(__file__).parent
NAMES = names(FOLDER)
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def outcomes() -> AsyncIterator[dict[str, "asyncio.Task[Outcome]"]]:
    """All of them, begun a few at a time: they mostly wait."""
    at_once = asyncio.Semaphore(LABS_AT_ONCE)

    async def one(scenario: Scenario) -> Outcome:
        async with at_once:
            return await run_alone(scenario)

    scenarios = {name: scenario_of(FOLDER, name, "lab") for name in NAMES}
    running = {name: asyncio.create_task(one(scenarios[name])) for name in longest_first(scenarios)}
    yield running
    for task in running.values():
        task.cancel()
    await asyncio.gather(*running.values(), return_exceptions=True)


@pytest.mark.parametrize("name", NAMES)
async def test_the_lab_says_what_the_page_says(
    name: str, outcomes: dict[str, "asyncio.Task[Outcome]"]
) -> None:
    outcome = await outcomes[name]
    assert disappointments(outcome) == []
    if isinstance(outcome, Report):
        assert outcome.ledger.broken_equations() == []
    assert verdict_of(scenario_of(FOLDER, name, "lab"), outcome) == read_measured(FOLDER)["lab"][name]


async def test_there_are_pairs_enough_that_differ_in_one_setting() -> None:
    pairs = list(zip(NAMES[::2], NAMES[1::2], strict=True))
    assert len(pairs) >= 15
    for name, twin in pairs:
        one, other = scenario_of(FOLDER, name, "lab"), scenario_of(FOLDER, twin, "lab")
        assert len(differing(one, other)) == 1, name
        assert one.expect, name
        assert other.expect, twin
        assert one.expect != other.expect, name
        head = (FOLDER / f"{name}.toml").read_text().partition("format = 1")[0]
        assert f"differ in {differing(one, other)[0]} alone" in head.replace("\n# ", " "), name


async def test_all_can_be_run_on_one_cluster() -> None:
    scenarios = [scenario_of(FOLDER, name, "apache") for name in NAMES]
    assert scenario_with_faults(scenarios).faults
    assert len({scenario.topic.name for scenario in scenarios}) == len(NAMES)


async def test_the_page_is_what_was_measured() -> None:
    page = (FOLDER.parents[1] / "docs" / "agreement.md").read_text()
    assert page == page_of(FOLDER, read_measured(FOLDER)), "run `make docs`"


@pytest.mark.parametrize("kind", ["lab", "apache"])
async def test_enough_of_what_can_go_wrong_goes_wrong_beside_a_twin_where_it_does_not(kind: str) -> None:
    said = read_measured(FOLDER)[kind]
    for word, least in (("lost", 3), ("duplicated", 2), ("vanished", 1)):
        pairs = [
            {getattr(said[name], word), getattr(said[twin], word)}
            for name, twin in zip(NAMES[::2], NAMES[1::2], strict=True)
        ]
        assert pairs.count({"yes", "no"}) >= least, word
