"""From the keys and values of a scenario to a Scenario, or to every fault found on the way.

A scenario is handled flat: dotted names to values, as in "topic.partitions" or "producer.linger.ms".
"""

import difflib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from workbench.model.expect import parse_expectation, written
from workbench.model.fault import as_written
from workbench.model.record import RecordPlan, RegistryPlan
from workbench.model.scenario import ClusterPlan, Expectation, Scenario, SendPlan, TopicPlan
from workbench.model.scenario_faults import look_between, parse_faults
from workbench.model.scenario_keys import (
    CHECKS,
    FILES,
    NOT_YET,
    PROPERTIES,
    SECTIONS,
    WrongItemError,
    property_table,
    property_text,
    shown,
)
from workbench.model.scenario_load import look_at_load
from workbench.model.scenario_serializers import look_at_serializers

Flat = dict[str, Any]
Complain = Callable[[str, str], None]
"""Called with a dotted name and what is wrong there; the mend."""
CheckProperty = Callable[[str, str], str | None]
"""Given a producer property and its text, says what is wrong with it, or None."""


_LISTS = ("fault", "expect")
"""Lists of tables."""


def flattened(document: Mapping[str, Any], complain: Complain) -> Flat:
    flat: Flat = {}
    _flatten(document, "", flat, complain)
    return flat


def flat_of(scenario: Scenario) -> Flat:
    """A scenario as its file would say it, every default spelt out; what is None is left out."""
    flat: Flat = {"format": scenario.format, "title": scenario.title, "seed": scenario.seed}
    if scenario.note:
        flat["note"] = scenario.note
    for section in SECTIONS:
        plan = getattr(scenario, section)
        values = (
            plan if section in PROPERTIES else {name: getattr(plan, name) for name in plan.__struct_fields__}
        )
        for key, value in values.items():
            name = f"{section}.{key}"
            if name in PROPERTIES:
                flat |= {f"{name}.{inner}": text for inner, text in value.items()}
            elif name == "record.headers":
                flat[name] = [[header.name] if header.value is None else list(header) for header in value]
            elif value is not None:
                flat[name] = list(value) if name == "send.interceptors" else value
    flat["fault"] = [as_written(fault) for fault in scenario.faults]
    flat["expect"] = [{item.path: written(item)} for item in scenario.expect]
    return flat


def checked(
    flat: Flat, complain: Complain, folder: Path | None, check_property: CheckProperty | None = None
) -> Scenario:
    """The scenario; what stands under a name complained of is left at its default."""
    expect = _expectations(flat.get("expect", []), complain)
    faults = parse_faults(flat.get("fault", []), complain)
    good = {
        name: value
        for name, given in flat.items()
        if name not in _LISTS and (value := _value(name, given, complain, check_property)) is not None
    }
    _look_between_keys(good, complain)
    for name in FILES:
        if folder is not None and name in good:
            good[name] = _file(name, good[name], folder, complain)
    cluster = ClusterPlan(**_fields(good, "cluster"), config=_properties(good, "cluster.config"))
    topic = {
        "replication_factor": min(TopicPlan().replication_factor, cluster.brokers),
        **_fields(good, "topic"),
    }
    scenario = Scenario(
        title=good.get("title", Scenario().title),
        note=good.get("note", "").strip(),
        seed=good.get("seed", Scenario().seed),
        cluster=cluster,
        topic=TopicPlan(**topic, config=_properties(good, "topic.config")),
        producer=_properties(good, "producer"),
        record=RecordPlan(**_fields(good, "record")),
        registry=RegistryPlan(**_fields(good, "registry"), config=_properties(good, "registry.config")),
        send=SendPlan(**_fields(good, "send")),
        faults=faults,
        expect=expect,
        folder=str(folder) if folder is not None else "",
    )
    look_between(scenario, complain)
    look_at_load(scenario, complain)
    look_at_serializers(scenario, complain)
    return scenario


def _flatten(table: Mapping[str, Any], prefix: str, flat: Flat, complain: Complain) -> None:
    for key, value in table.items():
        name = prefix + key
        may_be_empty = name in SECTIONS or name in PROPERTIES or property_table(name)
        if isinstance(value, Mapping) and name not in _LISTS and (value or may_be_empty):
            _flatten(value, f"{name}.", flat, complain)
        elif name in flat:
            complain(name, "is given twice; keep one")
        else:
            flat[name] = value


def _value(name: str, given: object, complain: Complain, check_property: CheckProperty | None) -> Any:
    """The value to keep, or None after a complaint."""
    try:
        if name in CHECKS:
            return CHECKS[name](given)
        text = _property(name, given)
    except WrongItemError as error:
        complain(f"{name}.{error.index}", str(error))
        return None
    except ValueError as error:
        complain(name, str(error))
        return None
    if check_property and property_table(name) == "producer":
        wrong = check_property(name.removeprefix("producer."), text)
        if wrong:
            complain(name, wrong)
    return text


def _property(name: str, given: object) -> str:
    if name in SECTIONS or name in PROPERTIES:
        raise ValueError(f"must be a table; write [{name}] and its keys below")
    if later := next((why for key, why in NOT_YET.items() if f"{name}.".startswith(f"{key}.")), None):
        raise ValueError(later)
    if property_table(name) is None:
        raise ValueError(_unknown(name))
    return property_text(given)


def _unknown(name: str) -> str:
    section, _, key = name.rpartition(".")
    siblings = [known for known in CHECKS if known.rpartition(".")[0] == section]
    elsewhere = [known for known in CHECKS if known.rpartition(".")[2] == key]
    for candidates in (siblings, elsewhere, list(CHECKS)):
        near = difflib.get_close_matches(
            name, candidates, n=1, cutoff=0.6 if candidates is elsewhere else 0.75
        )
        if near:
            return f"unknown key; did you mean {near[0]}?"
    near = difflib.get_close_matches(name.partition(".")[0], SECTIONS, n=1) if section not in SECTIONS else []
    if near:
        return f"unknown key; did you mean [{near[0]}]?"
    if section and siblings:
        return f"unknown key; [{section}] has {', '.join(known.rpartition('.')[2] for known in siblings)}"
    return f"unknown key; a scenario has {', '.join(('format', 'title', 'seed', *SECTIONS, *_LISTS))}"


def _expectations(given: object, complain: Complain) -> tuple[Expectation, ...]:
    if not isinstance(given, list) or not all(isinstance(table, dict) for table in given):
        complain("expect", "must be a list of tables; write [[expect]] with two brackets")
        return ()
    result = []
    for index, table in enumerate(given):
        flat: Flat = {}
        _flatten(table, "", flat, complain)
        for path, wanted in flat.items():
            try:
                result.append(parse_expectation(path, wanted))
            except ValueError as error:
                complain(f"expect.{index}.{path}", str(error))
    return tuple(result)


def _look_between_keys(good: Flat, complain: Complain) -> None:
    """Faults of two keys together, told at the one to mend."""
    defaults = flat_of(Scenario())
    say = {**defaults, **good}
    kind, brokers = say["cluster.kind"], say["cluster.brokers"]
    ours = kind != "remote"
    if ours and good.get("topic.replication_factor", 1) > brokers:
        factor = good["topic.replication_factor"]
        complain(
            "topic.replication_factor",
            f"{factor} replicas need {factor} brokers and there are {brokers}; "
            f"give at most {brokers}, or raise cluster.brokers",
        )
    if not ours and "cluster.bootstrap_servers" not in good:
        complain("cluster.bootstrap_servers", 'a remote cluster needs it; write it like "localhost:9092"')
    if ours and "cluster.bootstrap_servers" in good:
        complain("cluster.bootstrap_servers", f'is for kind = "remote", and this is {kind}; take it out')
    partitions_known = ours or say.get("topic.create") or "topic.partitions" in good
    partition = good.get("record.partition")
    if partition is not None and partitions_known and partition >= say["topic.partitions"]:
        partitions = say["topic.partitions"]
        complain(
            "record.partition", f"{partition} is not there; {partitions} partitions are 0 to {partitions - 1}"
        )
    if "record.value" in good and "record.value_file" in good:
        complain("record.value_file", "record.value is given too; keep one of them")
    if good.get("send.warm_up", 0) > say["send.count"]:
        warm_up, count = good["send.warm_up"], say["send.count"]
        complain("send.warm_up", f"{warm_up} of only {count} records; give at most send.count")


def _file(name: str, given: str, folder: Path, complain: Complain) -> str:
    path = folder / given
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        complain(name, f"{shown(given)}: {reason}; it is looked for beside the scenario")
    except ValueError:
        complain(name, f"{shown(given)} is not a path; give the name of a file")
    return str(path)


def _fields(good: Flat, section: str) -> dict[str, Any]:
    return {
        name.partition(".")[2]: value
        for name, value in good.items()
        if name in CHECKS and name.startswith(f"{section}.")
    }


def _properties(good: Flat, table: str) -> dict[str, str]:
    return {
        name.removeprefix(f"{table}."): text for name, text in good.items() if property_table(name) == table
    }
