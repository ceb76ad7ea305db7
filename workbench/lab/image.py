"""What one broker knows of topics and brokers: only what the controller told it, so it may be old."""

from uuid import UUID

from workbench.lab.answers import Node
from workbench.lab.membership import Living
from workbench.lab.topic import Topic


class Image:
    """`topics` by name."""

    def __init__(self) -> None:
        self.topics: dict[str, Topic] = {}
        self.living = Living((), frozenset())
        self._names: dict[UUID, str] = {}

    def by_id(self, topic_id: UUID | None) -> Topic | None:
        return self.topics.get(self._names.get(topic_id, "")) if topic_id else None

    def put(self, topic: Topic) -> Topic | None:
        """Returns what it knew of the same topic (by id) before."""
        before = self.topics.get(topic.name)
        self.topics[topic.name] = topic
        self._names[topic.id] = topic.name
        return before if before is not None and before.id == topic.id else None

    def drop(self, topic: Topic) -> None:
        known = self.topics.get(topic.name)
        if known is not None and known.id == topic.id:
            del self.topics[topic.name]
        self._names.pop(topic.id, None)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Of the brokers that are not fenced."""
        return self.living.nodes
