"""The rows of acks and events, the ledger's bar and the rate, without an app: what each says, and where."""

import time

import msgspec
import pytest

from tests.shared.charts import CHANGE, made, recorded, texts
from workbench.insight.live import Insight
from workbench.insight.notices import consequence
from workbench.model.events import Event
from workbench.model.frame import ErrorCount, Sample
from workbench.model.stations import Stations
from workbench.ui.glyphs import FOCUS_BAR
from workbench.ui.widgets.acks import Acks, axis_end
from workbench.ui.widgets.event_log import EventLog
from workbench.ui.widgets.ledger_bar import PARTS, LedgerBar
from workbench.ui.widgets.rate_strip import RateStrip

# ---- acks


def sample(
    seq: int,
    ms: float,
    partition: int | None = 1,
    offset: int | None = 7,
    error: str | None = None,
    *,
    warm_up: bool = False,
) -> Sample:
    return Sample(seq, 0.0, ms / 1000, partition, offset, error, warm_up)


def ack_rows(*samples: Sample, width: int = 60, height: int = 6, **totals: object) -> list[str]:
    insight = made(samples=msgspec.to_builtins(samples), sampled=len(samples), **totals)
    acks = Acks()
    acks.show(insight)
    return texts(acks, width, height)


def test_an_acks_line_is_as_long_as_it_took() -> None:
    rows = ack_rows(sample(1, 10.0), sample(2, 5.0, 3, 8_631))
    assert rows[0].split()[0] == "0"
    assert rows[0].rstrip().endswith("10 ms")
    newest, oldest = rows[1], rows[2]
    assert newest.startswith("p3@8,631 ")
    assert newest.endswith("5.00 ms")
    assert oldest.startswith("p1@7 ")
    assert oldest.endswith("10.0 ms")
    assert oldest.count("━") == pytest.approx(2 * newest.count("━"), abs=1)
    assert "✓" in newest
    assert "✓" in oldest


def test_a_failure_names_its_code_and_a_record_without_a_partition_its_number() -> None:
    rows = ack_rows(
        sample(1, 1000.0, 3, None, "_MSG_TIMED_OUT"), sample(48_222, 0.1, None, None, "_QUEUE_FULL")
    )
    assert rows[1].startswith("seq 48,222 ┄")
    assert " _QUEUE_FULL " in rows[1]
    assert rows[2].startswith("p3@none")
    assert " _MSG_TIMED_OUT " in rows[2]
    assert "✗" in rows[2]
    assert rows[2].endswith("1,000 ms")


def test_a_record_looked_at_stands_still_and_tells_its_moments() -> None:
    def insight(newest: int) -> Insight:
        samples = [sample(seq, 5.0, 0, seq) for seq in range(newest - 19, newest + 1)]
        return made(samples=msgspec.to_builtins(samples), sampled=newest + 1, sent=99, acked=99)

    acks = Acks()
    acks.show(insight(30), {(0, 28): Stations(1, 0.001, 0.002, (), 0.003, 0.003, base=27, records=2)})
    texts(acks, 60, 12)
    acks.look_at(2)  # newest with stations first: 28, 27, 26
    acks.show(insight(50))
    rows = texts(acks, 60, 12)
    assert acks.looked_at is not None
    assert acks.looked_at.seq == 26
    assert rows[1].startswith("p0@28 "), "what stands still keeps what it knew of its neighbours"
    assert FOCUS_BAR in rows[3]
    assert any(row.startswith("p0@26 · seq 26 · acked after 5.00 ms") for row in rows)
    acks.action_go(-2)
    rows = texts(acks, 60, 12)
    assert "client 1.00 ms → leader 1 +1.00 → hwm +1.00 → ack +0.000" in rows[8]
    assert rows[-1].startswith("batch of 2: 27-28")
    acks.action_release()
    assert texts(acks, 60, 12)[2].startswith("p0@50 "), "and it follows again"
    acks.action_hold()
    acks.show(insight(60))
    assert texts(acks, 60, 12)[2].startswith("p0@50 ")
    acks.show(None)
    assert not acks.held, "another run is none of it"


def test_without_acks_there_is_no_offset_and_no_tick() -> None:
    rows = ack_rows(sample(1, 0.4, 2, None), unconfirmed=1, sent=1, height=9)
    assert "○ unconfirmed" in rows[0]
    assert rows[2].startswith("p2@none")
    assert "○" in rows[2]
    assert "✓" not in "".join(rows)


def test_one_slow_record_does_not_dwarf_the_others() -> None:
    samples = tuple(sample(seq, 5.0 + seq / 10) for seq in range(9))
    assert axis_end((*samples, sample(10, 388.0))) == 6.0
    assert axis_end((*samples, sample(10, 388.0, warm_up=True))) == 6.0
    assert axis_end((sample(1, 388.0, warm_up=True),)) == 400.0
    assert axis_end((sample(1, 9.0, error="X"),)) == 1.0
    rows = ack_rows(*samples, sample(10, 388.0), width=60, height=4)
    assert "╱╱" in rows[1]
    assert rows[1].endswith("388.0 ms")


def test_the_record_one_looks_at_stays_when_new_ones_come() -> None:
    acks = Acks()
    acks.show(made(samples=msgspec.to_builtins([sample(seq, 5.0, 0, seq) for seq in range(30)]), sampled=30))
    texts(acks, 60, 5)
    acks.scroll_rows(10)
    before = texts(acks, 60, 5)[1]
    acks.show(
        made(1.1, samples=msgspec.to_builtins([sample(seq, 5.0, 0, seq) for seq in range(34)]), sampled=34)
    )
    assert texts(acks, 60, 5)[1] == before


# ---- ledger bar and rate


def test_the_bar_is_full_and_shows_every_part() -> None:
    insight = made(state="sending", sent=700, acked=500, failed=1, rejected=1, partitions=(500,))
    bar = LedgerBar()
    bar.show(insight)
    row = texts(bar, 100, 1)[0]
    assert len(row) == 100
    glyphs = {name: glyph for name, _, glyph in PARTS}
    assert row.count(glyphs["failed"]) == 1
    assert row.count(glyphs["rejected"]) == 1
    assert row.count(glyphs["acked"]) in (49, 50)
    assert row.count(glyphs["to go"]) == 30


def test_the_rate_says_the_target_and_the_mean_at_the_end() -> None:
    rate = RateStrip()
    rate.show(recorded("done"))
    rows = texts(rate, 60, 3)
    assert rows[0].startswith("mean, target 2,000")
    assert " rec/s" in rows[2]
    rate.show(made(state="sending", sent=100, acked=100, partitions=(100,)))
    assert texts(rate, 60, 3)[0].startswith("no limit")


# ---- events


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


EVENTS = tuple(
    Event(
        43_200.0 + number,
        "failed",
        "bad",
        "broker",
        f"CODE_{number}",
        f"{number} records: why it is so: maybe stored",
    )
    for number in range(1, 9)
)


@pytest.mark.usefixtures("utc")
def test_events_tell_time_kind_place_and_consequence() -> None:
    log = EventLog()
    log.show(EVENTS)
    row = texts(log, 130, 4)[-1]
    assert row.startswith("12:00:08.000  ✗ failed")
    assert "broker  CODE_8" in row
    assert row.endswith("→ 8 records: why it is so: maybe stored")


@pytest.mark.usefixtures("utc")
def test_on_a_narrow_screen_an_event_takes_two_lines_and_its_reason_goes_before_its_outcome() -> None:
    log = EventLog()
    log.show(EVENTS)
    first, second = texts(log, 40, 2)
    assert first.startswith("12:00:08  ✗ failed")
    assert second.strip() == "→ 8 records: maybe stored"


@pytest.mark.parametrize(
    ("width", "told"),
    [
        (
            180,
            "20 records: no partition was chosen for it: never sent (bad:far: answered 99; there are 0 to 2)",
        ),
        (140, "20 records: never sent (bad:far: answered 99; there are 0 to 2)"),
        (60, "20 records: no partition was chosen for it: never sent"),
        (30, "20 records: never sent"),
    ],
)
def test_a_partitioner_s_own_words_are_told_whole_or_not_at_all(width: int, told: str) -> None:
    error = ErrorCount("_BAD_PARTITION", "partitioner", 20, "bad:far: answered 99; there are 0 to 2")
    log = EventLog()
    log.show([Event(8.0, "rejected", "bad", "partitioner", error.code, consequence(error))])
    assert told in "\n".join(texts(log, width, 2))
    assert ")" in told or ")" not in "\n".join(texts(log, width, 2))


def test_the_newest_event_stays_in_sight_unless_one_scrolls_back() -> None:
    log = EventLog()
    log.show(EVENTS[:4])
    assert "CODE_4" in texts(log, 130, 3)[-1]
    log.show(EVENTS[:5])
    assert "CODE_5" in texts(log, 130, 3)[-1]
    log.scroll_rows(-2)
    log.show(EVENTS)
    assert "CODE_3" in texts(log, 130, 3)[-1]
    log.scroll_rows(99)
    log.show(EVENTS)
    assert "CODE_8" in texts(log, 130, 3)[-1]


@pytest.mark.usefixtures("utc")
def test_a_config_change_tells_as_much_as_fits() -> None:
    log = EventLog()
    log.show([CHANGE])
    assert texts(log, 130, 4)[-1] == (
        "00:00:09.000  ● config change   linger.ms 5 → 100 · acks all → 1  → run 2 is sent with it"
    )
    first, second = texts(log, 56, 2)
    assert first == "00:00:09  ● config change linger.ms 5 → 100 and 1 more"
    assert second.strip() == "→ run 2 is sent with it"
