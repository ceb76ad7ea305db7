"""kcat (librdkafka 2.0 in Debian, older than confluent-kafka's) on the lab."""

import asyncio
import json
import shutil

import msgspec
import pytest

from workbench.serde.record_texts import kcat as kcat_format
from workbench.serde.record_texts.told import Told

pytestmark = pytest.mark.kcat


@pytest.fixture
def kcat(lab):
    if shutil.which("kcat") is None:
        pytest.skip("needs kcat")

    async def run(*arguments, given=b""):
        process = await asyncio.create_subprocess_exec(
            "kcat",
            "-b",
            lab.bootstrap,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, errors = await asyncio.wait_for(process.communicate(given), 30)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return process.returncode, out, errors.decode()

    return run


async def test_list(lab, kcat):
    await lab.topic("orders", 3, 2)
    status, out, errors = await kcat("-L", "-J")
    assert status == 0, errors
    listed = json.loads(out)
    assert len(listed["brokers"]) == 3
    (topic,) = listed["topics"]
    assert topic["topic"] == "orders"
    assert [partition["leader"] for partition in topic["partitions"]] == [1, 2, 3]
    assert [len(partition["isrs"]) for partition in topic["partitions"]] == [2, 2, 2]


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd"])
@pytest.mark.parametrize("acks", ["1", "all"])
async def test_produce_and_consume(lab, kcat, codec, acks):
    await lab.topic(partitions=2)
    lines = [f"key{number % 7}\tthe value of number {number}" for number in range(2000)]
    given = "\n".join(lines).encode()
    status, _, errors = await kcat(
        "-P", "-t", "t", "-K", "\t", "-z", codec, "-X", f"acks={acks}", given=given
    )
    assert status == 0, errors
    status, out, errors = await kcat("-C", "-t", "t", "-e", "-o", "beginning", "-f", "%k\t%s\n")
    assert status == 0, errors
    assert sorted(out.decode().splitlines()) == sorted(lines)


async def test_codecs_reach_the_log_compressed(lab, kcat):
    """Where it does not like the advertised ranges, librdkafka sends uncompressed without a word."""
    await lab.topic(max_message_bytes="6000")  # snappy leaves 4,700 bytes of it
    line = b"x" * 100_000
    for codec in ("gzip", "snappy", "lz4", "zstd"):
        status, _, errors = await kcat("-P", "-t", "t", "-z", codec, given=line)
        assert status == 0, errors
    status, _, errors = await kcat("-P", "-t", "t", "-z", "none", given=line)
    assert (status, "too large" in errors) == (1, True)


async def test_idempotence(lab, kcat):
    await lab.topic()
    given = "\n".join(str(number) for number in range(500)).encode()
    status, _, errors = await kcat("-P", "-t", "t", "-X", "enable.idempotence=true", given=given)
    assert status == 0, errors
    status, out, _ = await kcat("-C", "-t", "t", "-e", "-o", "beginning")
    assert out.decode().split() == [str(number) for number in range(500)]


async def test_query_offsets(lab, kcat):
    await lab.topic()
    await lab.produce([b"x"] * 9)
    for word, offset in (("-1", 9), ("-2", 0)):
        status, out, errors = await kcat("-Q", "-t", f"t:0:{word}")
        assert status == 0, errors
        assert out.decode().split() == ["t", "[0]", "offset", str(offset)]


async def test_a_record_of_a_null_value_and_headers(lab, kcat):
    await lab.topic()
    status, _, errors = await kcat("-P", "-t", "t", "-Z", "-K", ":", "-H", "a=1", given=b"gone:")
    assert status == 0, errors
    status, out, _ = await kcat("-C", "-t", "t", "-e", "-o", "beginning", "-f", "%k %S %h")
    assert out == b"gone -1 a=1"


async def test_a_balanced_consumer(lab, kcat):
    await lab.topic(partitions=3)
    await lab.produce([b"%d" % number for number in range(50)])
    group = ("-G", "g", "-X", "auto.offset.reset=earliest", "t")
    status, out, errors = await kcat("-c", "50", *group)
    assert status == 0, errors
    assert sorted(int(line) for line in out.split()) == list(range(50))
    assert "assigned: t [0], t [1], t [2]" in errors
    await lab.produce([b"new"])
    status, out, errors = await kcat("-c", "1", *group)
    assert (status, out) == (0, b"new\n"), errors


RECORDS = (
    Told(
        key=b"user-1",
        value=b'{"a": "it\'s \\\\",\n "b": 5}\n',
        headers=(("s", b"k w"), ("s", b""), ("n", None)),
    ),
    Told(value=b"\x00\xff\n\x1e", partition=1),
    Told(key=b"k", value=None),
    Told(key=b"k", value=b""),
    Told(headers=(("only", b"this"),)),
    Told(value="é%s$HOME`x`".encode()),
)


@pytest.mark.parametrize("told", RECORDS, ids=range(len(RECORDS)))
async def test_the_command_that_kwb_writes_produces_the_record(lab, told):
    if shutil.which("kcat") is None:
        pytest.skip("needs kcat")
    await lab.topic("t", 2)
    command = kcat_format.command(msgspec.structs.replace(told, topic="t"), lab.bootstrap)
    process = await asyncio.create_subprocess_exec("sh", "-c", command, stderr=asyncio.subprocess.PIPE)
    _, errors = await process.communicate()
    assert process.returncode == 0, errors
    (message,) = await lab.consume(1, partitions=2)
    assert (message.key(), message.value()) == (told.key, told.value)
    assert tuple(message.headers() or ()) == told.headers
    assert told.partition in (None, message.partition())
