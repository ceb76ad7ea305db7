"""Scenarios that the lab and Apache Kafka must agree on: run, judged, and written down for readers.

`tests/agreement/NAME.toml` stands beside `NAME.twin.toml`, which differs in one setting and shows the
opposite; `measured.json` beside them is what both clusters last said, and docs/agreement.md its page.
"""

import asyncio
import operator
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Literal

import msgspec
from msgspec.structs import replace

from workbench.clusters.choice import cluster_for
from workbench.errors import InputError
from workbench.model.fault import Fault
from workbench.model.report import Report
from workbench.model.scenario import ClusterKind, Scenario
from workbench.model.scenario_check import flat_of
from workbench.model.scenario_file import read_scenario
from workbench.run.bench import Bench

KINDS: tuple[ClusterKind, ...] = ("lab", "apache")
FOLDER = Path("tests") / "agreement"
MEASURED = "measured.json"
PAGE = Path("docs") / "agreement.md"
VERIFY_TIMEOUT_S = 20
"""What a scenario may shorten: it is the wait for what is never proved."""
LABS_AT_ONCE = 8
"""They mostly wait; more of them would wait for each other."""
_TWIN = ".twin"
_DISTURBING = frozenset({"freeze", "kill", "isolate"})
_ONLY_NAMES = ("title", "topic.name", "expect")
Answer = Literal["yes", "no", "not known", "–"]


class Verdict(msgspec.Struct, frozen=True):
    """What one run proved, in words that must not depend on the cluster."""

    lost: Answer = "–"
    vanished: Answer = "–"
    duplicated: Answer = "–"
    reordered: Answer = "–"
    keys_moved: Answer = "–"
    acked_meanwhile: Answer = "–"
    """While something was frozen or dead; –: nothing was."""
    leader_changed: Answer = "–"
    errors: tuple[str, ...] = ()
    refused: str | None = None
    """The scenario itself, before anything was sent."""


Outcome = Report | InputError
Measured = dict[ClusterKind, dict[str, Verdict]]
"""By kind of cluster, by scenario."""


def names(folder: Path) -> list[str]:
    """The scenarios, each before its twin."""
    found = sorted(path.stem for path in folder.glob("*.toml") if not path.stem.endswith(_TWIN))
    return [name for stem in found for name in (stem, f"{stem}{_TWIN}")]


def scenario_of(folder: Path, name: str, kind: ClusterKind) -> Scenario:
    """Raises InputError."""
    scenario = read_scenario(folder / f"{name}.toml").resolve([f"cluster.kind={kind}"])
    patience = min(VERIFY_TIMEOUT_S, scenario.send.verify_timeout_s)
    return replace(scenario, send=replace(scenario.send, verify_timeout_s=patience))


def differing(one: Scenario, other: Scenario) -> list[str]:
    """The settings in which two scenarios differ, but for what only names and judges them."""
    before, after = flat_of(one), flat_of(other)
    return sorted(
        name
        for name in before.keys() | after.keys()
        if name not in _ONLY_NAMES and before.get(name) != after.get(name)
    )


async def run_alone(scenario: Scenario) -> Outcome:
    """On a cluster of its own; an InputError where it is refused. Raises ClusterError, EngineError."""
    bench = bench_for(scenario)
    try:
        await bench.open()
        return await run_on(bench, scenario)
    finally:
        await bench.close()


def bench_for(scenario: Scenario) -> Bench:
    return Bench(cluster_for(scenario), lambda _event: None)


async def run_on(bench: Bench, scenario: Scenario) -> Outcome:
    """On a cluster that others use before and after it."""
    try:
        return await bench.run(scenario, lambda _frame: None)
    except InputError as error:
        return error


def verdict_of(scenario: Scenario, outcome: Outcome) -> Verdict:
    if isinstance(outcome, InputError):
        return Verdict(refused=str(outcome).partition(";")[0])
    ledger = outcome.ledger
    return Verdict(
        lost=_answer(ledger.lost),
        vanished=_answer(ledger.vanished),
        duplicated=_answer(ledger.duplicated),
        reordered=_answer(ledger.reordered),
        keys_moved=_answer(outcome.moved_keys),
        acked_meanwhile=_acked_meanwhile(scenario.faults, outcome),
        leader_changed=_answer(outcome.leader_changes),
        errors=tuple(sorted({f"{error.code} ({error.where})" for error in outcome.errors})),
    )


def _answer(count: int | None) -> Answer:
    return "not known" if count is None else "yes" if count else "no"


def _acked_meanwhile(faults: tuple[Fault, ...], report: Report) -> Answer:
    """Between the first thing done to a broker and the first undoing (or the end)."""
    at = next((i for i, fault in enumerate(faults) if fault.do in _DISTURBING), None)
    if at is None:
        return "–"
    undone = (f.acked for f in report.faults[at:] if f.do in {"thaw", "restart"} and f.acked is not None)
    before, after = report.faults[at].acked, next(undone, report.ledger.acked)
    return "not known" if before is None else "yes" if after > before else "no"


def longest_first(scenarios: Mapping[str, Scenario]) -> list[str]:
    """By what they wait for on purpose, so that the last one begun is a short one."""

    def waits_s(name: str) -> float:
        return sum(fault.after.seconds or 0 for fault in scenarios[name].faults)

    return sorted(scenarios, key=waits_s, reverse=True)


async def measure(folder: Path, kind: ClusterKind, say: Callable[[str], None]) -> dict[str, Verdict]:
    """Run all of them: each on a lab of its own, or one after another on one Apache Kafka.

    `say` hears what the scenarios expected and did not get. Raises KwbError.
    """
    scenarios = {name: scenario_of(folder, name, kind) for name in names(folder)}
    run = _on_labs if kind == "lab" else _on_one_apache
    outcomes = await run(scenarios)
    for name, outcome in outcomes.items():
        for wrong in disappointments(outcome):
            say(f"{kind}: {name}: {wrong}")
    return {name: verdict_of(scenarios[name], outcome) for name, outcome in outcomes.items()}


async def _on_labs(scenarios: Mapping[str, Scenario]) -> dict[str, Outcome]:
    at_once = asyncio.Semaphore(LABS_AT_ONCE)

    async def one(scenario: Scenario) -> Outcome:
        async with at_once:
            return await run_alone(scenario)

    order = longest_first(scenarios)
    outcomes = await asyncio.gather(*(one(scenarios[name]) for name in order))
    return dict(zip(order, outcomes, strict=True))


async def _on_one_apache(scenarios: Mapping[str, Scenario]) -> dict[str, Outcome]:
    bench = bench_for(scenario_with_faults(scenarios.values()))
    try:
        await bench.open()
        return {name: await run_on(bench, scenario) for name, scenario in scenarios.items()}
    finally:
        await bench.close()


def scenario_with_faults(scenarios: Iterable[Scenario]) -> Scenario:
    """One that makes a cluster on which all of them can be run. Raises ValueError where there is none."""
    found = list(scenarios)
    if len({(s.cluster.kind, s.cluster.brokers, *sorted(s.cluster.config.items())) for s in found}) > 1:
        raise ValueError("the scenarios want different clusters")
    return next(scenario for scenario in found if scenario.faults)


def disappointments(outcome: Outcome) -> list[str]:
    """What a scenario expected and did not get, and faults that could not be done."""
    if isinstance(outcome, InputError):
        return []
    missed = [f"{each.path} {each.wanted}, got {each.got}" for each in outcome.expect if not each.held]
    return missed + [f"{fault.do}: {fault.problem}" for fault in outcome.faults if fault.problem]


def read_measured(folder: Path) -> Measured:
    return msgspec.json.decode((folder / MEASURED).read_bytes(), type=Measured)


def write_measured(folder: Path, measured: Measured) -> None:
    text = msgspec.json.format(msgspec.json.encode(measured, order="sorted"), indent=1)
    (folder / MEASURED).write_bytes(text + b"\n")


_COLUMNS = ("lost", "vanished", "duplicated", "reordered", "keys_moved", "acked_meanwhile", "leader_changed")
_HEAD = """\
# What the lab and Apache Kafka agree on

Each pair of scenarios differs in the one setting that is named. Both files of a pair are run on the lab and
on Apache Kafka 4.1.0 (three brokers and a controller of its own, Java 17), the same file on both, with
librdkafka 2.16.0, and what the report proves by reading the log back must be the same: `make test` runs them
on the lab, `make test-apache` on Apache Kafka, and both fail where a cluster says otherwise than this page.
`make docs` measures anew and writes it; the scenarios are in `tests/agreement/`.

A cell with one word is what both said; `lab … / Apache …` is a difference. *Acked meanwhile*: whether records
were acked between the first freeze or kill and the first thaw, restart or the end. `–`: nothing was frozen or
killed. *Not known*: the log could not be read to its end.
"""


_DIFFERENCES = """
## Where they differ

Not in a pair above, because there is nothing to agree on yet:

- The lab's controller is no node of its own, so `target = "controller"` is for Apache Kafka only.
- `slow`, `isolate`, `drop-response` and `error` are done by the lab only.
"""


def page_of(folder: Path, measured: Measured) -> str:
    """The whole of docs/agreement.md."""
    lines = [_HEAD]
    labels = [name.replace("_", " ") for name in _COLUMNS]
    for name in names(folder):
        scenario = scenario_of(folder, name, "lab")
        if not name.endswith(_TWIN):
            (setting,) = differing(scenario, scenario_of(folder, f"{name}{_TWIN}", "lab"))
            lines += [f"\n## {name}\n", _why(folder, name), ""]
            lines += [f"| `{setting}` | {' | '.join(labels)} | errors |", "|---" * (len(labels) + 2) + "|"]
        cells = [_cell(measured, name, operator.attrgetter(column)) for column in _COLUMNS]
        cells.append(_cell(measured, name, _trouble))
        said = flat_of(scenario).get(setting, "absent")
        value = str(said).lower() if isinstance(said, bool) else str(said)
        lines.append(
            f"| `{value}`: {scenario.title.partition(': ')[2] or scenario.title} | {' | '.join(cells)} |"
        )
    return "\n".join(lines) + "\n" + _DIFFERENCES


def _why(folder: Path, name: str) -> str:
    """The words at the head of a scenario's file, but the last line, which names its twin."""
    text = (folder / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    head = [line.removeprefix("# ") for line in text[: text.index("format = 1")]]
    return " ".join(head[:-1])


def _cell(
    measured: Mapping[ClusterKind, Mapping[str, Verdict]], name: str, of: Callable[[Verdict], str]
) -> str:
    lab, apache = (of(measured[kind][name]) for kind in KINDS)
    return lab if lab == apache else f"**lab {lab} / Apache {apache}**"


def _trouble(verdict: Verdict) -> str:
    return f"refused: {verdict.refused}" if verdict.refused else "<br>".join(verdict.errors) or "none"
