"""Matching a log with a run's reports: every kind of difference, and the examples a person can check."""

from msgspec.structs import replace

from tests.shared.consumed import Read
from workbench.engine.making import HEADER
from workbench.engine.matching import EXAMPLES, Matching
from workbench.engine.meter import FAILED, REJECTED, Meter
from workbench.engine.protocol import Found, Start
from workbench.model.ledger import Ledger
from workbench.model.record import RecordPlan
from workbench.model.report import Example
from workbench.model.scenario import SendPlan

START = Start(1, "run", "t", 2, {}, 1, RecordPlan(key="key-{{ seq }}", value="v"), SendPlan(count=12), 7)


class Case:
    """A run's reports by sequence number: (partition, offset), or FAILED, REJECTED, None for pending."""

    def __init__(
        self, *reports: tuple[int, int] | int | None, confirmed: bool = True, start: Start = START
    ) -> None:
        self.meter = Meter("run", len(reports), 2, confirmed=confirmed)
        self.meter.sent = len(reports)
        self.counts = {"acked": 0, "failed": 0, "rejected": 0, "pending": 0}
        for seq, report in enumerate(reports):
            name = {FAILED: "failed", REJECTED: "rejected", None: "pending"}.get(report, "acked")
            self.counts[name] += 1
            if isinstance(report, tuple):
                self.meter.outcomes[seq], self.meter.offsets[seq] = report
            elif report is not None:
                self.meter.outcomes[seq] = report
        self.confirmed = confirmed
        self.matching = Matching(start, self.meter, 2, confirmed=confirmed)

    def read(self, *log: tuple[int, int, int], run: str = "run") -> "Case":
        """Records of the log: partition, offset, sequence number."""
        for partition, offset, seq in log:
            self.matching.take(
                Read([(HEADER, f"{run}/{seq}".encode())], f"key-{seq}".encode()), partition, offset
            )
        return self

    def found(self, *log_start: int) -> Found:
        found = self.matching.found(list(log_start or (0, 0)))
        delivered = self.counts["acked"]
        ledger = Ledger(
            sent=self.meter.sent, rejected=self.counts["rejected"], failed=self.counts["failed"], pending=self.counts["pending"],
            acked=delivered if self.confirmed else 0, unconfirmed=0 if self.confirmed else delivered,
            stored=found.stored, acked_stored=found.acked_stored, lost=found.lost, expired=found.expired,
            unconfirmed_stored=found.unconfirmed_stored, vanished=found.vanished,
            stored_though_failed=found.stored_though_failed, stored_though_pending=found.stored_though_pending,
        )  # fmt: skip
        assert ledger.broken_equations() == []
        return found


def test_what_was_acked_and_is_there_is_stored() -> None:
    found = Case((0, 0), (1, 0), (0, 1)).read((0, 0, 0), (0, 1, 2), (1, 0, 1)).found()
    assert (found.stored, found.acked_stored, found.lost, found.partitions, found.examples) == (
        3,
        3,
        0,
        (2, 1),
        (),
    )


def test_an_offset_that_holds_another_record_now_is_a_loss() -> None:
    """Truncated, and grown again: records 1 and 2 were acked at offsets that have others now."""
    case = Case((0, 10), (0, 11), (0, 12), (0, 11), (0, 12)).read((0, 10, 0), (0, 11, 3), (0, 12, 4))
    found = case.found()
    assert (found.lost, found.acked_stored, found.stored) == (2, 3, 3)
    assert found.examples == (Example("lost", 0, 11, "key-1", 1), Example("lost", 0, 12, "key-2", 2))


def test_a_log_that_ends_below_an_acked_offset_lost_what_was_behind() -> None:
    found = Case(*((0, n) for n in range(12))).read((0, 0, 0)).found()
    assert (found.lost, found.acked_stored) == (11, 1)
    assert len(found.examples) == EXAMPLES
    assert [example.seq for example in found.examples] == [1, 2, 3]


def test_what_retention_removed_is_expired_not_lost() -> None:
    found = Case((0, 3), (0, 4), (0, 5)).read((0, 5, 2)).found(5, 0)
    assert (found.expired, found.lost) == (2, 0)
    assert found.examples[0] == Example("expired", 0, 3, "key-0", 0)


def test_an_acked_record_whose_offset_nobody_knows_is_not_taken_for_expired() -> None:
    """Librdkafka has none to tell where the broker answered that it has the batch already."""
    found = Case((0, -1001), (0, 5)).read((0, 5, 1)).found(5, 0)
    assert (found.expired, found.lost) == (0, 1)
    assert found.examples == (Example("lost", 0, None, "key-0", 0),)


def test_copies_are_counted_and_the_first_is_pointed_at() -> None:
    found = Case((1, 7), (1, 8)).read((1, 5, 0), (1, 6, 1), (1, 7, 0), (1, 8, 1), (1, 9, 1)).found()
    assert (found.stored, found.duplicated, found.reordered) == (2, 3, 0)
    assert found.examples == (
        Example("duplicated", 1, 7, "key-0", 0, 5),
        Example("duplicated", 1, 8, "key-1", 1, 6),
        Example("duplicated", 1, 9, "key-1", 1, 6),
    )


def test_a_first_copy_behind_a_later_record_is_reordered() -> None:
    found = Case((0, 2), (0, 0), (0, 1)).read((0, 0, 1), (0, 1, 2), (0, 2, 0)).found()
    assert (found.reordered, found.duplicated) == (1, 0)
    assert found.examples == (Example("reordered", 0, 2, "key-0", 0),)


def test_what_is_stored_though_nobody_said_so() -> None:
    found = Case(FAILED, None, REJECTED, FAILED, (0, 2)).read((0, 0, 0), (0, 1, 1), (0, 2, 4)).found()
    assert (found.stored_though_failed, found.stored_though_pending, found.stored) == (1, 1, 3)
    assert found.examples == (
        Example("stored_though_failed", 0, 0, "key-0", 0),
        Example("stored_though_pending", 0, 1, "key-1", 1),
    )


def test_what_nobody_confirmed_vanishes() -> None:
    found = Case((0, -1), (1, -1), confirmed=False).read((0, 0, 0)).found(9, 9)
    assert (found.unconfirmed_stored, found.vanished, found.lost, found.expired) == (1, 1, 0, 0)
    assert found.examples == (Example("vanished", 1, None, "key-1", 1),)


def test_keys_that_moved_when_partitions_were_added() -> None:
    case = Case((0, 0), (1, 0))
    for partition, seq in ((0, 0), (1, 1)):
        case.matching.take(Read([(HEADER, f"run/{seq}".encode())], b"the same key"), partition, 0)
    assert case.found().moved_keys == 1


def test_others_records_are_passed_over() -> None:
    case = Case((0, 0)).read((0, 0, 0)).read((0, 1, 0), run="other").read((0, 2, 99))
    case.matching.take(Read(None, None), 0, 3)
    case.matching.take(Read([(HEADER, None)], None), 0, 4)
    assert (case.found().stored, case.found().duplicated) == (1, 0)


def test_a_key_that_is_null_or_no_text_is_shown_as_such() -> None:
    nobody = Case((0, 0), start=replace(START, record=RecordPlan(value="v"))).found()
    assert nobody.examples == (Example("lost", 0, 0, None, 0),)
    case = Case(FAILED)
    case.matching.take(Read([(HEADER, b"run/0")], b"\xff\x00k"), 0, 0)
    assert case.found().examples[0].key == "\\xff\x00k"
