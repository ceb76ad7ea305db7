"""Where a run is held up, from what the client tells: words and order; tests/lab provokes each for real."""

from msgspec.structs import replace

from workbench.insight.bottleneck import bottleneck
from workbench.insight.pipeline import Plan, busy, pipeline
from workbench.insight.stages import stages
from workbench.model.client_state import BrokerFlight, ClientState, Waits
from workbench.model.record import RecordPlan
from workbench.model.scenario import Scenario, SendPlan

UP = BrokerFlight(1, "UP", 1, 100, 0, 0, 4.0, 0)
CALM = ClientState(
    at=1.0, late_s=0.001, records=120, records_max=100_000, bytes=12_000, bytes_max=10**9,
    queued=(10, 10), travelling=(50, 50), brokers=(UP,), batch_records=50, batch_bytes=5000.0,
    waits=Waits(100, 300.0, 100, 10.0, 400.0),
)  # fmt: skip


def moments(state: ClientState, count: int = 8) -> list[ClientState]:
    """The same again and again, its sums growing."""
    w = state.waits
    return [
        replace(
            state, at=n / 4,
            waits=Waits(w.queued * n, w.queued_ms * n, w.travelled * n, w.unsent_ms * n, w.round_trip_ms * n),
        )
        for n in range(1, count + 1)
    ]  # fmt: skip


FREE = Plan()


def said(state: ClientState, plan: Plan = FREE, rate: float = 1000.0, delivered: tuple[int, ...] = ()) -> str:
    seen = pipeline(moments(state), plan, ended=False, delivered=delivered)
    return bottleneck(seen, plan, rate).sentence


def test_before_the_first_statistics_nothing_is_said_to_be_known() -> None:
    assert pipeline([], Plan(), ended=False) is None
    assert bottleneck(None, Plan(), 0.0).kind == "not known"
    one = pipeline([CALM], Plan(), ended=True)
    assert bottleneck(one, Plan(), 0.0, ended=True).kind == "not known", "it says nothing of the others"
    assert bottleneck(None, Plan(), 0.0, ended=True).sentence.startswith("Too short to say")


def test_the_split_is_of_the_stretch_alone() -> None:
    old = replace(CALM, waits=Waits(1000, 99_000.0, 1000, 0.0, 99_000.0))
    new = replace(CALM, at=2.0, waits=Waits(1100, 99_300.0, 1100, 10.0, 99_400.0))
    seen = pipeline([old, *[replace(new, at=2.0 + n / 4) for n in range(8)]], Plan(), ended=False)
    assert seen is not None
    assert seen.split is not None
    assert (seen.split.queued, seen.split.unsent, seen.split.round_trip) == (3.0, 0.1, 4.0)
    assert seen.split.report == 1.0


def test_moments_before_the_first_record_and_after_the_last_do_not_count_once_it_is_over() -> None:
    idle = replace(CALM, records=0, waits=Waits())
    assert busy([idle, CALM, idle, CALM, idle, idle]) == [CALM, idle, CALM]
    assert busy([idle, idle]) == []
    passing = replace(idle, waits=Waits(5, 1.0, 5, 0.1, 2.0))
    assert busy([idle, passing, passing]) == [passing], "it came and went between two moments"


def test_what_is_on_its_way_to_a_broker_is_a_mean_as_its_requests_are() -> None:
    """Once a run is over the newest moment has none of either."""
    out = replace(UP, requests=3, records=90, unsent_records=10)
    states = [replace(CALM, brokers=(each,)) for each in (out, out, replace(UP, requests=0, records=0))]
    seen = pipeline(states, FREE, ended=True)
    assert seen is not None
    assert (seen.requests, seen.on_the_way) == ((2.0,), (200 / 3,))


def test_a_broker_s_answers_are_a_mean_too() -> None:
    """The last statistics of a run are of few requests, most of them none with records."""
    quick, slow = replace(UP, round_trip_ms=4.0), replace(UP, round_trip_ms=8.0)
    none, late = replace(UP, round_trip_ms=None), replace(UP, round_trip_ms=26.0, requests=0, records=0)
    states = [replace(CALM, brokers=(each,)) for each in (quick, none, slow)]
    over = replace(CALM, brokers=(late,), records=0, queued=(0, 0), travelling=(0, 0))
    seen = pipeline([*states, over], FREE, ended=True)
    assert seen is not None
    assert seen.answers_ms == (6.0,)
    silent = pipeline([replace(CALM, brokers=(none,))], FREE, ended=False)
    assert silent is not None
    assert silent.answers_ms == (None,)


def test_a_rate_that_is_not_kept_is_not_called_kept() -> None:
    assert "is your rate" in said(CALM, Plan(rate=1000.0), 990.0)
    assert said(CALM, Plan(rate=1000.0), 500.0).startswith("Nothing in the client")


def test_slow_answers_are_the_brokers_though_nothing_piles_up_in_the_client() -> None:
    far = replace(CALM, waits=Waits(100, 500.0, 100, 10.0, 96_000.0))
    words = said(far, Plan(rate=1000.0), 140.0)
    assert words.startswith("The network and the brokers: an answer takes 960.0 ms of a record's 966.1 ms")
    assert words.endswith("100 records are on the way.")
    assert said(far, Plan(mode="sync")).startswith("Your program: it waits for each ack")


def test_answers_that_never_come_are_the_brokers_though_the_others_were_quick() -> None:
    """Requests that time out have no round trip: the mean is that of the answers before."""
    out = replace(UP, requests=200, records=20_000)
    slow = replace(CALM, records=20_000, queued=(0, 0), travelling=(20_000, 0), brokers=(out,))
    seen = pipeline(moments(slow), FREE, ended=True)
    found = bottleneck(seen, FREE, 900.0, ended=True)
    assert (found.kind, found.place) == ("network", "brokers")
    assert "20,000 records are on the way, 22.2 s each on average; requests stay unanswered" in found.sentence
    assert bottleneck(seen, FREE, 900_000.0, ended=True).kind == "program", "22 ms are none"
    none = bottleneck(seen, FREE, 0.0, ended=True)
    assert none.kind == "network", "not one was delivered"
    assert "20,000 records are on the way; requests stay unanswered" in none.sentence


def test_the_in_flight_limit_holds_up_a_run_whose_buffer_is_nearly_empty() -> None:
    """A slow broker, five requests to it, and a rate: hundreds wait for seconds, of a hundred thousand that may."""
    busy_broker = replace(UP, requests=5)
    slow = replace(
        CALM, records=490, queued=(300, 120), travelling=(35, 35), brokers=(busy_broker,),
        waits=Waits(100, 75_000.0, 100, 1300.0, 6700.0),
    )  # fmt: skip
    plan = Plan(rate=2000.0, in_flight=5)
    words = said(slow, plan, 576.0)
    assert words.startswith(
        "Latency: the in-flight limit (5 requests a broker) is reached; each answer takes 67.0 ms"
    )
    assert words.endswith("420 records wait.")
    hot = said(replace(slow, queued=(410, 10)), plan, 576.0)
    assert hot.startswith("A hot key: 91 % of what the client holds (445 records) is for p0")
    assert said(replace(slow, brokers=(UP,)), plan, 576.0).startswith("Nothing in the client"), (
        "not at the limit"
    )
    brief = replace(slow, waits=Waits(100, 6000.0, 100, 1300.0, 6700.0))
    assert said(brief, plan, 1990.0).startswith("Nothing holds it up"), "60 ms: no queue that lasts"


def test_brokers_that_cannot_be_reached_and_that_do_not_answer() -> None:
    down = replace(CALM, brokers=(replace_broker(state="DOWN"),))
    assert said(down) == "Broker 1 cannot be reached: 120 records wait."
    silent = replace(CALM, brokers=(replace_broker(round_trip_ms=None),))
    assert said(silent) == "Broker 1 does not answer: 100 records are on the way to it."
    assert bottleneck(pipeline(moments(silent, 2), Plan(), ended=False), Plan(), 0.0).kind != "no answer", (
        "half a second without an answer is no silence yet"
    )


def replace_broker(**fields: object) -> BrokerFlight:
    return replace(UP, **fields)


def test_one_partition_has_the_reason_that_the_scenario_gives() -> None:
    full = replace(CALM, records=99_000, queued=(90_000, 100))
    assert said(full).startswith("A hot key: 100 % of what the client holds (90,050 records) is for p0")
    assert "because the record names it" in said(full, Plan(partition=0))
    assert said(full, Plan(keyed=False)).startswith("One partition: 100 %")
    even = said(full, delivered=(100_000, 190_000))
    assert even.startswith("The leader of p0: 100 %"), "the keys are spread well"
    assert even.endswith("though 50 % of all records go there.")
    alone = replace(full, queued=(90_000,), travelling=(50,))
    assert said(alone).startswith("The network and the brokers: the buffer is 99 % full"), "it has no other"


def test_reports_that_wait_are_the_callback_only_where_it_blocks() -> None:
    late = replace(CALM, late_s=0.3, records=500, queued=(0, 0), travelling=(0, 0), brokers=(UP,))
    blocks = said(late, Plan(callback_ms=2.0))
    assert blocks.startswith(
        "Your callback: 400 records are done, but their reports wait 300.0 ms for poll()"
    )
    assert said(late).startswith("Your program: 400 records")


def test_the_stations_are_those_of_the_scenario() -> None:
    scenario = Scenario(
        producer={"linger.ms": "20", "max.in.flight": "3"},
        record=RecordPlan(value="1", value_serializer="integer", partition=2),
        send=SendPlan(mode="sync", callback_delay_ms=7),
    )
    seen = pipeline(moments(CALM), Plan.of(scenario), ended=False)
    found = {stage.name: stage for stage in stages(scenario, None, seen)}
    assert list(found) == [
        "your program", "serializers", "partitioner", "accumulator", "in flight", "brokers", "your callback",
    ]  # fmt: skip
    assert (found["partitioner"].figure, found["accumulator"].figure) == ("p2", "20")
    assert found["in flight"].gauge == 1 / 3
    told = " ".join(detail[0] for stage in found.values() for detail in stage.details)
    for words in (
        "sync",
        "null key",
        "value integer",
        "linger 20 ms",
        "at most 3 a broker",
        "blocks 7 ms each",
    ):
        assert words in told


def test_a_value_that_is_still_being_typed_counts_as_the_default() -> None:
    plan = Plan.of(Scenario(producer={"linger.ms": "so", "max.in.flight": "-", "batch.size": "0"}))
    assert (plan.linger_ms, plan.in_flight, plan.batch_bytes) == (5.0, None, 1)
