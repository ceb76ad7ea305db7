"""Topics, placement and configs: what the controller decides and refuses, in Kafka's words."""

import pytest
from kio.schema.errors import ErrorCode

from workbench.errors import InputError
from workbench.lab.configs import BROKER, TOPIC, BrokerConfig, TopicConfig, TopicConfigError
from workbench.lab.controller import Controller, Refused, name_complaint


class Member:
    def __init__(self):
        self.heard = []

    hears = True
    node = None

    def brokers_changed(self, living):
        pass

    def caught_up(self, topics, living):
        pass

    def topic_changed(self, topic):
        self.heard.append((topic.name, len(topic.partitions)))

    def topic_deleted(self, topic):
        self.heard.append((topic.name, None))


@pytest.fixture
def controller():
    made = Controller(BrokerConfig({}))
    for broker in (1, 2, 3):
        made.register(broker, Member())
    return made


def refused(call, *args, **more):
    with pytest.raises(Refused) as caught:
        call(*args, **more)
    return caught.value.code, caught.value.text


def test_leaders_go_round_robin(controller):
    topic = controller.create_topic("t", 7, 2)
    assert [partition.leader for partition in topic.partitions] == [1, 2, 3, 1, 2, 3, 1]
    assert [partition.replicas for partition in topic.partitions[:3]] == [(1, 2), (2, 3), (3, 1)]
    assert all(set(partition.isr) == set(partition.replicas) for partition in topic.partitions)
    assert len({partition.key for partition in topic.partitions}) == 7


def test_added_partitions_go_on_where_the_topic_ends(controller):
    before = controller.create_topic("t", 2, 3)
    controller.add_partitions("t", 4, None, validate_only=True)
    assert len(controller.topics["t"].partitions) == 2
    controller.add_partitions("t", 4, None, validate_only=False)
    after = controller.topics["t"]
    assert after.partitions[:2] == before.partitions
    assert [partition.leader for partition in after.partitions] == [1, 2, 3, 1]
    assert controller.brokers.member(2).heard == [("t", 2), ("t", 4)]


def test_a_manual_assignment(controller):
    topic = controller.create_topic("t", assignment={0: (3, 1), 1: (2, 3)})
    assert [partition.leader for partition in topic.partitions] == [3, 2]
    assert topic.partitions[0].isr == (3, 1)


@pytest.mark.parametrize("assignment", [{0: (9,)}, {0: (1, 1)}, {1: (1,)}, {0: (1, 2), 1: (3,)}, {0: ()}])
def test_an_assignment_that_cannot_be(controller, assignment):
    code, _ = refused(controller.create_topic, "t", assignment=assignment)
    assert code == ErrorCode.invalid_replica_assignment
    assert controller.topics == {}


@pytest.mark.parametrize(
    ("partitions", "factor", "code", "words"),
    [
        (0, 1, ErrorCode.invalid_partitions, "non-positive"),
        (-5, 1, ErrorCode.invalid_partitions, "non-positive"),
        (1, 0, ErrorCode.invalid_replication_factor, "larger than 0"),
        (1, 4, ErrorCode.invalid_replication_factor, "only 3 broker(s) are registered"),
        (10**9, 1, ErrorCode.invalid_partitions, "at most"),
    ],
)
def test_counts_that_cannot_be(controller, partitions, factor, code, words):
    got, text = refused(controller.create_topic, "t", partitions, factor)
    assert got == code
    assert words in text


def test_what_is_already_there(controller):
    controller.create_topic("a.b", 1, 1)
    assert refused(controller.create_topic, "a.b", 1, 1)[0] == ErrorCode.topic_already_exists
    assert refused(controller.create_topic, "a_b", 1, 1) == (
        ErrorCode.invalid_topic_exception,
        "Topic 'a_b' collides with existing topic: a.b",
    )
    assert refused(controller.add_partitions, "a.b", 1, None, validate_only=False) == (
        ErrorCode.invalid_partitions,
        "Topic already has 1 partition(s).",
    )


def test_deleted_and_made_anew_it_is_another_topic(controller):
    first = controller.create_topic("t", 1, 1)
    controller.delete_topic("t")
    assert controller.by_id(first.id) is None
    assert refused(controller.delete_topic, "t")[0] == ErrorCode.unknown_topic_or_partition
    second = controller.create_topic("t", 1, 1)
    assert second.id != first.id
    assert controller.by_id(second.id) is second


def test_validate_only_makes_nothing(controller):
    controller.create_topic("t", 1, 1, validate_only=True)
    assert controller.topics == {}
    assert controller.brokers.member(1).heard == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "empty string"),
        (".", "not allowed"),
        ("..", "not allowed"),
        ("x" * 250, "longer than the max allowed length 249"),
        ("wire bad!", "'wire bad!' contains one or more characters other than"),
        ("naïve", "ASCII alphanumerics"),
        ("a\n", "ASCII alphanumerics"),
    ],
)
def test_illegal_names(controller, name, words):
    assert words in name_complaint(name)
    assert refused(controller.create_topic, name, 1, 1)[0] == ErrorCode.invalid_topic_exception


def test_defaults_come_from_the_brokers():
    controller = Controller(BrokerConfig({"num.partitions": "4", "default.replication.factor": "2"}))
    for broker in (1, 2):
        controller.register(broker, Member())
    topic = controller.create_topic("t")
    assert len(topic.partitions) == 4
    assert topic.partitions[0].replicas == (1, 2)


class TestConfigs:
    @pytest.mark.parametrize(
        ("config", "words"),
        [
            ({"no.such": "1"}, "Unknown topic config name: no.such"),
            ({"min.insync.replica": "1"}, "did you mean 'min.insync.replicas'?"),
            (
                {"min.insync.replicas": "0"},
                "Invalid value 0 for configuration min.insync.replicas: Value must be at least 1",
            ),
            ({"min.insync.replicas": "two"}, "Not a number of type INT"),
            ({"max.message.bytes": str(2**31)}, "Not a number of type INT"),
            ({"message.timestamp.type": "Never"}, "String must be one of: CreateTime, LogAppendTime"),
            ({"retention.ms": None}, "Null value not supported"),
        ],
    )
    def test_topic_properties_that_cannot_be(self, controller, config, words):
        with pytest.raises(TopicConfigError) as caught:
            TopicConfig(config, BrokerConfig({}))
        assert words in str(caught.value)
        assert refused(controller.create_topic, "t", 1, 1, config)[0] == ErrorCode.invalid_config

    @pytest.mark.parametrize(
        ("config", "words"),
        [
            ({"min.insync.replica": "1"}, "did you mean 'min.insync.replicas'?"),
            ({"zookeeper.connect": "x"}, "the lab has no broker property 'zookeeper.connect'; it has "),
            ({"auto.create.topics.enable": "yes"}, "either true or false"),
            ({"num.partitions": "0"}, "at least 1"),
        ],
    )
    def test_broker_properties_that_cannot_be(self, config, words):
        with pytest.raises(InputError) as caught:
            BrokerConfig(config)
        assert words in str(caught.value)

    def test_a_topic_property_stands_over_the_brokers(self):
        brokers = BrokerConfig({"message.max.bytes": "500", "min.insync.replicas": "2"})
        topic = TopicConfig({"min.insync.replicas": "3"}, brokers)
        assert topic.rules.max_message_bytes == 500
        assert topic.min_insync_replicas == 3
        assert TopicConfig({}, brokers).min_insync_replicas == 2

    def test_every_default_is_legal(self):
        assert all(prop.complaint(prop.default) is None for prop in BROKER.values())
        TopicConfig({name: prop.default for name, (_, prop) in TOPIC.items()}, BrokerConfig({}))
