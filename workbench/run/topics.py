"""The topic of a run: there already, or created as the scenario says."""

from workbench.engine.group import Engines
from workbench.errors import InputError
from workbench.model.cluster_view import ClusterView, TopicView
from workbench.model.record import RecordPlan
from workbench.model.scenario import ClusterKind, TopicPlan


async def ensure_topic(engine: Engines, plan: TopicPlan, kind: ClusterKind) -> tuple[ClusterView, TopicView]:
    """Raises InputError where it is missing and may not be created, or is there and is another."""
    view = await engine.describe(plan.name)
    may_create = kind != "remote" if plan.create is None else plan.create
    if not view.topics:
        if not may_create:
            raise InputError(
                f"topic {plan.name!r} does not exist; create it, or say `create = true` under [topic]"
            )
        view = await engine.create(plan)
    topic = view.topics[0]
    if may_create:
        _refuse_another(plan, topic, kind)
    return view, topic


def _refuse_another(plan: TopicPlan, topic: TopicView, kind: ClusterKind) -> None:
    """A run on a topic that is not the scenario's would prove nothing about the scenario."""
    replicas = len(topic.partitions[0].replicas)
    differences = []
    if len(topic.partitions) != plan.partitions:
        differences.append(f"{len(topic.partitions)} partitions, not {plan.partitions}")
    if replicas != plan.replication_factor:
        differences.append(f"replication factor {replicas}, not {plan.replication_factor}")
    differences += [
        f"{name}={topic.config[name]}, not {wanted}"
        for name, wanted in plan.config.items()
        if name in topic.config and topic.config[name] != wanted
    ]
    if differences:
        found = f"topic {plan.name!r} exists with {'; '.join(differences)}"
        also = ", or start afresh: kwb apache down --delete" if kind == "apache" else ""
        raise InputError(f"{found}: choose another name under [topic]{also}")


def refuse_partition(record: RecordPlan, topic: TopicView) -> None:
    """Raises InputError where the topic has no such partition."""
    last = len(topic.partitions) - 1
    if record.partition is not None and record.partition > last:
        raise InputError(
            f"record.partition: {record.partition} is not there; topic {topic.name!r} has 0 to {last}"
        )
