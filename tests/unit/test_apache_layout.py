"""What the nodes are told: properties, ports, plans that are refused."""

import socket
from pathlib import Path

import pytest

from workbench.clusters.apache.layout import (
    all_free,
    bootstrap_of,
    check_plan,
    new_cluster_id,
    nodes_of,
    pick_ports,
    properties_of,
    properties_text,
)
from workbench.errors import ClusterError, InputError


def test_controller_and_brokers_are_nodes_of_their_own(tmp_path: Path) -> None:
    nodes = nodes_of(tmp_path, [7001, 7002, 7003, 7004])
    assert [(node.name, node.id, node.port, node.role) for node in nodes] == [
        ("controller", 9, 7004, "controller"),
        ("broker 1", 1, 7001, "broker"),
        ("broker 2", 2, 7002, "broker"),
        ("broker 3", 3, 7003, "broker"),
    ]
    assert bootstrap_of(nodes) == "127.0.0.1:7001,127.0.0.1:7002,127.0.0.1:7003"


def test_properties_bind_loopback_and_name_the_one_voter(tmp_path: Path) -> None:
    nodes = nodes_of(tmp_path, [7001, 7002])
    controller, broker = (properties_of(node, nodes, {}) for node in nodes)
    assert controller["process.roles"] == "controller"
    assert controller["listeners"] == "CONTROLLER://127.0.0.1:7002"
    assert "advertised.listeners" not in controller
    assert broker["process.roles"] == "broker"
    assert broker["listeners"] == broker["advertised.listeners"] == "PLAINTEXT://127.0.0.1:7001"
    assert broker["controller.quorum.voters"] == controller["controller.quorum.voters"] == "9@127.0.0.1:7002"
    assert broker["log.dirs"] != controller["log.dirs"]
    assert broker["auto.create.topics.enable"] == "false"


@pytest.mark.parametrize(("brokers", "copies"), [(1, "1"), (2, "2"), (3, "3"), (5, "3")])
def test_internal_topics_have_as_many_copies_as_brokers_allow(
    tmp_path: Path, brokers: int, copies: str
) -> None:
    nodes = nodes_of(tmp_path, list(range(7001, 7002 + brokers)))
    found = properties_of(nodes[1], nodes, {})
    assert found["offsets.topic.replication.factor"] == copies
    assert found["transaction.state.log.replication.factor"] == copies


def test_the_scenarios_properties_win_over_kwbs_defaults_on_both_roles(tmp_path: Path) -> None:
    nodes = nodes_of(tmp_path, [7001, 7002])
    config = {"auto.create.topics.enable": "true", "broker.session.timeout.ms": "3000"}
    for node in nodes:
        found = properties_of(node, nodes, config)
        assert found["auto.create.topics.enable"] == "true"
        assert found["broker.session.timeout.ms"] == "3000"
        assert found["broker.heartbeat.interval.ms"] == "1000"
    kept = properties_of(nodes[1], nodes, {**config, "broker.heartbeat.interval.ms": "500"})
    assert kept["broker.heartbeat.interval.ms"] == "500"


def test_values_are_escaped_as_java_reads_them_back() -> None:
    written = properties_text({"a": " lead", "b": r"C:\x", "c": "ü🦜", "d": "x=y:z#"})
    assert written == "a=\\ lead\nb=C:\\\\x\nc=\\u00fc\\ud83e\\udd9c\nd=x=y:z#\n"


@pytest.mark.parametrize(
    ("brokers", "config", "said"),
    [
        (0, {}, "cluster.brokers: 0"),
        (9, {}, "cluster.brokers: 9"),
        (3, {"listeners": "PLAINTEXT://:1"}, '"listeners" is set by kwb'),
        (3, {"log.dirs": "/tmp"}, '"log.dirs" is set by kwb'),
        (3, {"a b": "1"}, '"a b" is no broker property'),
        (3, {"log.retention.ms": "1\nlisteners=x"}, "one line"),
    ],
)
def test_a_plan_no_node_can_follow_is_refused_by_name(
    brokers: int, config: dict[str, str], said: str
) -> None:
    with pytest.raises(InputError, match="cluster") as caught:
        check_plan(brokers, config)
    assert said in str(caught.value)


def test_ports_any_free_or_in_a_row() -> None:
    found = pick_ports(4, 0)
    assert len(set(found)) == 4
    assert all_free(found)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not all_free([port])
        with pytest.raises(ClusterError, match=f"port {port} is taken"):
            pick_ports(1, port)
    with pytest.raises(InputError, match="port 65535"):
        pick_ports(2, 65535)


def test_cluster_ids_are_kafka_uuids() -> None:
    ids = {new_cluster_id() for _ in range(200)}
    assert len(ids) == 200
    assert all(len(one) == 22 and not one.startswith("-") for one in ids)
