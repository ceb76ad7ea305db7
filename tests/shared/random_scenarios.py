"""Random scenarios by seed: config × send plan × faults, and what must hold of each.

A scenario says everything, so what must hold is read from it alone (`Promise`), never from the seed.
"""

from collections.abc import Mapping
from itertools import pairwise
from random import Random
from types import MappingProxyType

from msgspec.structs import replace

from workbench.model.fault import After, Fault, FaultKind
from workbench.model.record import RecordPlan
from workbench.model.scenario import ClusterPlan, Scenario, SendPlan, TopicPlan
from workbench.model.scenario_check import flat_of
from workbench.model.scenario_edit import edited
from workbench.model.scenario_file import load_scenario

BROKERS = 3
CLUSTER = {
    "broker.session.timeout.ms": "1200",
    "broker.heartbeat.interval.ms": "200",
    "replica.lag.time.max.ms": "1500",
    "replica.fetch.wait.max.ms": "100",
    "replica.fetch.backoff.ms": "100",
    "auto.leader.rebalance.enable": "false",
}
REFUSALS = (
    "NOT_LEADER_OR_FOLLOWER",
    "NOT_ENOUGH_REPLICAS",
    "REQUEST_TIMED_OUT",
    "KAFKA_STORAGE_ERROR",
    "TOPIC_AUTHORIZATION_FAILED",
)
OF_IDEMPOTENCE = ("OUT_OF_ORDER_SEQUENCE_NUMBER", "UNKNOWN_PRODUCER_ID", "INVALID_PRODUCER_EPOCH")
UNDONE_BY: Mapping[str, FaultKind] = MappingProxyType(
    {"freeze": "thaw", "kill": "restart", "stop": "restart", "isolate": "thaw"}
)
BEHIND = "behind"
"""No fault of its own: the followers stand still, and the leader ends with what they lack."""


def random_scenario(seed: int) -> Scenario:
    random = Random(seed)
    idempotent = random.random() < 0.35
    acks = "all" if idempotent else random.choice(("0", "1", "1", "1", "all", "all"))
    factor = random.choice((1, 2, 3, 3, 3, 3))
    topic = TopicPlan(
        name=f"random-{seed}",
        partitions=random.choice((1, 1, 2, 3)),
        replication_factor=factor,
        config={
            "min.insync.replicas": str(
                random.randint(1, factor) if random.random() < 0.5 else min(2, factor)
            ),
            "unclean.leader.election.enable": random.choice(("false", "false", "true")),
        },
    )
    scenario = Scenario(
        title=f"random {seed}",
        seed=seed,
        cluster=ClusterPlan(brokers=BROKERS, config=CLUSTER),
        topic=topic,
        producer=_producer(random, acks, idempotent),
        record=RecordPlan(
            key=random.choice((None, "user-{{ seq % 7 }}", "user-{{ random(1, 40) }}")),
            value=random.choice(("{{ seq }}", "{{ seq }} {{ uuid() }}", None)),
        ),
        send=_send(random, acks),
    )
    scenario = replace(scenario, faults=tuple(_faults(random, scenario, idempotent)))
    patience = 6 if Promise(scenario).may_end_without_a_leader else 30
    scenario = replace(scenario, send=replace(scenario.send, verify_timeout_s=patience))
    assert load_scenario(as_toml(scenario), "random") == scenario
    return scenario


def as_toml(scenario: Scenario) -> str:
    """The scenario as a file that runs it again."""
    plain, said = flat_of(Scenario()), flat_of(scenario)
    return edited(f"format = {scenario.format}\n", {k: v for k, v in said.items() if plain.get(k) != v})


def _producer(random: Random, acks: str, idempotent: bool) -> dict[str, str]:
    request = random.choice((500, 1000, 1500))
    config = {
        "acks": acks,
        "enable.idempotence": "true" if idempotent else "false",
        "request.timeout.ms": str(request),
        "delivery.timeout.ms": str(request + random.choice((500, 2500, 5000))),
        "linger.ms": random.choice(("0", "5", "20")),
        "max.in.flight.requests.per.connection": str(random.randint(1, 5)),
        "retry.backoff.ms": "50",
        "retry.backoff.max.ms": "200",
        "compression.type": random.choice(("none", "none", "gzip", "snappy", "lz4", "zstd")),
        "socket.connection.setup.timeout.ms": "1000",
        "reconnect.backoff.ms": "50",
        "reconnect.backoff.max.ms": "200",
        "topic.metadata.refresh.interval.ms": "1000",
    }
    if not idempotent and random.random() < 0.2:
        config["retries"] = "0"
    if random.random() < 0.3:
        config["batch.num.messages"] = str(random.randint(1, 5))
    return config


def _send(random: Random, acks: str) -> SendPlan:
    if acks != "0" and random.random() < 0.15:
        return SendPlan(count=random.randint(100, 400), batch=random.randint(2, 50))
    mode = random.choice(("async", "async", "sync", "fire-and-forget"))
    count = random.randint(20, 120) if mode != "sync" else random.randint(20, 50)
    return SendPlan(mode=mode, count=count, rate=random.choice((None, 50.0, 100.0)))


def _faults(random: Random, scenario: Scenario, idempotent: bool) -> list[Fault]:
    """Up to three times something is done and undone; in half of the scenarios one broker at a time."""
    faults: list[Fault] = []
    orderly = random.random() < 0.5
    kinds = ["freeze", "freeze", "kill", "kill", "stop", "isolate", "slow", "error", "drop-response"]
    if not orderly:
        kinds += ["add-partitions"]
        kinds += [*[BEHIND] * 6, "wipe"] if scenario.topic.replication_factor > 1 else []
    words = ("sent",) if scenario.producer["acks"] == "0" else ("sent", "sent", "acked")
    at = 1
    for _ in range(random.choice((0, 1, 1, 2, 2, 3))):
        at += random.randint(1, max(1, scenario.send.count // 4))
        after = After(**{random.choice(words): at})
        if orderly and faults:
            faults += _whole(scenario, at, len(faults))
            after = replace(after, fault=len(faults))
        faults += _harm(random, scenario, random.choice(kinds), after, len(faults), idempotent)
    return faults


def _harm(  # noqa: PLR0911  # one for each kind
    random: Random, scenario: Scenario, kind: str, after: After, before: int, idempotent: bool
) -> list[Fault]:
    partition = random.randrange(scenario.topic.partitions)
    target = random.choice(("leader", "leader", "broker 2", "broker 3"))
    if kind == "add-partitions":
        return [Fault("add-partitions", after, partitions=scenario.topic.partitions + 2)]
    if kind == "error":
        code = random.choice(OF_IDEMPOTENCE if idempotent and random.random() < 0.3 else REFUSALS)
        return [Fault("error", after, target, partition, code=code, times=random.randint(1, 3))]
    if kind == "drop-response":
        return [Fault("drop-response", after, target, partition, times=random.randint(1, 3))]
    if kind == BEHIND:
        return _behind(random, after, before, partition)
    later = After(fault=before + 1, seconds=random.choice((0.2, 0.8, 1.6, 2.4)))
    if kind == "slow":
        # by its number, so that the same one is quick again
        name = random.choice(("broker 1", "broker 2", "broker 3"))
        return [Fault("slow", after, name, ms=random.choice((50, 300))), Fault("slow", later, name, ms=1)]
    if kind == "wipe":
        return [
            Fault("kill", after, target, partition),
            Fault("wipe", After(fault=before + 1), "dead"),
            Fault("restart", replace(later, fault=before + 2)),
        ]
    return [Fault(kind, after, target, partition), Fault(UNDONE_BY[kind], later)]


def _behind(random: Random, after: After, before: int, partition: int) -> list[Fault]:
    seconds = random.choice((0.3, 0.8, 1.8))
    return [
        Fault("freeze", after, "followers", partition),
        Fault(
            random.choice(("kill", "freeze")), After(fault=before + 1, seconds=seconds), "leader", partition
        ),
        Fault("thaw", After(fault=before + 2), "followers", partition),
        Fault("restart", After(fault=before + 3, seconds=random.choice((0.5, 2.0)))),
        Fault("thaw", After(fault=before + 4)),
    ]


def _whole(scenario: Scenario, at: int, before: int) -> list[Fault]:
    """Wait until every replica is in sync again, so that the next broker is the only one that is out."""
    return [
        Fault(
            "wait",
            After(sent=at, fault=before + partition, isr=scenario.topic.replication_factor),
            partition=partition,
        )
        for partition in range(scenario.topic.partitions)
    ]


class Promise:
    """What must hold of a scenario's run, by what stands in it."""

    def __init__(self, scenario: Scenario) -> None:
        config, producer = scenario.topic.config, scenario.producer
        done = [fault.do for fault in scenario.faults]
        self.unclean = config["unclean.leader.election.enable"] == "true"
        self.wiped = "wipe" in done
        self.keeps_what_is_seen = not self.unclean and not self.wiped
        """What a consumer has read stays where it is."""
        self.idempotent = producer["enable.idempotence"] == "true"
        self.may_ack_implicitly = self.idempotent and producer["max.in.flight.requests.per.connection"] != "1"
        harmed = [i for i, kind in enumerate(done) if kind in {"freeze", "kill", "stop", "isolate"}]
        one_at_a_time = all("wait" in done[i:j] for i, j in pairwise(harmed))
        self.loses_nothing = (
            producer["acks"] == "all"
            and int(config["min.insync.replicas"]) >= 2
            and one_at_a_time
            and self.keeps_what_is_seen
        )
        self.may_end_without_a_leader = self.wiped and not self.unclean
        """The one replica in sync was emptied, and no other may lead (KIP-858, KIP-966)."""
