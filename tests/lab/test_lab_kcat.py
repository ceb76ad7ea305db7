"""kcat (librdkafka 2.0 in Debian, older than confluent-kafka's) on the lab."""

import asyncio
import json
import shutil

import pytest

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
