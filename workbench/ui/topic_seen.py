"""The topic as it is now: partitions may be added while a run is on."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.model.cluster_view import ClusterView, TopicView
    from workbench.model.scenario import TopicPlan


def grown(topic: "TopicView | None", view: "ClusterView | None") -> "TopicView | None":
    """The topic as Metadata said last, where it has more partitions by now."""
    if topic is None or view is None:
        return topic
    more = (
        found
        for found in view.topics
        if found.name == topic.name and len(found.partitions) > len(topic.partitions)
    )
    return next(more, topic)


def partitions_of(topic: "TopicView | None", plan: "TopicPlan", met: int) -> int:
    """Of the topic where it is known, else as planned.

    `met`: so many a run on the topic knows by now; a client hears of those that somebody else adds.
    """
    if topic is None or topic.name != plan.name:
        return plan.partitions
    return max(len(topic.partitions), met)
