"""What one run's config differs from the run's before in, as the Events pane says it."""

import pytest

from workbench.ui.config_history import ConfigsRun, Edits
from workbench.ui.standing import changes
from workbench.ui.written import Written, as_written


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"linger.ms": "5"}, {"linger.ms": "100", "acks": "1"}, ["acks all → 1", "linger.ms 5 → 100"]),
        ({"queue.buffering.max.ms": "5", "acks": "-1"}, {}, []),
        ({}, {"enable.ssl.certificate.verification": "false"},
         ["enable.ssl.certificate.verification true → false"]),
        ({"client.id": "a\nb"}, {"client.id": "c"}, ["client.id a·b → c"]),
        ({"ssl.ca.location": "/ca.pem"}, {}, ["ssl.ca.location /ca.pem → not set"]),
    ],
)  # fmt: skip
def test_a_property_is_told_where_it_comes_to_another_value(before, after, told):
    assert changes(as_written(before), as_written(after)) == told


def test_of_what_follows_from_a_change_the_essentials_are_told_after_it():
    whose = changes(as_written({}), as_written({"defaults": "java"}))
    assert whose[0] == "defaults librdkafka → java"
    assert "enable.idempotence false → true" in whose


def test_no_secret_is_told_in_either_of_its_values():
    old, new = as_written({"sasl.password": "swordfish"}), as_written({"sasl.password": "tuna"})
    assert changes(old, new) == ["sasl.password changed"]
    assert changes(as_written({}), new) == ["sasl.password not set → [hidden]"]
    addressed = as_written({"client.id": "http://me:swordfish@host"})
    assert "swordfish" not in str(changes(as_written({}), addressed))


def test_javas_names_are_told_in_javas_names_with_what_stands_aside():
    before = Written("java", {}, {"statistics.interval.ms": "500"})
    after = Written("java", {"acks": "1"}, {"statistics.interval.ms": "9"})
    assert changes(before, after) == [
        "acks all → 1", "statistics.interval.ms 500 → 9", "enable.idempotence true → false",
    ]  # fmt: skip


def test_other_names_alone_change_nothing():
    written = as_written({"acks": "1", "queue.buffering.max.ms": "7"})
    assert changes(written, written.in_names_of("java")) == []
    assert changes(written.in_names_of("java"), written) == []
    edited = written.in_names_of("java").with_property("max.block.ms", "5")
    assert "max.block.ms 60000 → 5" in changes(written, edited)


def test_a_run_is_compared_with_the_one_that_sent_before_it():
    ran = ConfigsRun()
    ran.newest = as_written({"linger.ms": "5"})
    assert ran.started(1.0, 1) is None, "there was none before"
    ran.newest = as_written({"linger.ms": "nonsense"})  # never started
    ran.newest = as_written({"linger.ms": "7"})
    event = ran.started(2.0, 3)
    assert event is not None
    assert (event.at, event.kind, event.severity) == (2.0, "config change", "info")
    assert event.what.startswith("linger.ms 5 → 7")
    assert event.consequence == "run 3 is sent with it"
    assert ran.started(3.0, 4) is None, "the same again"


def test_several_changes_have_a_shorter_form():
    ran = ConfigsRun()
    ran.newest = as_written({"retries": "4"})
    ran.started(1.0, 1)
    ran.newest = as_written({"retries": "5", "acks": "1", "client.id": "me"})
    event = ran.started(2.0, 2)
    assert event is not None
    assert event.shorter == (
        "client.id rdkafka → me · acks all → 1 · retries 4 → 5", "client.id rdkafka → me and 2 more",
    )  # fmt: skip


def test_edits_go_back_and_forth_and_are_bounded():
    edits, now = Edits(), as_written({})
    for number in range(150):
        edits.left(now)
        now = as_written({"linger.ms": str(number)})
    gone = 0
    while (before := edits.undone(now)) is not None:
        now, gone = before, gone + 1
    assert gone == 100
    assert now.config == {"linger.ms": "49"}
    forth = edits.redone(now)
    assert forth is not None
    assert forth.config == {"linger.ms": "50"}
    edits.left(forth)
    assert edits.redone(forth) is None, "another edit leaves nothing to make again"
