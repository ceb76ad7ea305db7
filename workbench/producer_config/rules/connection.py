"""How the client gets to the brokers, and how long it keeps what it has learnt."""

import re

from workbench.producer_config.rules.config import Config
from workbench.producer_config.rules.rule import Fix, Found, Together

_SERVERS = "bootstrap.servers"
_JAVA_ADDRESS = re.compile(r"(?:[0-9a-zA-Z\-%._]*://)?\[?([0-9a-zA-Z\-%._:]*)\]?:([0-9]+)", re.ASCII)
_MOST_PORT, _USUAL_PORT = 65535, 9092
_MOST_WHOLE, _MOST_DIGITS = (1 << 63) - 1, 100
_DIGITS = re.compile(r"\s*[+-]?[0-9]+", re.ASCII)
_SCHEME = re.compile(r"([A-Za-z_][A-Za-z0-9_+.-]*)://(.*)")
_OWN_MACHINE = re.compile(r"(?:\w+://)?(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?")
_IDLE, _BROKERS_IDLE, _BROKERS_IDLE_MS = "connections.max.idle.ms", "connections.max.idle.ms", 600_000
_BACKOFF, _BACKOFF_MAX = "reconnect.backoff.ms", "reconnect.backoff.max.ms"
_OFTEN_MS = 5000


def _servers(config: Config) -> list[str]:
    return [server.strip() for server in config.text(_SERVERS).split(",") if server.strip()]


def bootstrap_missing(config: Config) -> Found | None:
    return None if config.scenario or _servers(config) else Found(_SERVERS)


def bootstrap_not_host_and_port(config: Config) -> Found | None:
    for server in _servers(config):
        match = _JAVA_ADDRESS.fullmatch(server)
        if match is None or _whole(match[2]) > _MOST_PORT:
            shown = server if "@" not in server else f"…@{server.rpartition('@')[2]}"
            return Found(_SERVERS, {"server": shown, "port": _port_tried(server)})
    return None


def _port_tried(server: str) -> int:
    """By librdkafka (rd_kafka_broker_name_parse): what atoi() makes of it, in 16 bits."""
    _, _, address = server.rpartition("://")
    host, colon, port = address.rpartition(":")
    if not colon or (":" in host and not host.endswith("]")):
        return _USUAL_PORT
    digits = _DIGITS.match(port)
    return _whole(digits[0]) & _MOST_PORT if digits else 0


def _whole(text: str) -> int:
    """As strtol() reads digits: what is too large for 64 bits is their largest."""
    return max(-_MOST_WHOLE - 1, min(int(text[:_MOST_DIGITS]), _MOST_WHOLE))


def bootstrap_with_scheme(config: Config) -> Found | None:
    servers = config.text(_SERVERS).split(",")
    for server in servers:
        if match := _SCHEME.match(server.strip()):
            if match[1].upper() == config.protocol:
                continue
            bare = ",".join(re.sub(r"^\s*[^,:/]+://", "", each) for each in servers)
            values = {"scheme": f"{match[1]}://", "protocol": config.protocol}
            return Found(_SERVERS, values, Fix(_SERVERS, bare))
    return None


def bootstrap_one(config: Config) -> Found | None:
    servers = _servers(config)
    if config.scenario or len(servers) != 1 or _OWN_MACHINE.fullmatch(servers[0]):
        return None
    return Found(_SERVERS, {"server": servers[0]})


def serializer_missing(config: Config) -> Found | None:
    missing = [name for name in ("key.serializer", "value.serializer") if name not in config.written]
    if not missing:
        return None
    usual = "org.apache.kafka.common.serialization.StringSerializer"
    return Found(missing[0], {"name": " and ".join(missing)}, Fix(missing[0], usual))


def reconnect_backoff_above_max(config: Config) -> Found | None:
    first, most = config.amount(_BACKOFF), config.amount(_BACKOFF_MAX)
    if config.java:
        first = max(first, _said_number(config, _BACKOFF))
    if first <= most:
        return None
    at = _BACKOFF if _BACKOFF in config.said else _BACKOFF_MAX
    return Found(at, {"first": first, "most": most}, Fix(_BACKOFF_MAX, str(int(first))))


def _said_number(config: Config, name: str) -> float:
    """What was written, before Java caps it."""
    text = config.said.get(name, "")
    return float(text) if text else 0.0


def idle_beyond_brokers(config: Config) -> Found | None:
    if _IDLE not in config.said:
        return None
    idle, theirs = config.amount(_IDLE), config.cluster.number(_BROKERS_IDLE, _BROKERS_IDLE_MS)
    never = idle < 0 if config.java else idle == 0
    if not never and idle <= theirs:
        return None
    return Found(_IDLE, {"idle": idle, "theirs": theirs}, Fix(_IDLE, str(int(theirs * 9 // 10))))


def metadata_too_often(config: Config) -> Found | None:
    name = "metadata.max.age.ms" if config.java else "topic.metadata.refresh.interval.ms"
    often = config.amount(name)
    if name not in config.said or not 0 <= often < _OFTEN_MS or (not config.java and often == 0):
        return None
    return Found(name, {"name": name, "often": often}, Fix(name, "300000"))


LOOKS: tuple[tuple[str, Together], ...] = (
    ("bootstrap-missing", bootstrap_missing),
    ("bootstrap-not-host-and-port", bootstrap_not_host_and_port),
    ("bootstrap-with-scheme", bootstrap_with_scheme),
    ("bootstrap-one", bootstrap_one),
    ("serializer-missing", serializer_missing),
    ("reconnect-backoff-above-max", reconnect_backoff_above_max),
    ("idle-beyond-brokers", idle_beyond_brokers),
    ("metadata-too-often", metadata_too_often),
)
