"""What the clients themselves say of their producers' properties: data/*.json of producer_config.

librdkafka's is the one that confluent-kafka brings along; Java's is asked by a small program run with
Kafka's jars.
"""

import ctypes
import re
import tempfile
from pathlib import Path

import msgspec

from workbench.clusters.apache.jars import classpath, need_jars
from workbench.clusters.apache.java import find_java, run_to_end
from workbench.errors import ClusterError, InputError
from workbench.producer_config.catalogue import ClientFacts, Facts, Kind, facts_file

_POINTER = ctypes.c_void_p
_ROW = 6
_RANGE = re.compile(r"(-?\d+) \.\. (-?\d+)")
_TYPE = re.compile(r"\*Type: ([^*]+)\*")
_ALIAS = re.compile(r"Alias for `([^`]+)`")
_LIBRDKAFKA_KINDS: dict[str, Kind] = {
    "string": "text",
    "integer": "int",
    "float": "float",
    "boolean": "bool",
    "enum value": "choice",
    "CSV flags": "list",
    "pattern list": "list",
    "see dedicated API": "code",
}
_JAVA_KINDS: dict[str, Kind] = {
    "STRING": "text",
    "INT": "int",
    "LONG": "int",
    "SHORT": "int",
    "DOUBLE": "float",
    "BOOLEAN": "bool",
    "LIST": "list",
    "CLASS": "class",
    "PASSWORD": "password",
}
_JAVA_BITS = {"SHORT": 15, "INT": 31, "LONG": 63}
_JAVA_RANGE = re.compile(r"\[(-?[\d.]+),\.\.\.(?:,(-?[\d.]+))?\](?: or (-?\d+))?")
_JAVA_CHOICES = re.compile(r"(\(case insensitive\) )?\[([^.\]]+)\]")
_JAVA_PROGRAM = """
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

public class Shown {
    public static void main(String[] arguments) {
        System.out.println("version\\t" + org.apache.kafka.common.utils.AppInfoParser.getVersion());
        for (ConfigDef.ConfigKey key : ProducerConfig.configDef().configKeys().values()) {
            boolean required = key.defaultValue == ConfigDef.NO_DEFAULT_VALUE;
            Object standing = required ? null : key.defaultValue;
            String text = standing == null ? "-" : "=" + ConfigDef.convertToString(standing, key.type);
            System.out.println(String.join("\\t", "property", key.name, key.type.toString(), text,
                key.importance.toString(), Boolean.toString(required), String.valueOf(key.validator)));
        }
    }
}
"""


# ── librdkafka ────────────────────────────────────────────────────────────────────────────────────


def librdkafka_facts() -> ClientFacts:
    """Raises InputError where confluent-kafka brings no librdkafka of its own."""
    library = ctypes.CDLL(str(_library()))
    library.rd_kafka_version_str.restype = ctypes.c_char_p
    rows = [row for line in _shown(library).splitlines() if (row := _row(line))]
    primary: dict[str, Facts] = {}
    aliases: dict[str, list[str]] = {}
    for name, whom, allowed, default, importance, told in rows:
        if whom == "C" or name in primary:
            continue
        if (alias := _ALIAS.match(told)) is not None:
            names = aliases.setdefault(alias[1], [])
            names += [name] if name not in names else []
        else:
            primary[name] = _librdkafka_property(name, allowed, default, importance, told)
    producer = {row[0] for row in rows if row[1] != "C"}
    return ClientFacts(
        client="librdkafka",
        version=library.rd_kafka_version_str().decode(),
        properties=tuple(
            msgspec.structs.replace(facts, aliases=tuple(aliases.get(name, ())))
            for name, facts in sorted(primary.items())
        ),
        consumer=tuple(sorted({row[0] for row in rows} - producer)),
    )


def _library() -> Path:
    import confluent_kafka

    package = Path(confluent_kafka.__file__).parent
    for folder in (package.parent / "confluent_kafka.libs", package / ".dylibs"):
        for path in folder.glob("librdkafka*"):
            return path
    raise InputError("this confluent-kafka brings no librdkafka of its own")


def _shown(library: ctypes.CDLL) -> str:
    """The table that librdkafka prints, in Markdown."""
    libc = ctypes.CDLL(None)
    libc.fopen.restype, libc.fopen.argtypes = _POINTER, [ctypes.c_char_p, ctypes.c_char_p]
    libc.fclose.argtypes = [_POINTER]
    library.rd_kafka_conf_properties_show.argtypes = [_POINTER]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "properties.md")
        file = libc.fopen(str(path).encode(), b"w")
        library.rd_kafka_conf_properties_show(file)
        libc.fclose(file)
        return path.read_text(encoding="utf-8")


def _row(line: str) -> tuple[str, ...] | None:
    """Name, whom it is for, what is allowed, default, importance, description."""
    if " | " not in line:
        return None
    name, whom, allowed, rest = (part.strip() for part in line.split("|", 3))
    if whom not in {"C", "P", "*"}:
        return None
    # a default may hold |, as kinit's command does
    default, importance, told = re.fullmatch(r"(.*?)\| (high|medium|low) +\| (.*)", rest).groups()  # type: ignore[union-attr]
    return name, whom, allowed, default.strip(), importance, told


def _librdkafka_property(name: str, allowed: str, default: str, importance: str, told: str) -> Facts:
    found = _TYPE.search(told)
    assert found is not None, told
    kind = _LIBRDKAFKA_KINDS[found[1]]
    bounds = _RANGE.fullmatch(allowed)
    return Facts(
        name=name,
        kind=kind,
        default=default or None,
        importance=importance,  # type: ignore[arg-type]
        low=_plain(bounds[1]) if bounds else None,
        high=_plain(bounds[2]) if bounds else None,
        also=("all",) if "*-1* or *all*" in told else (),
        choices=() if bounds or kind == "bool" or not allowed else tuple(allowed.split(", ")),
        any_case=kind in {"choice", "bool"},
        deprecated="**DEPRECATED**" in told,
    )


# ── Java ──────────────────────────────────────────────────────────────────────────────────────────


async def java_facts() -> ClientFacts:
    """Raises ClusterError where Java or Kafka's jars are missing."""
    java, jars = await find_java(), need_jars()
    with tempfile.TemporaryDirectory() as folder:
        source = _program(folder)
        quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=off"
        status, output = await run_to_end([java.path, quiet, "-cp", classpath(jars), source], patience=120)
    if status != 0:
        raise ClusterError(f"Java could not tell ProducerConfig's properties: {output.strip()[-300:]}")
    lines = [line.split("\t") for line in output.splitlines() if "\t" in line]
    version = next(line[1] for line in lines if line[0] == "version")
    properties = [_java_property(line[1:]) for line in lines if line[0] == "property"]
    return ClientFacts("java", version, tuple(sorted(properties, key=lambda facts: facts.name)))


def _program(folder: str) -> Path:
    source = Path(folder, "Shown.java")
    source.write_text(_JAVA_PROGRAM, encoding="utf-8")
    return source


def _java_property(line: list[str]) -> Facts:
    name, java_type, default, importance, required, validator = line
    bits = _JAVA_BITS.get(java_type)
    low: float | None = -(2**bits) if bits else None
    high: float | None = 2**bits - 1 if bits else None
    also: tuple[str, ...] = ()
    if bounds := _JAVA_RANGE.fullmatch(validator):
        low, high = _plain(bounds[1]), _plain(bounds[2]) if bounds[2] else high
        also = (bounds[3],) if bounds[3] else ()
    chosen = None if bounds else _JAVA_CHOICES.fullmatch(validator)
    return Facts(
        name=name,
        kind="choice" if chosen else _JAVA_KINDS[java_type],
        default=default[1:] if default.startswith("=") else None,
        importance=importance.lower(),  # type: ignore[arg-type]
        low=low,
        high=high,
        also=also,
        choices=tuple(chosen[2].split(", ")) if chosen else (),
        any_case=java_type == "BOOLEAN" or bool(chosen and chosen[1]),
        required=required == "true",
    )


def _plain(text: str) -> float:
    return float(text) if "." in text else int(text)


def write_facts(facts: ClientFacts, folder: Path | None = None) -> Path:
    """One property a line, for a diff to be read."""
    path = facts_file(facts.client)
    path = folder / path.name if folder else path
    head = {"client": facts.client, "version": facts.version, "consumer": facts.consumer}
    lines = [msgspec.json.encode(item).decode() for item in facts.properties]
    opening = msgspec.json.encode(head).decode()[:-1]
    text = f'{opening},"properties":[\n' + ",\n".join(lines) + "\n]}\n"
    path.write_text(text, encoding="utf-8")
    return path
