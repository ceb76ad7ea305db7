"""What becomes of text that is pasted into the config."""

from workbench.ui.pasting import paste
from workbench.ui.written import as_written

WRITTEN = as_written({"acks": "all", "linger.ms": "5"})


def test_one_property_joins_the_config():
    pasted = paste(WRITTEN, "linger.ms = 50\n")
    assert pasted.written.config == {"acks": "all", "linger.ms": "50"}
    assert not pasted.wrong


def test_a_file_is_read_as_java_reads_it_and_takes_the_configs_place():
    pasted = paste(
        WRITTEN, "# mine\r\n! too\r\nclient.id: a\\u0062c\\\r\n   d\r\nbatch.size 100\r\nacks=1\r\nacks=0\r\n"
    )
    assert pasted.written.config == {"client.id": "abcd", "batch.size": "100", "acks": "0"}


def test_the_cluster_stays():
    pasted = paste(WRITTEN, "bootstrap.servers=b:9092\nacks=1\nlinger.ms=0\n")
    assert pasted.written.config == {"acks": "1", "linger.ms": "0"}
    assert "The cluster stays" in pasted.said


def test_words_and_broken_escapes_change_nothing():
    for text in ("hello there", "", "bootstrap.servers=b:9092", "acks=\\u12\nlinger.ms=1"):
        pasted = paste(WRITTEN, text)
        assert pasted.written == WRITTEN
        assert pasted.wrong
    assert "line 1" in paste(WRITTEN, "acks=\\u12\nlinger.ms=1").said


def test_names_of_one_client_alone_say_whose_config_it_is():
    assert paste(WRITTEN, "buffer.memory=1\nacks=all").written.client == "java"
    java = paste(WRITTEN, "buffer.memory=1\nacks=all").written
    assert paste(java, "queue.buffering.max.kbytes=1\nacks=all").written.client == "librdkafka"
    assert paste(java, "acks=1\nlinger.ms=1").written.client == "java"


def test_a_secret_is_not_told():
    assert "hush" not in paste(WRITTEN, "sasl.password=hush").said
    assert "hush" not in paste(WRITTEN, "sasl.password=hush\nacks=1").said
