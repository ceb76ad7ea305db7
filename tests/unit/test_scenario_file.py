"""Scenario files: what loads, and what is said, on which line, of what does not."""

import re
from pathlib import Path

import msgspec
import pytest

from workbench.errors import InputError
from workbench.model.record import Header
from workbench.model.scenario import ClusterPlan, Expectation, Scenario
from workbench.model.scenario_file import (
    LARGEST_FILE,
    ScenarioFile,
    apply_settings,
    load_scenario,
    read_scenario,
)
from workbench.model.scenario_keys import CHECKS

SAMPLES = Path(__file__).parents[2] / "sample_payloads"


def complaint(text: str) -> str:
    with pytest.raises(InputError) as caught:
        load_scenario(text, "f.toml")
    message = str(caught.value)
    assert "\n" not in message
    assert caught.value.exit_status == 2
    return message


def test_an_empty_table_of_contents_is_all_defaults():
    assert load_scenario("format = 1\n", "f") == Scenario()


@pytest.mark.parametrize(
    "path",
    sorted([*SAMPLES.glob("*.toml"), *SAMPLES.glob("scenarios/*.toml"), *SAMPLES.glob("formats/*.toml")]),
    ids=lambda path: path.stem,
)
def test_every_sample_loads(path):
    scenario = read_scenario(path).scenario
    assert scenario.title != Scenario().title


def test_the_main_sample_is_the_main_job():
    scenario = read_scenario(SAMPLES / "orders.toml").scenario
    assert (scenario.send.count, scenario.topic.partitions, scenario.topic.replication_factor) == (
        10_000,
        6,
        3,
    )
    assert scenario.topic.config == {"min.insync.replicas": "2"}
    assert scenario.producer == {"acks": "all", "enable.idempotence": "true"}
    assert scenario.record.headers == (Header("source", "kwb"),)
    assert Expectation("ledger.stored", "==", 10_000) in scenario.expect


def test_properties_become_kafkas_text_however_they_are_cut():
    text = """
        [producer]
        acks = 1
        linger.ms = 0.5
        "retries" = 10.0
        enable.idempotence = false
        [producer.compression]
        type = "lz4"
        [topic]
        config."min.insync.replicas" = 2
        [cluster]
        config = { "broker.session.timeout.ms" = 3000, log.cleaner.enable = true }
    """
    scenario = load_scenario(text, "f")
    assert scenario.producer == {
        "acks": "1",
        "linger.ms": "0.5",
        "retries": "10",
        "enable.idempotence": "false",
        "compression.type": "lz4",
    }
    assert scenario.topic.config == {"min.insync.replicas": "2"}
    assert scenario.cluster.config == {"broker.session.timeout.ms": "3000", "log.cleaner.enable": "true"}


def test_headers_keep_repeats_empty_and_null():
    headers = load_scenario(
        '[record]\nheaders = [["a", "1"], ["a", ""], ["", "x"], ["n"]]', "f"
    ).record.headers
    assert headers == (Header("a", "1"), Header("a", ""), Header("", "x"), Header("n", None))


def test_an_empty_key_is_not_a_null_one():
    assert load_scenario('[record]\nkey = ""', "f").record.key == ""
    assert load_scenario("[record]", "f").record.key is None


def test_fewer_brokers_than_three_take_the_default_replication_along():
    assert load_scenario("cluster.brokers = 1", "f").topic.replication_factor == 1


def test_a_remote_topic_may_have_more_partitions_than_the_file_says():
    text = '[cluster]\nkind = "remote"\nbootstrap_servers = "a:1, [::1]:2"\n[record]\npartition = 11\n'
    scenario = load_scenario(text, "f")
    assert scenario.record.partition == 11
    assert scenario.cluster.bootstrap_servers == "a:1,[::1]:2"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f.toml:1: is empty; start from one of the samples, such as sample_payloads/orders.toml"),
        (" \n\t\n", "f.toml:1: is empty; start from one of the samples, such as sample_payloads/orders.toml"),
        ("\n[topic]\npartitons = 6", "f.toml:3: topic.partitons: unknown key; did you mean topic.partitions?"),
        ("\npartitions = 6", "f.toml:2: partitions: unknown key; did you mean topic.partitions?"),
        ("[topik]\nname = 'x'", "f.toml:2: topik.name: unknown key; did you mean topic.name?"),
        ("[producers]\nacks = 1", "f.toml:2: producers.acks: unknown key; did you mean [producer]?"),
        ("[nonsense]", "f.toml:1: nonsense: unknown key; a scenario has format, title, seed, cluster, topic, producer, record, registry, send, fault, expect"),
        ("[send]\nx = 1", "f.toml:2: send.x: unknown key; [send] has mode, count, rate, batch, engines, warm_up, verify, verify_timeout_s, record_timeout_ms, ring, on_rejected, callback_delay_ms, partitioner, interceptors"),
        ("title = 3", "f.toml:1: title: must be text, not 3; put it in quotes"),
        ("topic = 3", "f.toml:1: topic: must be a table; write [topic] and its keys below"),
        ("[topic]\n\nconfig = 3", "f.toml:3: topic.config: must be a table; write [topic.config] and its keys below"),
        ("[send]\ncount = '9'", "f.toml:2: send.count: must be a whole number, not '9'; write it without quotes"),
        (f"[send]\ncount = {'9' * 5000}", "f.toml: a number has thousands of digits; give one that is in range"),
        ("[send]\ncount = true", "f.toml:2: send.count: must be a whole number, not true; give 1 to 1000000000"),
        ("[send]\ncount = -5", "f.toml:2: send.count: -5 is out of range; give 1 to 1000000000"),
        ("[send]\nrate = -1", "f.toml:2: send.rate: -1 is out of range; give more than 0, or take the key out to send at full speed"),
        ("[send]\nrate = nan", "f.toml:2: send.rate: nan is out of range; give more than 0, or take the key out to send at full speed"),
        ("[send]\nrate = 'fast'", "f.toml:2: send.rate: must be a number of records per second, not 'fast'"),
        ("[send]\nverify = 'yes'", "f.toml:2: send.verify: must be true or false, not 'yes'"),
        ("[send]\nmode = 'asink'", "f.toml:2: send.mode: 'asink' is not known; give fire-and-forget or sync or async"),
        ("[send]\ncount = 3\nwarm_up = 4", "f.toml:3: send.warm_up: 4 of only 3 records; give at most send.count"),
        ("[topic]\nname = 'a b'", "f.toml:2: topic.name: 'a b' holds ' ', which Kafka refuses in a topic name; Kafka allows letters, digits, '.', '_' and '-'"),
        ("[topic]\nname = 'caf\u00e9'", "f.toml:2: topic.name: 'caf\u00e9' holds '\u00e9', which Kafka refuses in a topic name; Kafka allows letters, digits, '.', '_' and '-'"),
        ("[topic]\nname = ''", "f.toml:2: topic.name: a topic name cannot be empty; give one, such as orders"),
        ("[topic]\nname = '..'", "f.toml:2: topic.name: '..' is not a name Kafka allows; give one, such as orders"),
        (f"[topic]\nname = '{'x' * 250}'", "f.toml:2: topic.name: 250 characters are too many for a topic name; give at most 249"),
        ("[topic]\nreplication_factor = 9", "f.toml:2: topic.replication_factor: 9 replicas need 9 brokers and there are 3; give at most 3, or raise cluster.brokers"),
        ("[topic]\npartitions = 0", "f.toml:2: topic.partitions: 0 is out of range; give 1 to 10000"),
        ("[record]\npartition = 6", "f.toml:2: record.partition: 6 is not there; 6 partitions are 0 to 5"),
        ("[record]\ntimestamp = 0", 'f.toml:2: record.timestamp: \'0\' is out of range; give epoch milliseconds, such as 1700000000000 or "{{ now_ms - 60000 }}"'),
        ("[record]\ntimestamp = 'now'", 'f.toml:2: record.timestamp: must be a whole number or a template of one, not \'now\'; give epoch milliseconds, such as 1700000000000 or "{{ now_ms - 60000 }}"'),
        ("[record]\nvalue = ''\nvalue_file = 'x'", "f.toml:3: record.value_file: record.value is given too; keep one of them"),
        ("[record]\nkey_serializer = 'longs'", "f.toml:2: record.key_serializer: 'longs' is not known; did you mean long?"),
        ("[record]\nkey_serializer = 'org.acme.TeaSerializer'", "f.toml:2: record.key_serializer: 'org.acme.TeaSerializer' is not known; give bytes, string, integer, json, long, short, float, double, boolean, uuid, void, json-schema, avro, avro-single-object, avro-binary, avro-file, protobuf, protobuf-binary, thrift-binary, thrift-compact, or module:attribute"),
        ("[record]\nvalue = '{}'\nvalue_serializer = 'avro'", 'f.toml:3: record.value_serializer: avro takes a schema; give record.value_schema_file, such as "order.avsc"'),
        ("[record]\nvalue_schema_file = 'order.avsc'", "f.toml:2: record.value_schema_file: string takes no schema; take the key out, or give value_serializer, one of json, json-schema, avro, avro-single-object, avro-binary, avro-file, protobuf, protobuf-binary, thrift-binary, thrift-compact"),
        ("[cluster]\nkind = 'apache'\n[record]\nkey = '1'\nkey_serializer = 'KafkaAvroSerializer'\nkey_schema_file = 'order.avsc'", "f.toml:1: registry.url: key_serializer is avro, which puts only the schema's id into the record, and no registry is named; give one, such as \"http://localhost:8081\", or \"mock://\" (in memory)"),
        ("[registry]\nurl = 'localhost:8081'", "f.toml:2: registry.url: must be http://host:port, https://host:port or mock://, not 'localhost:8081'"),
        ("[registry]\nurl = 'http://registry:81o1'", "f.toml:2: registry.url: must be http://host:port, https://host:port or mock://, not 'http://registry:81o1'"),
        ("[registry]\nurl = 'http://:8081'", "f.toml:2: registry.url: must be http://host:port, https://host:port or mock://, not 'http://:8081'"),
        ("[registry]\nsubject_name_strategy = 'TopicNameStrategy'", "f.toml:2: registry.subject_name_strategy: 'TopicNameStrategy' is not known; give topic or record or topic-record"),
        ("[record]\nheaders = [\n  ['a', 'b'],\n  ['a', 3],\n]", "f.toml:4: record.headers.1: ['a', 3] is not a header; headers are [[\"name\", \"value\"], \u2026], and [\"name\"] alone has a null value"),
        ("[record]\nheaders = 'a'", "f.toml:2: record.headers: must be a list, not 'a'; headers are [[\"name\", \"value\"], \u2026], and [\"name\"] alone has a null value"),
        ("[cluster]\nkind = 'kafka'", "f.toml:2: cluster.kind: 'kafka' is not known; give lab or apache or remote"),
        ("\n[cluster]\nkind = 'remote'", 'f.toml:2: cluster.bootstrap_servers: a remote cluster needs it; write it like "localhost:9092"'),
        ("[cluster]\nkind = 'remote'\nbootstrap_servers = 'kafka'", "f.toml:3: cluster.bootstrap_servers: 'kafka' is not host:port; write it like \"localhost:9092\""),
        ("[cluster]\nbootstrap_servers = 'a:1'", 'f.toml:2: cluster.bootstrap_servers: is for kind = "remote", and this is lab; take it out'),
        ("[producer]\nacks = ['all']", "f.toml:2: producer.acks: must be text, a number, true or false; Kafka writes lists as text, with commas"),
        ("[producer]\n'linger.ms' = 1\nlinger.ms = 2", "f.toml:3: producer.linger.ms: is given twice; keep one"),
        ("format = 2", "f.toml:1: format: this kwb reads format 1, not 2; look for a newer kwb"),
        ("format = true", "f.toml:1: format: this kwb reads format 1, not true; look for a newer kwb"),
        ("[[expect]]\n'ledger.lsot' = '== 0'", "f.toml:2: expect.0.ledger.lsot: the report has no such path; did you mean ledger.lost?"),
        ("[[expect]]\nledger.lost = 0\n[[expect]]\n\nledger.lost = '0'", "f.toml:5: expect.1.ledger.lost: '0' is not an expectation; write an operator and a value, such as \">= 1\""),
        ("[[expect]]\nledger.lost = '~ 1'", "f.toml:2: expect.0.ledger.lost: '~ 1' is not an expectation; write an operator and a value, such as \">= 1\""),
        ("[[expect]]\nledger.lost = '> many'", "f.toml:2: expect.0.ledger.lost: a number stands there; 'many' can never hold"),
        ("[[expect]]\nstate = '> done'", "f.toml:2: expect.0.state: > compares numbers; use == or != for 'done'"),
        ("[[expect]]\nledger = 3", "f.toml:2: expect.0.ledger: the report has no such path; did you mean ledger.sent?"),
        ("[[expect]]\npartitions.stored = 3", "f.toml:2: expect.0.partitions.stored: partitions is a list; write an index, such as 0"),
        ("[expect]\nledger.lost = 0", "f.toml:1: expect: must be a list of tables; write [[expect]] with two brackets"),
    ],
)  # fmt: skip
def test_one_line_says_file_line_key_and_mend(text, message):
    assert complaint(text) == message


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (
            "[record]\nheaders = [['a', 'b']]\n[send]\nbatch = 5",
            "f.toml:2: record.headers: load mode (send.batch) takes no headers; take them out, or send.batch",
        ),
        (
            "[record]\ntimestamp = '5'\n[send]\nbatch = 5",
            "f.toml:2: record.timestamp: load mode (send.batch) sets no timestamps; take it out, or send.batch",
        ),
        (
            "[send]\nengines = 2\ncount = 200_000_000",
            "f.toml:3: send.count: to read 200,000,000 records back, 6.4 GB of memory would be needed; give verify = false, or batch",
        ),
        (
            "[send]\nbatch = 5\nmode = 'sync'",
            'f.toml:2: send.batch: load mode waits for no single record; give mode = "async", or take batch out',
        ),
        (
            "[send]\npartitioner = 'java'\nbatch = 5",
            "f.toml:2: send.partitioner: load mode (send.batch) runs none of one's own; take partitioner out, or batch",
        ),
        (
            "[send]\npartitioner = 'murmur2'",
            "f.toml:2: send.partitioner: 'murmur2' is not known; give java, RoundRobinPartitioner or module:attribute; librdkafka's own stand under [producer], as partitioner",
        ),
        (
            "[send]\ninterceptors = ['a:b', 'tea']",
            "f.toml:2: send.interceptors.1: 'tea' is no code; write it as module:attribute",
        ),
        (
            "[send]\ninterceptors = 3",
            'f.toml:2: send.interceptors: must be a list, not 3; write ["module:attribute", …]',
        ),
        (
            "[send]\nrate = 5\nbatch = 5",
            "f.toml:3: send.batch: load mode goes as fast as it goes; take rate out, or batch",
        ),
        (
            "[producer]\nacks = 0\n[send]\nbatch = 5",
            "f.toml:4: send.batch: under acks=0 no report says where a record is, and load mode knows it by nothing else; give verify = false",
        ),
        (
            "[send]\nengines = 2\n[[fault]]\nafter = { acked = 5 }\ndo = 'add-partitions'\npartitions = 9",
            "f.toml:2: send.engines: counts of faults are exact where one engine sends; take engines out, or give the faults seconds",
        ),
        ("[cluster]\nprofile = 'prod'", "f.toml:2: cluster.profile: profiles are not in this version"),
    ],
)
def test_what_a_later_version_brings_is_refused_as_such(text, start):
    assert complaint(text).startswith(start)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("[send]\nmode = async", "f.toml:2: not TOML: invalid value"),
        ("a = 1\n\na = 2", "f.toml:3: not TOML: cannot overwrite a value"),
        ("[topic]\n[send]\n[topic]", "f.toml:3: not TOML: cannot declare"),
        ("[topic\nname = 'x'", "f.toml:1: not TOML: expected ']'"),
        ("x = [1,\n2\n\n", "f.toml:2: not TOML: unclosed array"),
        ('title = "a\x01"', "f.toml:1: not TOML: illegal character"),
        ("x = " + "[" * 5000, "f.toml:1: is nested too deeply"),
    ],
)  # fmt: skip
def test_toml_that_is_none_names_the_line(text, start):
    message = complaint(text)
    assert message.startswith(start)
    assert ";" in message


def test_the_first_fault_in_the_file_is_the_one_told():
    assert complaint("[send]\ncount = 0\n[topic]\npartitions = 0\n").startswith("f.toml:2:")
    assert complaint("[topic]\npartitions = 0\n[send]\ncount = 0\n").startswith("f.toml:2:")


def test_a_property_check_from_above_names_the_line_and_never_the_value():
    file = ScenarioFile('[producer]\nacks = 1\n\nlinger.mss = "hush"\n', "f.toml")
    with pytest.raises(
        InputError, match=r"^f\.toml:4: producer\.linger\.mss: unknown; did you mean linger\.ms\?$"
    ):
        file.resolve(
            check_property=lambda name, _: (
                "unknown; did you mean linger.ms?" if name == "linger.mss" else None
            )
        )


def test_a_value_file_is_looked_for_beside_the_scenario(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "there"
    folder.mkdir()
    (folder / "value.json").write_text("{}")
    scenario = folder / "s.toml"
    scenario.write_text('[record]\nvalue_file = "value.json"\n')
    assert read_scenario("there/s.toml").scenario.record.value_file == str(folder / "value.json")

    scenario.write_text('\n[record]\nvalue_file = "gone.json"\n')
    with pytest.raises(
        InputError, match=r"^there/s\.toml:3: record\.value_file: .*gone\.json.*: no such file"
    ):
        _ = read_scenario("there/s.toml").scenario
    scenario.write_text('[record]\nvalue_file = "."\n')
    with pytest.raises(InputError, match="is a directory; it is looked for beside the scenario"):
        _ = read_scenario("there/s.toml").scenario
    scenario.write_text('[record]\nvalue_file = "a\\u0000b"\n')
    with pytest.raises(InputError, match="is not a path"):
        _ = read_scenario("there/s.toml").scenario


def test_what_is_no_scenario_at_all(tmp_path):
    for name, data, words in [
        (
            "binary",
            b"\x7fELF\x02\n\xff\xfe",
            r"binary:2: byte 0xff is not UTF-8 text; a scenario is a TOML text file$",
        ),
        ("empty", b"", r"empty:1: is empty; start from one of the samples"),
        ("nul", b"a = 1\n\0", r"nul:2: not TOML"),
        ("large", b"#" * (LARGEST_FILE + 1), r"large: larger than 4 MiB"),
    ]:
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError, match=words):
            read_scenario(tmp_path / name)
    with pytest.raises(InputError, match=r"is a folder; give a scenario file in it$"):
        read_scenario(tmp_path)
    with pytest.raises(InputError, match=r"no such file; give the path of a scenario$"):
        read_scenario(tmp_path / "missing.toml")
    with pytest.raises(InputError, match="not a directory"):
        read_scenario(tmp_path / "empty" / "s.toml")


def test_settings_take_the_place_of_what_the_file_says():
    scenario = load_scenario("[producer]\nacks = 'all'\nlinger.ms = 5\n[record]\nvalue = 'x'\n", "f")
    changed = apply_settings(
        scenario,
        ["producer.acks=1", "producer.linger.ms=", "send.count=100", "send.rate=2.5", "send.verify=false",
         "topic.name=2026", "record.key=", 'record.headers=[["a"]]', "topic.config.retention.ms=1000", "send.count=7"],
    )  # fmt: skip
    assert changed.producer == {"acks": "1"}
    assert (changed.send.count, changed.send.rate, changed.send.verify) == (7, 2.5, False)
    assert (changed.topic.name, changed.topic.config) == ("2026", {"retention.ms": "1000"})
    assert (changed.record.key, changed.record.headers) == ("", (Header("a", None),))
    assert apply_settings(changed, ["send.rate="]).send.rate is None
    assert apply_settings(scenario, []) == scenario


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("send.coumt=3", "--set send.coumt: unknown key; did you mean send.count?"),
        ("send.count=many", "--set send.count: must be a whole number, not 'many'; give 1 to 1000000000"),
        ("send.count=", "--set send.count: must be a whole number, not ''; give 1 to 1000000000"),
        ("topic.replication_factor=9", "--set topic.replication_factor: 9 replicas need 9 brokers and there are 3; give at most 3, or raise cluster.brokers"),
        ("topic.name=", "--set topic.name: a topic name cannot be empty; give one, such as orders"),
        ("acks", "--set acks: no value; write KEY=VALUE, such as --set producer.acks=1"),
        ("=1", "--set =1: no value; write KEY=VALUE, such as --set producer.acks=1"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named(setting, message):
    with pytest.raises(InputError) as caught:
        apply_settings(Scenario(), [setting])
    assert str(caught.value) == message
    with pytest.raises(InputError) as caught:
        ScenarioFile("format = 1", "f").resolve([setting])
    assert str(caught.value) == message


def test_settings_decide_between_a_value_and_its_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("v").write_text("x")
    one = load_scenario("[record]\nvalue = 'x'", "f")
    other = apply_settings(one, ["record.value_file=v"])
    assert (other.record.value, other.record.value_file) == (None, str(tmp_path / "v"))
    assert apply_settings(other, ["record.value=y"]).record.value_file is None


def test_a_remote_file_can_be_sent_to_the_lab_and_back():
    file = ScenarioFile("[cluster]\nkind = 'remote'\nbootstrap_servers = 'a:1'", "f")
    assert file.resolve(["cluster.kind=lab"]).cluster == ClusterPlan()
    assert apply_settings(file.scenario, ["cluster.kind=apache"]).cluster.bootstrap_servers is None
    remote = ["cluster.kind=remote", "cluster.bootstrap_servers=b:2"]
    assert ScenarioFile("[cluster]\nkind = 'remote'", "f").resolve(remote).cluster.bootstrap_servers == "b:2"
    assert apply_settings(Scenario(), remote).cluster.bootstrap_servers == "b:2"


def test_a_key_that_is_not_in_the_file_is_placed_at_its_table():
    file = ScenarioFile("title = 'x'\n\n[topic]\nname = 'y'\n", "f.toml")
    assert file.place("topic.partitions") == "f.toml:3"
    assert file.place("send.count") == "f.toml:1"


def test_every_sections_fields_can_be_written():
    plans = {
        "cluster": "cluster",
        "topic": "topic",
        "record": "record",
        "registry": "registry",
        "send": "send",
    }
    for section in plans:
        for field in msgspec.structs.fields(type(getattr(Scenario(), section))):
            if field.name != "config":
                assert "unknown key" not in complaint(f"{section}.{field.name} = [[[]]]")


def test_every_key_is_in_the_documentation():
    text = (SAMPLES.parent / "docs" / "scenario.md").read_text()
    assert [name for name in CHECKS if f"`{name.rpartition('.')[2]}`" not in text] == []
    schema, own, fault, expect = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert load_scenario(schema, "docs").record.value_schema_file == "order.avsc"
    assert len(load_scenario(own, "docs").send.interceptors) == 2
    assert len(load_scenario(fault, "docs").faults) == 1
    assert len(load_scenario(expect, "docs").expect) == 5
