"""Interceptors and partitioners around the client: in Java's order, and nothing they do harms the engine."""

import hashlib

import pytest

from workbench.engine.loading import Loaded
from workbench.engine.making import Making
from workbench.engine.meter import Meter
from workbench.engine.previews import made
from workbench.engine.protocol import Preview, Start
from workbench.errors import InputError
from workbench.model.code import Code
from workbench.model.record import RecordPlan
from workbench.model.scenario import SendPlan

SOURCE = '''
heard = []

def answers(topic, key, value, partitions, available):
    return {b"last": partitions - 1, b"text": "0", b"true": True, b"none": None, b"far": partitions,
            b"below": -1, b"mean": max(available)}[key]

def packs(text):
    raise SystemExit(5)

def leaves(topic, key, value, partitions, available):
    raise SystemExit(4)

def loops(topic, key, value, partitions, available):
    while True:
        pass

class Upper:
    def on_send(self, record):
        record.key = record.key.upper()
        record.headers.append(("by", b"upper"))
        return record

class Half:
    """Changes the record, and fails then: nothing of it may be left."""
    def on_send(self, record):
        record.key = "half"
        record.headers.append(("by", b"half"))
        raise ValueError("too\\nmuch")

def forgets(record):
    record.key = "forgotten"

def elsewhere(record):
    record.topic = "other"
    return record

def fixes(record):
    record.partition = 3
    return record

def numbers(record):
    record.value = str(len(record.value))
    return record

def loops_too(record):
    while True:
        try:
            while True:
                pass
        except Exception:
            pass

def exits(record):
    import sys
    sys.exit(3)

class Sticks:
    def on_acknowledgement(self, metadata, error):
        while True:
            pass

class Hears:
    def on_acknowledgement(self, metadata, error):
        heard.append((tuple(metadata), error))
        if len(heard) == 2:
            raise LookupError("the second")
    def close(self):
        heard.append("closed")

nothing = 7
'''


class Message:
    def topic(self):
        return "orders"

    def partition(self):
        return 2

    def offset(self):
        return 41

    def timestamp(self):
        return (1, 1_790_000_000_000)


@pytest.fixture
def making(tmp_path):
    path = tmp_path / "own_code.py"
    path.write_text(SOURCE)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()

    def make(partitioner=None, interceptors=(), timeout_ms=1000, **record):
        references = [("send.partitioner", f"own_code:{partitioner}")] if partitioner else []
        references += [("send.interceptors", f"own_code:{name}") for name in interceptors]
        loaded = Loaded([Code(key, reference, str(path), sha256) for key, reference in references])
        plan = SendPlan(
            count=10, verify=False, record_timeout_ms=timeout_ms,
            partitioner=f"own_code:{partitioner}" if partitioner else None,
            interceptors=tuple(f"own_code:{name}" for name in interceptors),
        )  # fmt: skip
        meter = Meter("r", 10, 4, confirmed=True, remembered=False)
        start = Start(0, "r", "orders", 4, {}, 1000, RecordPlan(**record), plan, 7)
        return Making(start, meter, loaded), meter, loaded

    return make


def errors(meter):
    return {(error.code, error.where): (error.count, error.text) for error in meter.snapshot().errors}


def test_the_partition_that_was_answered_is_the_record_s(making):
    one, _, _ = making("answers", key="last", value="v")
    assert one.make(0).partition == 3
    assert one.make(1)[:3] == (b"last", b"v", None)
    assert making("answers", key="mean")[0].make(0).partition == 3


@pytest.mark.parametrize(
    ("key", "code", "said"),
    [
        ("far", "_BAD_PARTITION", "own_code:answers: answered 4; there are 0 to 3"),
        ("below", "_BAD_PARTITION", "answered -1; there are 0 to 3"),
        ("text", "_BAD_PARTITION", "answered '0', no whole number"),
        ("none", "_BAD_PARTITION", "answered None, no whole number"),
        ("true", "_BAD_PARTITION", "answered True; there are 0 to 3"),
        ("unknown", "_PARTITIONER_FAILED", "own_code:answers: KeyError: b'unknown'"),
    ],
)
def test_a_bad_answer_rejects_its_record_and_is_counted(making, key, code, said):
    one, meter, _ = making("answers", key=key)
    meter.sent = 1
    assert one.make(0) is None
    assert meter.rejected == 1
    ((count, text),) = [
        told for (kind, where), told in errors(meter).items() if where == "partitioner" and kind == code
    ]
    assert count == 1
    assert said in text


def test_a_partitioner_that_would_end_the_process_costs_its_record_only(making):
    one, meter, _ = making("leaves", key="k")
    assert one.make(0) is None
    assert errors(meter)["_PARTITIONER_FAILED", "partitioner"] == (1, "own_code:leaves: SystemExit: 4")


def test_a_serializer_that_would_end_the_process_costs_its_record_only(tmp_path):
    path = tmp_path / "own_code.py"
    path.write_text(SOURCE)
    key, name = "record.value_serializer", "own_code:packs"
    code = (Code(key, name, str(path), hashlib.sha256(path.read_bytes()).hexdigest()),)
    plan = RecordPlan(value="{{ seq }}", value_serializer=name)
    meter = Meter("r", 1, 4, confirmed=True, remembered=False)
    start = Start(0, "r", "orders", 4, {}, 1000, plan, SendPlan(count=1, verify=False), 7, code=code)
    one = Making(start, meter, Loaded(code))
    assert one.make(0) is None
    assert meter.rejected == 1


def test_a_partitioner_that_does_not_come_back_is_ended(making):
    one, meter, _ = making("loops", timeout_ms=100, key="k")
    with one:
        assert one.make(0) is None
    assert errors(meter)["_RECORD_TIMEOUT", "partitioner"][0] == 1


def test_a_partition_that_is_set_needs_no_partitioner(making):
    one, _, _ = making("answers", key="unknown", partition=1)
    assert one.make(0).partition == 1
    assert making("answers", ("fixes",), key="unknown")[0].make(0).partition == 3


def test_interceptors_see_the_record_one_after_another_before_it_is_serialized(making):
    one, meter, _ = making(
        None, ("Upper", "numbers"), key="tea", value="{{ 'leaf' }}", value_serializer="integer"
    )
    assert one.make(0)[:3] == (b"TEA", b"\0\0\0\4", [("by", b"upper")])
    assert errors(meter) == {}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Half", "own_code:Half: on_send: ValueError: too much"),
        ("forgets", "own_code:forgets: on_send: TypeError: it returned NoneType, not the record"),
        ("elsewhere", "its topic is 'other': a run has one topic"),
        ("exits", "own_code:exits: on_send: SystemExit: 3"),
    ],
)
def test_after_an_exception_the_record_goes_on_unchanged(making, name, said):
    one, meter, _ = making(None, ("Upper", name, "Upper"), key="tea")
    assert one.make(0)[:3] == (b"TEA", None, [("by", b"upper"), ("by", b"upper")])
    count, text = errors(meter)["_INTERCEPTOR_FAILED", "interceptor"]
    assert (count, meter.rejected) == (1, 0)
    assert said in text


def test_an_interceptor_that_does_not_come_back_costs_its_record_only(making):
    one, meter, _ = making(None, ("loops_too",), timeout_ms=100, key="k")
    with one:
        assert one.make(0) is None
    assert errors(meter)["_RECORD_TIMEOUT", "interceptor"][0] == 1


def test_after_an_acknowledgement_that_does_not_come_back_nothing_is_watched(making):
    one, meter, _ = making(None, ("Sticks",), timeout_ms=1, key="k")
    with one:
        one.delivering(lambda error, message: None)(None, Message())
        assert errors(meter)["_INTERCEPTOR_TIMEOUT", "interceptor"][0] == 1
        assert one._guard._since is None


def test_acknowledgements_are_heard_first_and_their_exceptions_reach_nobody(making):
    one, meter, loaded = making(None, ("Hears",), key="k")
    reported = []
    for _ in range(2):
        one.delivering(lambda error, message: reported.append(error))(None, Message())
    one.refused(one.make(0), "_QUEUE_FULL", "no room")
    one.close()
    heard = loaded.get("send.interceptors", "own_code:Hears").on_acknowledgement.__globals__["heard"]
    assert heard[:2] == [(("orders", 2, 41, 1_790_000_000_000), None)] * 2
    assert heard[2][0] == ("orders", -1, -1, -1)
    assert str(heard[2][1]) == "_QUEUE_FULL: no room"
    assert heard[3] == "closed"
    assert reported == [None, None]
    assert errors(meter) == {
        ("_INTERCEPTOR_FAILED", "interceptor"): (
            1, "own_code:Hears: on_acknowledgement: LookupError: the second",
        )
    }  # fmt: skip


def test_a_record_that_no_bytes_can_be_made_of_is_acknowledged_with_its_error(making):
    one, _, loaded = making(None, ("Hears",), key="k", value="{{ 'tea' }}", value_serializer="integer")
    assert one.make(0) is None
    ((metadata, error),) = loaded.get("send.interceptors", "own_code:Hears").on_acknowledgement.__globals__[
        "heard"
    ]
    assert metadata == ("orders", -1, -1, -1)
    assert "not a whole number" in str(error)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"partitioner": "nothing"}, "own_code:nothing is int, and cannot be called"),
        ({"interceptors": ("nothing",)}, "own_code:nothing has neither on_send"),
        ({"interceptors": ("heard",)}, "has neither on_send"),
    ],
)
def test_what_is_neither_is_refused_before_the_run(making, wrong, said):
    with pytest.raises(InputError, match=said):
        making(**wrong)


def test_without_code_of_one_s_own_a_constant_costs_nothing(making):
    assert making(None, (), key="k")[0].constant() is not None
    assert making("answers", (), key="last")[0].constant() is None
    assert making(None, ("Upper",), key="k")[0].one_key is None
    assert making("answers", (), key="last")[0].one_key == (b"last",)


@pytest.mark.parametrize(
    ("partitioner", "key", "wanted"),
    [
        ("answers", "last", (3, None)),
        ("answers", "far", (None, "own_code:answers: answered 4; there are 0 to 3")),
        ("nothing", "k", (None, "send.partitioner: own_code:nothing is int, and cannot be called")),
        ("Upper", "k", (None, None)),  # a class may remember: what it answers alone says nothing
    ],
)
def test_a_preview_asks_where_the_record_would_go(making, tmp_path, partitioner, key, wanted):
    making()  # writes the file
    path = tmp_path / "own_code.py"
    name = f"own_code:{partitioner}"
    code = Code("send.partitioner", name, str(path), hashlib.sha256(path.read_bytes()).hexdigest())
    plan = RecordPlan(key=key)
    found = made(Preview(0, plan, 7, 0, "r", None, (code,), "orders", partitioner=name, partitions=4))
    assert (found.partition, found.not_placed) == wanted
    assert found.key == key.encode()
