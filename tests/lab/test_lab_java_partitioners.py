"""Where Java's producer (Kafka 4.1) puts keys, held against what is foretold and what kwb's engine does instead.

One JVM sends everything: keys come in a file, and each answer is the partition of an acknowledged record.
"""

import asyncio
import struct
from collections import Counter
from itertools import groupby
from pathlib import Path

import pytest
from partition_keys import keys_of_all_kinds

from workbench.partitioning import predict
from workbench.partitioning.java import BuiltIn, RoundRobin, record_bytes

pytestmark = [pytest.mark.java_tools, pytest.mark.timeout(170)]

PARTITIONS = (1, 2, 3, 6, 7, 100, 1000)
NULL_KEYS, VALUE, BATCH = 4000, 93, 2000  # 20 records a batch
PROGRAM = """
import java.io.*;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.*;

public class Partitioned {
    static Properties config = new Properties();

    public static void main(String[] arguments) throws Exception {
        config.put("bootstrap.servers", arguments[0]);
        for (String part : List.of("key", "value"))
            config.put(part + ".serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
        List<byte[]> keys = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(new FileInputStream(arguments[1])))) {
            for (int size; (size = in.readInt()) >= 0; keys.add(in.readNBytes(size)));
        }
        for (String topic : arguments[2].split(","))
            send(topic, keys, new byte[0], Map.of());
        List<byte[]> nulls = Collections.nCopies(Integer.parseInt(arguments[3]), null);
        byte[] value = new byte[Integer.parseInt(arguments[4])];
        send("p100", nulls, value, Map.of("batch.size", arguments[5], "linger.ms", "1000"));
        send("p7", keys.subList(0, 500), value, Map.of("partitioner.class", arguments[6]));
        System.in.read();  // a broker is slow from here on
        config.putAll(Map.of("acks", "1", "batch.size", "1000", "linger.ms", "5"));
        pause = 1;
        send("slow", nulls.subList(0, 2500), value, Map.of());
        Runtime.getRuntime().halt(0);
    }

    static int pause = 0;

    static void send(String topic, List<byte[]> keys, byte[] value, Map<String, String> more) throws Exception {
        config.putAll(more);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        StringBuilder line = new StringBuilder(topic);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config)) {
            producer.partitionsFor(topic);
            for (byte[] key : keys) {
                sent.add(producer.send(new ProducerRecord<>(topic, key, value)));
                if (sent.size() % 2 == 0)
                    Thread.sleep(pause);
            }
            producer.flush();
            for (Future<RecordMetadata> each : sent)
                line.append(' ').append(each.get().partition());
        }
        more.keySet().forEach(config::remove);
        System.out.println(line);
        System.out.flush();
    }
}
"""
ROUND_ROBIN = "org.apache.kafka.clients.producer.RoundRobinPartitioner"


@pytest.fixture
async def of_java(lab, kafka_libs: Path, tmp_path: Path):
    """The keys, and the partitions of each sending, in the order of the program."""
    for partitions in PARTITIONS:
        await lab.topic(f"p{partitions}", partitions, 1)
    await lab.topic("slow", 6, 1)
    keys = keys_of_all_kinds(10_000)
    packed = b"".join(struct.pack(">i", len(key)) + key for key in keys) + struct.pack(">i", -1)
    (tmp_path / "keys").write_bytes(packed)
    source = tmp_path / "Partitioned.java"
    source.write_text(PROGRAM)
    topics = ",".join(f"p{partitions}" for partitions in PARTITIONS)
    process = await asyncio.create_subprocess_exec(
        *("java", "-Xmx512m", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off"),
        *("-cp", f"{kafka_libs}/*", str(source), lab.bootstrap, str(tmp_path / "keys"), topics),
        *(str(NULL_KEYS), str(VALUE), str(BATCH), ROUND_ROBIN),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    try:
        async with asyncio.timeout(150):
            assert process.stdout is not None
            out = b"".join([await process.stdout.readline() for _ in range(len(PARTITIONS) + 2)])
            await lab.do("slow", 3, ms=100)
            rest, errors = await process.communicate(b"\n")
            out += rest
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, errors.decode()
    lines = [line.split(" ") for line in out.decode().splitlines()]
    return keys, [(topic, [int(each) for each in rest]) for topic, *rest in lines]


async def test_java_s_producer_does_what_is_foretold_and_emulated(of_java) -> None:
    keys, sent = of_java
    *keyed, (_, nulls), (_, in_turn), (_, around) = sent
    assert [topic for topic, _ in keyed] == [f"p{partitions}" for partitions in PARTITIONS]
    for (topic, got), partitions in zip(keyed, PARTITIONS, strict=True):
        foretold = [predict("java", key, partitions) for key in keys]
        assert [
            (key, *pair) for key, *pair in zip(keys, foretold, got, strict=True) if pair[0] != pair[1]
        ] == [], topic

    turns = RoundRobin()
    order = in_turn[:7]  # of a hash map in Java's client; kwb's goes by number
    assert in_turn == [order[turns.choose(7, range(7))] for _ in in_turn]
    assert sorted(order) == list(range(7))

    size = record_bytes(None, bytes(VALUE))
    emulated = BuiltIn(BATCH, 7)
    ours = [emulated.choose(None, size, 100, range(100)) for _ in range(NULL_KEYS)]
    for name, chosen in (("Java", nulls), ("kwb", ours)):
        runs = [len(list(run)) for _, run in groupby(chosen)]
        assert len(set(chosen)) > 30, f"{name} scatters"
        assert min(runs[:-1]) * size >= BATCH * 0.95, f"{name} stays for batch.size bytes"
        usual, _ = Counter(runs).most_common(1)[0]
        assert usual * size <= 2 * BATCH * 1.1, f"{name} stays for two batches at most: {Counter(runs)}"

    slow = sum(around.count(partition) for partition in (2, 5)) / len(around)  # those that broker 3 leads
    assert slow < 0.27, "Java sends around a slow broker, as partitions_slow_broker.toml says"
