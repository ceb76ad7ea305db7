"""Leader epochs and truncation: where two histories part, and what a follower then forgets."""

import pytest
from kio.schema.errors import ErrorCode

from tests.shared.numbered_batch import batch_of, number_of
from workbench.lab.log import Log, OutOfRange
from workbench.lab.producer_state import ProducerState
from workbench.lab.record_batch import Rejected, Rules, check


def log_of(*epochs):
    """One record for each epoch named."""
    log = Log()
    for number, epoch in enumerate(epochs):
        add(log, number, epoch)
    return log


def add(log, number, epoch, **more):
    batch = check(batch_of(number, **more), Rules(), "t-0").at(log.end, epoch)
    log.append(batch)
    return batch


def follow(leader, follower):
    """Truncate as the leader's answers say until it would send records; how many answers that took."""
    for answers in range(20):
        diverging = leader.diverges(follower.end, follower.last_epoch) if follower.last_epoch >= 0 else None
        if diverging is None:
            return answers
        follower.truncate(follower.shared_with(*diverging))
    raise AssertionError("no end to it")


class TestTwoHistories:
    @pytest.mark.parametrize(
        ("leader", "follower", "common"),
        [
            ((0, 0, 0), (0, 0, 0), 3),
            ((0, 0, 0), (0, 0), 2),
            ((0, 0), (0, 0, 0), 2),
            ((0, 0, 1, 1), (0, 0, 0, 0, 0), 2),
            ((0, 0, 2), (0, 0, 1, 1), 2),
            ((0, 0, 0, 0, 3), (0, 0, 1, 2, 2), 2),
            ((0, 2, 2, 4), (0, 1, 1, 3, 3), 1),
            ((0, 1, 1, 1, 4), (0, 1, 2, 3), 2),
            ((3,), (0, 1, 2), 0),
            ((), (0, 0), 0),
        ],
    )
    def test_a_follower_keeps_what_both_have(self, leader, follower, common):
        ours, theirs = log_of(*leader), log_of(*follower)
        ours.begin_epoch(9)
        parts = common if common < theirs.end else None
        assert theirs.parts_from(ours) == parts
        follow(ours, theirs)
        assert theirs.end == common
        assert theirs.parts_from(ours) is None

    def test_what_lies_beyond_the_end_of_a_log_of_the_same_epoch_is_not_that_logs(self):
        assert log_of(0, 0, 0).parts_from(log_of(0, 0)) == 2
        assert log_of(0, 0).parts_from(log_of(0, 0, 0)) is None

    def test_what_either_has_trimmed_is_not_compared(self):
        leader, follower = log_of(0, 0, 1, 1, 2), log_of(0, 0, 1, 1, 1)
        leader.trim(3)
        assert follower.parts_from(leader) == 4
        follower.trim(3)
        assert follower.parts_from(log_of(0, 0, 1, 1, 2)) == 4
        follower.trim(5)
        assert follower.parts_from(leader) is None

    def test_an_epoch_without_records_is_no_obstacle(self):
        """Who led, but wrote nothing, is told of an epoch that the next leader never heard of."""
        leader, follower = log_of(0, 0), log_of(0, 0)
        follower.begin_epoch(1)
        leader.begin_epoch(2)
        assert follow(leader, follower) <= 2
        assert (follower.end, follower.last_epoch) == (2, 0)
        add(leader, 7, 2)
        assert leader.diverges(follower.end, follower.last_epoch) is None

    def test_an_epoch_that_began_where_the_last_one_did_replaces_it(self):
        log = log_of(0)
        log.begin_epoch(1)
        log.begin_epoch(3)
        add(log, 1, 3)
        assert (log.last_epoch, log.end_of_epoch(1), log.end_of_epoch(3)) == (3, (0, 1), (3, 2))

    def test_older_than_all_that_is_here(self):
        log = Log()
        log.restart_at(5)
        add(log, 0, 4)
        assert log.end_of_epoch(2) == (2, 5)

    def test_what_retention_removed_takes_its_epochs_along(self):
        log = log_of(0, 1, 1, 2)
        log.trim(2)
        assert log.end_of_epoch(0) == (0, 1)
        assert log.end_of_epoch(1) == (1, 3)


class TestTruncate:
    def test_it_says_how_many_records_went(self):
        log = log_of(0, 0, 1, 1)
        cost = log.cost
        assert log.truncate(2) == 2
        assert (log.start, log.end, log.last_epoch) == (0, 2, 0)
        assert log.cost == cost // 2
        assert [number_of(batch) for batch in log] == [0, 1]
        with pytest.raises(OutOfRange):
            log.read(3, 1000, 10)

    def test_nothing_to_do(self):
        log = log_of(0, 0)
        assert log.truncate(2) == log.truncate(9) == 0
        assert log.end == 2

    def test_below_its_start_the_log_begins_anew(self):
        log = log_of(0, 0, 0, 0)
        log.trim(2)
        assert log.truncate(1) == 2
        assert (log.start, log.end, log.last_epoch, log.cost) == (1, 1, -1, 0)


class TestProducers:
    """What a partition knows of idempotent producers after its log was cut."""

    def state(self, sequences):
        log, state = Log(), ProducerState()
        for seq in range(sequences):
            state.appended(add(log, seq, 0, pid=7, seq=seq))
        return log, state

    def send(self, state, seq):
        return state.duplicate_of(check(batch_of(seq, pid=7, seq=seq), Rules(), "t-0"))

    def test_what_was_cut_is_new_again_and_what_stays_is_a_duplicate(self):
        log, state = self.state(8)
        log.truncate(5)
        state.rebuild(log, log.start)
        assert self.send(state, 4) == 4
        assert self.send(state, 5) is None
        with pytest.raises(Rejected) as caught:
            self.send(state, 6)
        assert caught.value.code == ErrorCode.out_of_order_sequence_number

    def test_five_batches_are_known_also_after_a_cut(self):
        log, state = self.state(12)
        log.truncate(8)
        state.rebuild(log, log.start)
        assert [self.send(state, seq) for seq in range(3, 8)] == [3, 4, 5, 6, 7]

    def test_a_producer_that_was_cut_off_wholly_is_unknown(self):
        log, state = self.state(3)
        log.truncate(0)
        state.rebuild(log, log.start)
        assert self.send(state, 2) is None  # Kafka takes any sequence from one that it does not know

    def test_what_retention_removed_is_still_known(self):
        log, state = self.state(6)
        log.trim(6)
        state.rebuild(log, log.start)
        assert self.send(state, 5) == 5
        assert self.send(state, 6) is None
