"""The folder of a local cluster: one controller-only node and broker-only nodes, their files and properties.

With combined nodes, freezing two of three brokers would freeze two of three voters, and no ISR would shrink.
"""

import base64
import re
import secrets
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from workbench.errors import ClusterError, InputError

HOST = "127.0.0.1"
CONTROLLER_ID = 9
MOST_BROKERS = CONTROLLER_ID - 1
# below the ports that Linux (32768…) and macOS (49152…) hand to outgoing connections
_FREE_PORTS = range(15000, 30000)
_OURS = frozenset(
    {
        "process.roles",
        "node.id",
        "broker.id",
        "listeners",
        "advertised.listeners",
        "inter.broker.listener.name",
        "controller.listener.names",
        "controller.quorum.voters",
        "controller.quorum.bootstrap.servers",
        "log.dir",
        "log.dirs",
        "metadata.log.dir",
    }
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Node:
    name: str
    """"controller", "broker 1" …"""
    id: int
    port: int
    folder: Path = field(repr=False)
    """The cluster's folder."""

    @property
    def role(self) -> Literal["controller", "broker"]:
        return "controller" if self.id == CONTROLLER_ID else "broker"

    @property
    def _file_name(self) -> str:
        return self.name.replace(" ", "-")

    @property
    def properties(self) -> Path:
        return self.folder / f"{self._file_name}.properties"

    @property
    def log(self) -> Path:
        return self.folder / f"{self._file_name}.log"

    @property
    def data(self) -> Path:
        return self.folder / self._file_name


def nodes_of(folder: Path, ports: Sequence[int]) -> tuple[Node, ...]:
    """Brokers 1, 2 … on all ports but the last, which is the controller's."""
    *brokers, controller = ports
    return (
        Node("controller", CONTROLLER_ID, controller, folder),
        *(Node(f"broker {number}", number, port, folder) for number, port in enumerate(brokers, start=1)),
    )


def bootstrap_of(nodes: Sequence[Node]) -> str:
    return ",".join(f"{HOST}:{node.port}" for node in nodes if node.role == "broker")


def new_cluster_id() -> str:
    """16 random bytes in URL-safe base64 that does not begin with "-", as Kafka's Uuid.randomUuid does."""
    while True:
        text = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
        if not text.startswith("-"):
            return text


def check_plan(brokers: int, config: Mapping[str, str]) -> None:
    """Raises InputError, naming the scenario's key, for what cannot be told to any node."""
    if not 1 <= brokers <= MOST_BROKERS:
        raise InputError(
            f"cluster.brokers: {brokers}: Apache Kafka on one machine takes 1 to {MOST_BROKERS} brokers"
        )
    for name, value in config.items():
        if name in _OURS:
            raise InputError(f'cluster.config: "{name}" is set by kwb for each node: take it out')
        if not _NAME.fullmatch(name):
            raise InputError(f'cluster.config: "{name}" is no broker property')
        if "\n" in value or "\r" in value:
            raise InputError(f'cluster.config: the value of "{name}" must be one line')


def defaults(brokers: int, config: Mapping[str, str]) -> dict[str, str]:
    """What differs from Kafka's defaults so that few brokers on one machine serve tests well."""
    copies = str(min(3, brokers))
    found = {
        "auto.create.topics.enable": "false",
        "group.initial.rebalance.delay.ms": "0",
        "log.cleaner.dedupe.buffer.size": "4194304",  # Kafka takes 128 MiB of heap for it
        "num.network.threads": "2",
        "num.io.threads": "4",
        "offsets.topic.num.partitions": "10",
        "transaction.state.log.num.partitions": "10",
        "share.coordinator.state.topic.num.partitions": "10",
    }
    for internal in ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic"):
        found[f"{internal}.replication.factor"] = copies
    for internal in ("transaction.state.log", "share.coordinator.state.topic"):
        found[f"{internal}.min.isr"] = "1"
    timeout = config.get("broker.session.timeout.ms", "")
    if timeout.isdecimal() and int(timeout) < 4000:
        # Kafka wants two heartbeats a session, and its default is one in 2 s
        found["broker.heartbeat.interval.ms"] = str(max(1, int(timeout) // 3))
    return found


def properties_of(node: Node, nodes: Sequence[Node], config: Mapping[str, str]) -> dict[str, str]:
    """server.properties of one node; `config` (the scenario's) goes to brokers and controller alike."""
    controller = next(other for other in nodes if other.role == "controller")
    brokers = len(nodes) - 1
    found = {
        **defaults(brokers, config),
        **config,
        "process.roles": node.role,
        "node.id": str(node.id),
        "controller.quorum.voters": f"{controller.id}@{HOST}:{controller.port}",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": str(node.data),
    }
    if node.role == "controller":
        return found | {"listeners": f"CONTROLLER://{HOST}:{node.port}"}
    address = f"PLAINTEXT://{HOST}:{node.port}"
    return found | {
        "listeners": address,
        "advertised.listeners": address,
        "inter.broker.listener.name": "PLAINTEXT",
    }


def properties_text(properties: Mapping[str, str]) -> str:
    """A .properties file as java.util.Properties reads it back, value by value."""
    return "".join(f"{name}={_escaped(value)}\n" for name, value in properties.items())


def _escaped(value: str) -> str:
    text = value.replace("\\", "\\\\")
    text = "".join(char if char.isascii() else _unicode_escape(char) for char in text)
    return f"\\{text}" if text[:1] in (" ", "\t", "\f") else text


def _unicode_escape(char: str) -> str:
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def pick_ports(count: int, base_port: int) -> list[int]:
    """`count` ports on loopback: from `base_port` upwards, or any free ones for 0.

    Raises ClusterError naming the port that is taken.
    """
    if base_port:
        if not 1 <= base_port <= 65535 - count:
            raise InputError(f"port {base_port}: {count} ports from there on must lie in 1…65535")
        wanted = list(range(base_port, base_port + count))
        for port in wanted:
            if not all_free([port]):
                raise ClusterError(
                    f"port {port} is taken by another program: choose another ({count} in a row are needed)"
                )
        return wanted
    found: list[int] = []
    for _ in range(1000):
        port = _FREE_PORTS.start + secrets.randbelow(len(_FREE_PORTS))
        if port not in found and all_free([port]):
            found.append(port)
            if len(found) == count:
                return found
    raise ClusterError(f"no {count} free ports between {_FREE_PORTS.start} and {_FREE_PORTS.stop}")


def all_free(ports: Sequence[int]) -> bool:
    """True where nothing listens on any of these ports of loopback."""
    return all(_is_free(port) for port in ports)


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as Java's server sockets do
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
