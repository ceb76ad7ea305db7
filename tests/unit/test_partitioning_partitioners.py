import zlib

import pytest

from workbench.errors import InputError
from workbench.partitioning import PARTITIONERS, describe, predict
from workbench.partitioning.hashes import crc32, fnv1a, murmur2

USERS = [f"user-{number}".encode() for number in range(8)]


def test_eight_users_on_four_partitions_as_both_clients_spread_them():
    """Seen on real clusters (EXEMPLARS.md): librdkafka's default, and Java's."""
    assert [predict("consistent_random", key, 4) for key in USERS] == [2, 0, 2, 0, 3, 1, 3, 1]
    assert [predict("murmur2_random", key, 4) for key in USERS] == [3, 0, 0, 3, 3, 2, 1, 0]


@pytest.mark.parametrize(
    ("data", "signed"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_murmur2_is_java_s(data, signed):
    """The vectors of Kafka's own UtilsTest.testMurmur2."""
    assert murmur2(data) == signed & 0xFFFFFFFF


def test_crc32_and_fnv1a_of_known_words():
    assert crc32(b"123456789") == 0xCBF43926 == zlib.crc32(b"123456789")
    assert fnv1a(b"") == (1 << 32) - 0x811C9DC5
    assert fnv1a(b"foobar") == (1 << 32) - 0xBF9CF968
    assert fnv1a(b"b") == (1 << 32) - 0xE70C2DE5


@pytest.mark.parametrize(
    ("name", "null", "empty"),
    [
        ("consistent", 0, 0),
        ("consistent_random", None, None),
        ("murmur2", (murmur2(b"") & 0x7FFFFFFF) % 6, (murmur2(b"") & 0x7FFFFFFF) % 6),
        ("murmur2_random", None, (murmur2(b"") & 0x7FFFFFFF) % 6),
        ("fnv1a", fnv1a(b"") % 6, fnv1a(b"") % 6),
        ("fnv1a_random", None, fnv1a(b"") % 6),
        ("random", None, None),
    ],
)
def test_null_and_empty_keys(name, null, empty):
    assert predict(name, None, 6) == null
    assert predict(name, b"", 6) == empty


def test_random_says_nothing_unless_there_is_one_partition():
    assert predict("random", b"user-1", 2) is None
    assert {predict(kind.name, key, 1) for kind in PARTITIONERS for key in (None, b"", b"x")} == {0}


@pytest.mark.parametrize(
    ("partitioner", "key", "words"),
    [
        ("consistent_random", b"user-1", ("crc32 % 6", "crc32")),
        ("consistent", None, ("crc32 % 6", "crc32")),
        ("murmur2_random", b"", ("murmur2 % 6", "murmur2")),
        ("consistent_random", None, ("no key: random", "random")),
        ("consistent_random", b"", ("empty key: random", "random")),
        ("random", b"user-1", ("random",)),
    ],
)
def test_how_a_partition_comes_about(partitioner, key, words):
    assert describe(partitioner, key, 6) == words


def test_what_cannot_be_is_refused_with_the_mend():
    with pytest.raises(
        InputError, match=r"there is no murmur3; librdkafka has consistent_random, consistent,"
    ):
        predict("murmur3", b"x", 6)
    with pytest.raises(InputError, match="0 is too few"):
        predict("random", b"x", 0)


def test_java_s_names_may_have_their_package():
    assert predict("org.apache.kafka.clients.producer.RoundRobinPartitioner", b"a", 3) is None
    assert describe("RoundRobinPartitioner", b"a", 3) == ("in turn",)
    with pytest.raises(InputError, match="of Java's there are java and RoundRobinPartitioner"):
        predict("tea.Pot", b"a", 3)


@pytest.mark.parametrize("key", [b"", b"a", "茶".encode(), None])
def test_java_s_default_hashes_keys_as_murmur2_random_does(key):
    assert predict("java", key, 7) == predict("murmur2_random", key, 7)
